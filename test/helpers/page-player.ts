/** Plays the browser page without a browser: hands events to its core, and keeps what the core asks for. */
import type { ClientMessage, ServerMessage } from '../../lib/wire/messages.js';
import { type ChannelView, directId, type Line } from '../../web/core/channel-view.js';
import { type Effect, initialState, type PageEvent, type State } from '../../web/core/state.js';
import { update } from '../../web/core/update.js';

export class PagePlayer {
  state: State = initialState;
  /** The time of the next event, which a test moves on. */
  nowMs = 1_000_000;
  #effects: Effect[] = [];

  do(event: PageEvent): void {
    const { state, effects } = update(this.state, event, this.nowMs);
    this.state = state;
    this.#effects.push(...effects);
  }

  hear(message: ServerMessage): void {
    this.do({ type: 'heard', message });
  }

  /** All effects that the core asked for since the last call. */
  takeEffects(): Effect[] {
    return this.#effects.splice(0);
  }

  /** What was sent since the last call; other effects are dropped. */
  takeSent(): ClientMessage[] {
    return this.takeEffects().flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
  }

  /** Ends the pause that was asked for last. @returns its length in milliseconds */
  endPause(): number {
    const pause = this.takeEffects().findLast((effect) => effect.type === 'wait');
    if (!pause) throw new Error('no pause was asked for');
    this.do(pause.then);
    return pause.ms;
  }

  /** Enters a channel of a server that says yes to everything. */
  enter(name: string, channel: string, members: readonly string[] = [name]): void {
    this.do({ type: 'enter', name, channels: [channel], current: channel, returning: false });
    this.do({ type: 'link-open' });
    this.answerJoins(members);
  }

  /** Answers all joins that were sent, one after the other, as the server does. */
  answerJoins(members: readonly string[]): void {
    for (let sent = this.takeSent(); sent.length > 0; sent = this.takeSent()) {
      for (const message of sent) {
        if (message.type !== 'join') throw new Error(`a join was expected, not ${message.type}`);
        const { channel, ref } = message;
        this.hear({ type: 'joined', channel, name: this.state.me, members: [...members], ref });
      }
    }
  }

  /** Answers the join that was sent, and keeps what the core sends next. */
  answerJoinsOnly(members: readonly string[] = [this.state.me]): void {
    for (const message of this.takeSent()) {
      if (message.type !== 'join') throw new Error(`a join was expected, not ${message.type}`);
      const { channel, ref } = message;
      this.hear({ type: 'joined', channel, name: this.state.me, members: [...members], ref });
    }
  }

  channel(name: string): ChannelView {
    const view = this.state.channels.get(name);
    if (!view) throw new Error(`the page does not know ${name}`);
    return view;
  }

  /** The lines of a channel, in short. */
  lines(name: string): string[] {
    return this.channel(name).lines.map(inShort);
  }

  /** The lines of the conversation with a user, in short; undefined when there is none. */
  linesWith(name: string): string[] | undefined {
    return this.state.directs.get(directId(name))?.lines.map(inShort);
  }
}

function inShort(line: Line): string {
  switch (line.kind) {
    case 'message':
      return `${line.from}: ${line.text}${line.own ? ` [${line.own.status}]` : ''}`;
    case 'presence':
      return `${line.names.join(', ')} (${line.count}) ${line.change}`;
    case 'nick':
      return `${line.from} is ${line.to}`;
    case 'notice':
      return line.text;
  }
}
