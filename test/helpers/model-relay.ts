/**
 * A model of what a relay promises, as simple as possible: no turns, no lanes, no bytes. Everything reaches everybody
 * at once. The real one may put off what happens in a channel until the end of the turn, but each client's account of
 * each channel, and its replies, must read the same.
 *
 * A command that needs the network returns what it does `Later`. Until then the client's next command must not be
 * given.
 */
import type { Message } from './messages.js';

/** What a command does once the network has answered. */
export interface Later {
  /** How many questions it asks the network. */
  readonly asks: number;
  /** Does the rest of the command. With `gone` the client is no longer there to be told. */
  readonly settle: (answer: 'agreed' | 'refused' | 'gone') => void;
}

export class ModelClient {
  name: string | undefined;
  readonly heard: Message[] = [];

  hears(message: Message): void {
    this.heard.push(message);
  }
}

export class ModelRelay {
  readonly #channels = new Map<string, Set<ModelClient>>();
  readonly #clients = new Set<ModelClient>();
  /** Names that the network was asked for, in lower case. */
  readonly #asked = new Set<string>();

  open(): ModelClient {
    const client = new ModelClient();
    this.#clients.add(client);
    return client;
  }

  close(client: ModelClient, reason: string): void {
    this.#clients.delete(client);
    for (const channel of this.#channelsOf(client)) this.#leave(client, channel, { reason });
  }

  /** Somebody on another server said something. */
  deliver(event: Message): void {
    this.#tell(String(event.channel), event);
  }

  join(client: ModelClient, channel: string, name: string): Later | undefined {
    if (client.name !== undefined && client.name.toLowerCase() !== name.toLowerCase()) {
      refuse(client, 'bad-name');
      return undefined;
    }
    if (this.#members(channel).has(client)) {
      this.#joined(client, channel);
      return undefined;
    }
    const enter = (): void => {
      this.#tell(channel, { type: 'join', channel, name: client.name });
      this.#channels.set(channel, this.#members(channel).add(client));
      this.#joined(client, channel);
    };
    if (client.name !== undefined) return { asks: 1, settle: (answer) => answer !== 'gone' && enter() };
    const claim = this.#claim(client, name, () => {
      client.name = name;
      enter();
    });
    return claim && { ...claim, asks: 2 };
  }

  leave(client: ModelClient, channel: string): undefined {
    if (this.#members(channel).has(client)) {
      this.#leave(client, channel, {});
      client.hears({ type: 'left', channel });
    } else {
      refuse(client, 'not-joined');
    }
  }

  msg(client: ModelClient, channel: string | undefined, text: string, ref: number): undefined {
    const mine = this.#channelsOf(client);
    const to = channel ?? mine[0];
    if (channel === undefined && mine.length > 1) {
      refuse(client, 'malformed', { ref });
    } else if (to === undefined || !mine.includes(to)) {
      refuse(client, 'not-joined', { ref });
    } else {
      this.#tell(to, { type: 'msg', channel: to, from: client.name, text }, client);
      client.hears({ type: 'ok', ref });
    }
  }

  /** To one user, of this server or another. */
  direct(client: ModelClient, to: string, text: string, ref: number): Later | undefined {
    if (client.name === undefined) {
      refuse(client, 'not-joined', { ref });
      return undefined;
    }
    if (client.name.toLowerCase() === to.toLowerCase()) {
      refuse(client, 'malformed', { ref });
      return undefined;
    }
    const user = [...this.#clients].find(({ name }) => name?.toLowerCase() === to.toLowerCase());
    if (user) {
      user.hears({ type: 'msg', to: user.name, from: client.name, text });
      client.hears({ type: 'ok', ref });
      return undefined;
    }
    const settle: Later['settle'] = (answer) => {
      if (answer === 'agreed') client.hears({ type: 'ok', ref });
      if (answer === 'refused') refuse(client, 'no-such-user', { ref });
    };
    return { asks: 1, settle };
  }

  nick(client: ModelClient, name: string): Later | undefined {
    const rename = (): void => {
      const from = client.name ?? name;
      client.name = name;
      for (const channel of from === name ? [] : this.#channelsOf(client)) {
        this.#tell(channel, { type: 'nick', channel, name, from }, client);
      }
      client.hears({ type: 'nick', name, from });
    };
    if (client.name?.toLowerCase() !== name.toLowerCase()) return this.#claim(client, name, rename);
    rename();
    return undefined;
  }

  names(client: ModelClient, channel: string): undefined {
    client.hears({ type: 'names', channel, members: this.#names(channel) });
  }

  channels(client: ModelClient): undefined {
    const channels = [...this.#channels]
      .map(([channel, members]) => ({ channel, members: members.size }))
      .filter(({ members }) => members > 0)
      .sort((a, b) => (a.channel < b.channel ? -1 : 1));
    client.hears({ type: 'channels', channels });
  }

  #members(channel: string): Set<ModelClient> {
    return this.#channels.get(channel) ?? new Set();
  }

  #channelsOf(client: ModelClient): string[] {
    return [...this.#channels].filter(([, members]) => members.has(client)).map(([channel]) => channel);
  }

  #names(channel: string): string[] {
    const names = [...this.#members(channel)].map(({ name }) => String(name));
    return names.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  }

  #joined(client: ModelClient, channel: string): void {
    client.hears({ type: 'joined', channel, name: client.name, members: this.#names(channel) });
  }

  #claim(client: ModelClient, name: string, then: () => void): Later | undefined {
    const key = name.toLowerCase();
    if (this.#asked.has(key) || [...this.#clients].some((other) => other.name?.toLowerCase() === key)) {
      refuse(client, 'name-taken');
      return undefined;
    }
    this.#asked.add(key);
    const settle: Later['settle'] = (answer) => {
      this.#asked.delete(key);
      if (answer === 'agreed') then();
      if (answer === 'refused') refuse(client, 'name-taken');
    };
    return { asks: 1, settle };
  }

  #tell(channel: string, message: Message, speaker?: ModelClient): void {
    for (const member of this.#members(channel)) if (member !== speaker) member.hears(message);
  }

  #leave(client: ModelClient, channel: string, more: { reason?: string }): void {
    this.#members(channel).delete(client);
    this.#tell(channel, { type: 'leave', channel, name: client.name, ...more });
  }
}

function refuse(client: ModelClient, code: string, more: { ref?: number } = {}): void {
  client.hears({ type: 'error', code, ...more });
}
