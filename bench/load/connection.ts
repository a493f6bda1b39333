/** One connection of the load generator: takes part as its dialect asks, and then hands on the bytes that come. */
import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { type Dialect, dialects, type Person } from './dialects.js';
import type { Door } from './plan.js';

/** One for all: what comes is looked at before the next read. */
const readBuffer = Buffer.allocUnsafe(262_144);
const patienceMs = 20_000;

export class Connection {
  /** Told of what comes, once the person takes part; the bytes are good until it returns. */
  onBytes: (bytes: Buffer, length: number) => void = () => {};
  /** Told why it ended. */
  onEnd: (why: Error) => void = () => {};
  readonly dialect: Dialect;
  readonly #socket: Socket;

  private constructor(
    door: Door,
    readonly person: Person,
  ) {
    this.dialect = dialects[door.dialect];
    this.#socket = connect({
      host: '127.0.0.1',
      port: door.port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length, bytes) => {
          if (bytes instanceof Buffer) this.onBytes(bytes, length);
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.onEnd(error));
    this.#socket.on('end', () => this.onEnd(new Error(`the server ended the connection of ${person.name}`)));
  }

  /** Connects and takes part. */
  static async open(door: Door, person: Person): Promise<Connection> {
    const connection = new Connection(door, person);
    for (const { send, until, times = 1 } of connection.dialect.steps(person)) {
      const answered = until === undefined ? undefined : connection.#hear(until, times);
      connection.#socket.write(send);
      await answered;
    }
    connection.onBytes = () => {};
    connection.onEnd = (why) => {
      throw why;
    };
    return connection;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Reads no more. */
  getStuck(): void {
    // That the server gives it up at some time is right.
    this.onEnd = () => {};
    this.#socket.pause();
  }

  #hear(words: string, times: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let heard = '';
      const timer = setTimeout(
        () =>
          reject(new Error(`no ${JSON.stringify(words)} came, but ${JSON.stringify(heard.slice(0, 300))}`)),
        patienceMs,
      );
      this.onEnd = reject;
      this.onBytes = (bytes, length) => {
        heard += bytes.toString('latin1', 0, length);
        if (heard.split(words).length <= times) return;
        clearTimeout(timer);
        this.onBytes = () => {};
        resolve();
      };
    });
  }
}
