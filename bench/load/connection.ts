/** One connection of the load generator: it joins in its server's dialect, and then hands on the bytes that come. */
import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { type Dialect, dialects, type Person, type Step } from './dialects.js';
import type { Door } from './plan.js';

/** A buffer that all connections share: the bytes of a read are looked at before the next read. */
const readBuffer = Buffer.allocUnsafe(262_144);
const patienceMs = 20_000;

export class Connection {
  /** Is given the bytes that come once the person has joined; they are valid until it returns. */
  onBytes: (bytes: Buffer, length: number) => void = () => {};
  /** Is told why the connection ended. */
  onEnd: (why: Error) => void = () => {};
  readonly dialect: Dialect;
  readonly #socket: Socket;

  private constructor(
    door: Door,
    readonly person: Person,
    buffer: Buffer,
  ) {
    this.dialect = dialects[door.dialect];
    this.#socket = connect({
      host: '127.0.0.1',
      port: door.port,
      noDelay: true,
      onread: {
        buffer,
        callback: (length, bytes) => {
          if (bytes instanceof Buffer) this.onBytes(bytes, length);
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.onEnd(error));
    this.#socket.on('end', () => this.onEnd(new Error(`the server ended the connection of ${person.name}`)));
  }

  /**
   * Connects and takes part.
   *
   * @param readBytes the most that is read at a time
   */
  static async open(door: Door, person: Person, readBytes = readBuffer.length): Promise<Connection> {
    const connection = new Connection(door, person, readBuffer.subarray(0, readBytes));
    for (const step of connection.dialect.steps(person)) await connection.ask(step);
    connection.onEnd = (why) => {
      throw why;
    };
    return connection;
  }

  /** Sends something, and resolves when the answer has come. */
  async ask({ send, until, times = 1 }: Step): Promise<void> {
    const answered = until === undefined ? undefined : this.#hear(until, times);
    this.#socket.write(send);
    await answered;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Stops reading. */
  getStuck(): void {
    // The server is right to give it up at some time.
    this.onEnd = () => {};
    this.#socket.pause();
  }

  /** Reads once each so many milliseconds, until it is closed. */
  getSlow(everyMs: number): void {
    this.getStuck();
    this.onBytes = () => void this.#socket.pause();
    const timer = setInterval(() => this.#socket.resume(), everyMs);
    this.#socket.once('close', () => clearInterval(timer));
  }

  close(): void {
    this.onEnd = () => {};
    this.#socket.destroy();
  }

  #hear(words: string, times: number): Promise<void> {
    const { onBytes, onEnd } = this;
    return new Promise((resolve, reject) => {
      let heard = '';
      const timer = setTimeout(
        () =>
          reject(new Error(`no ${JSON.stringify(words)} came, but ${JSON.stringify(heard.slice(0, 300))}`)),
        patienceMs,
      );
      this.onEnd = reject;
      this.onBytes = (bytes, length) => {
        onBytes(bytes, length);
        heard += bytes.toString('latin1', 0, length);
        if (heard.split(words).length <= times) return;
        clearTimeout(timer);
        Object.assign(this, { onBytes, onEnd });
        resolve();
      };
    });
  }
}
