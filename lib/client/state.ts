/**
 * What a client knows: its name, its channels with their members, and which of them it is talking in.
 *
 * Pure: messages of the server in, and the connection's ups and downs; nothing is sent or shown from here.
 */
import type { ServerMessage } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';

export interface ChannelState {
  readonly name: string;
  /** `lost`: asked for or joined, until the connection was lost; to be asked for again. */
  standing: 'asked' | 'joined' | 'lost';
  everJoined: boolean;
  /** Names by their normal form. */
  readonly members: Map<string, string>;
}

/** The ones longest ago are forgotten. With whom one talked directly. */
const mostPartners = 32;

export class ChatState {
  /** As the server has it; undefined until something was joined. */
  name: string | undefined;
  /** What a join has asked for, until `name` is known. */
  wantedName: string | undefined;
  /** Last the one that is talked in, before it the one that was talked in before, and so on. */
  readonly #channels = new Map<string, ChannelState>();

  /** Names by their normal form, last the one with whom one talked last. */
  readonly #partners = new Map<string, string>();

  get channels(): readonly ChannelState[] {
    return [...this.#channels.values()];
  }

  /** Where messages go. */
  get current(): ChannelState | undefined {
    return this.channels.at(-1);
  }

  /** With whom one talked directly, the last first. */
  get partners(): readonly string[] {
    return [...this.#partners.values()].reverse();
  }

  /** A direct message went there, or came from there. */
  talkWith(name: string): void {
    const key = normalForm(name);
    this.#partners.delete(key);
    this.#partners.set(key, name);
    const [oldest] = this.#partners.keys();
    if (this.#partners.size > mostPartners && oldest !== undefined) this.#partners.delete(oldest);
  }

  /** The name to join with, as far as there is one. */
  get joinName(): string | undefined {
    return this.name ?? this.wantedName;
  }

  channel(name: string): ChannelState | undefined {
    return this.#channels.get(name);
  }

  /** A join is asked for, or one talks in a channel again: messages go there from now on. */
  talkIn(name: string): void {
    const channel = this.#channels.get(name) ?? {
      name,
      standing: 'asked',
      everJoined: false,
      members: new Map<string, string>(),
    };
    this.#channels.delete(name);
    this.#channels.set(name, channel);
  }

  /** A channel was left, or not let in to. */
  remove(name: string): void {
    this.#channels.delete(name);
  }

  /** There is no connection: what was joined or asked for has to be asked for again. */
  lose(): void {
    for (const channel of this.#channels.values()) {
      channel.members.clear();
      channel.standing = 'lost';
    }
  }

  /** Takes in what a server said. */
  apply(message: ServerMessage): void {
    switch (message.type) {
      case 'joined': {
        this.name = message.name;
        if (!this.#channels.has(message.channel)) this.talkIn(message.channel);
        const channel = this.#channels.get(message.channel);
        if (channel) {
          channel.standing = 'joined';
          channel.everJoined = true;
        }
        this.#setMembers(message.channel, message.members);
        return;
      }
      case 'msg':
        if (message.channel === undefined) this.talkWith(message.from);
        return;
      case 'left':
        this.remove(message.channel);
        return;
      case 'names':
        this.#setMembers(message.channel, message.members);
        return;
      case 'join':
        this.#channels.get(message.channel)?.members.set(normalForm(message.name), message.name);
        return;
      case 'leave':
        this.#channels.get(message.channel)?.members.delete(normalForm(message.name));
        return;
      case 'presence': {
        const members = this.#channels.get(message.channel)?.members;
        for (const name of message.left ?? []) members?.delete(normalForm(name));
        for (const name of message.joined ?? []) members?.set(normalForm(name), name);
        return;
      }
      case 'nick':
        this.#rename(message);
        return;
      case 'notice':
        if (message.channel === undefined) return;
        for (const name of message.left ?? []) {
          this.#channels.get(message.channel)?.members.delete(normalForm(name));
        }
        return;
    }
  }

  #setMembers(channel: string, names: readonly string[]): void {
    const members = this.#channels.get(channel)?.members;
    members?.clear();
    for (const name of names) members?.set(normalForm(name), name);
  }

  /** Without a channel it is one's own name that has changed; with one, that of another member. */
  #rename({ channel, from, name }: Extract<ServerMessage, { type: 'nick' }>): void {
    if (channel === undefined) this.name = name;
    for (const state of this.#channels.values()) {
      if (channel !== undefined && state.name !== channel) continue;
      if (state.members.delete(normalForm(from))) state.members.set(normalForm(name), name);
    }
  }
}
