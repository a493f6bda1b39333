/**
 * What a relay promises, said as naively as possible: no turns, no lanes, no bytes. Everything reaches everybody at
 * once. The real one may put off what happens in a channel until the end of the turn, but each client's account of
 * each channel, and its replies, must read the same.
 */
import type { Message } from './messages.js';

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

  join(client: ModelClient, channel: string, name: string): void {
    if (client.name !== undefined && client.name.toLowerCase() !== name.toLowerCase()) {
      refuse(client, 'bad-name');
    } else if (client.name === undefined && this.#isTaken(name, client)) {
      refuse(client, 'name-taken');
    } else {
      client.name ??= name;
      if (!this.#members(channel).has(client)) {
        this.#tell(channel, { type: 'join', channel, name: client.name });
        this.#channels.set(channel, this.#members(channel).add(client));
      }
      client.hears({ type: 'joined', channel, name: client.name, members: this.#names(channel) });
    }
  }

  leave(client: ModelClient, channel: string): void {
    if (this.#members(channel).has(client)) {
      this.#leave(client, channel, {});
      client.hears({ type: 'left', channel });
    } else {
      refuse(client, 'not-joined');
    }
  }

  msg(client: ModelClient, channel: string | undefined, text: string, ref: number): void {
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

  nick(client: ModelClient, name: string): void {
    if (this.#isTaken(name, client)) {
      refuse(client, 'name-taken');
      return;
    }
    const from = client.name ?? name;
    client.name = name;
    for (const channel of from === name ? [] : this.#channelsOf(client)) {
      this.#tell(channel, { type: 'nick', channel, name, from }, client);
    }
    client.hears({ type: 'nick', name, from });
  }

  names(client: ModelClient, channel: string): void {
    client.hears({ type: 'names', channel, members: this.#names(channel) });
  }

  channels(client: ModelClient): void {
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

  #isTaken(name: string, by: ModelClient): boolean {
    return [...this.#clients].some(
      (other) => other !== by && other.name?.toLowerCase() === name.toLowerCase(),
    );
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
