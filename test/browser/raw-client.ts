/** A client on plain TCP that shares no code with the server but its types: what a user's own program would be. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ServerMessage } from '../../lib/wire/messages.js';

export class RawClient {
  readonly #heard: ServerMessage[] = [];
  #awaken: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => {
      this.#heard.push(JSON.parse(line));
      this.#awaken();
    });
    // A server that stops may reset the connection; a test that still waits for something says so by its time-out.
    for (const emitter of [socket, lines]) emitter.on('error', () => {});
  }

  /** Connects to a server on this machine, and joins a channel. */
  static async join(port: number, channel: string, name: string): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new RawClient(socket);
    client.send({ type: 'join', channel, name });
    await client.hears((message) => message.type === 'joined');
    return client;
  }

  send(message: Readonly<Record<string, unknown>>): void {
    this.socket.write(`${JSON.stringify(message)}\n`);
  }

  say(channel: string, text: string): void {
    this.send({ type: 'msg', channel, text });
  }

  /** Resolves with the first message that is wanted; it and those before it are not heard again. */
  async hears(isWanted: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    for (;;) {
      const place = this.#heard.findIndex(isWanted);
      const [found] = place === -1 ? [] : this.#heard.splice(0, place + 1).slice(-1);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#awaken = resolve;
      });
    }
  }

  /** Resolves once somebody has said this. */
  async hearsText(text: string): Promise<ServerMessage> {
    return this.hears((message) => message.type === 'msg' && message.text === text);
  }

  close(): void {
    this.socket.destroy();
  }
}
