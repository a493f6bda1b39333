/**
 * The door for terminal clients: TCP, one message a line. [PROTOCOL 1.1]
 *
 * A client is welcomed only when its first line has come, so that the line can decide about its dialect. So far there
 * is one dialect, and the first line is not looked at for that.
 */
import { createServer, type Socket } from 'node:net';
import { jsonDialect } from '../dialect/json.js';
import { limits } from '../limits.js';
import type { LaneFormat } from '../relay/connection.js';
import type { Session } from '../relay/session.js';
import { ProtocolError } from '../wire/errors.js';
import { lineFraming } from '../wire/framing.js';
import { LineDecoder } from '../wire/line-decoder.js';
import { Admissions, createDoor, type Door } from './door.js';
import type { DoorOptions, Transport } from './transport.js';
import { refuseWordless, WordlessToll } from './wordless.js';

const jsonOverTcp: LaneFormat = { framing: lineFraming, ...jsonDialect };

export function createTcpDoor(options: DoorOptions): Door {
  const admissions = new Admissions(options);
  const keepAliveMs = limits.clientIdleMs;
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    allowHalfOpen: true,
  });
  server.on('connection', (socket) => serve(socket, admissions, options));
  return createDoor(server, admissions, 'client', { keepAliveMs });
}

function serve(socket: Socket, admissions: Admissions, options: DoorOptions): void {
  const client = new TcpClient(socket, admissions, options);
  admissions.track(socket, limits.firstLineMs);
  socket.on('data', (chunk) => client.read(chunk));
  socket.on('end', () => client.end());
  socket.on('error', (error) => options.log.debug('client connection failed', { error: error.message }));
}

/** A connection. Its first line opens its session. */
class TcpClient implements Transport {
  readonly #decoder = new LineDecoder();
  #session: Session | undefined;
  #admitted = false;
  #lines = 0;
  /** Made at the first empty line: most clients never send one. */
  #toll: WordlessToll | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly admissions: Admissions,
    private readonly door: Pick<DoorOptions, 'relay' | 'intake' | 'clock' | 'afterEndMs'>,
  ) {}

  isOpen(): boolean {
    return this.socket.writable;
  }

  sayGoodbye(): void {
    // What comes after that is heard by nobody: it is thrown away as it comes, which costs least.
    this.socket.removeAllListeners('data').resume();
    this.socket.end();
  }

  setReading(reading: boolean): void {
    if (reading) this.socket.resume();
    else this.socket.pause();
  }

  unfinished(): number | undefined {
    return this.#decoder.isWithinLine && !this.socket.isPaused() ? this.#lines : undefined;
  }

  read(chunk: Buffer): void {
    try {
      this.#decoder.push(
        chunk,
        (line) => this.#take(line),
        () => this.#takeEmpty(),
      );
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#endlessLine(error);
    }
  }

  /**
   * The client has ended its side, as a pipe does after its last line. What it said is still carried out and answered
   * before the connection ends.
   */
  end(): void {
    const { afterEndMs = limits.afterEndMs } = this.door;
    this.socket.setTimeout(afterEndMs, () => this.socket.destroy());
    if (this.#session && !this.#session.closed) this.#session.queue.whenIdle(() => this.socket.end());
    else this.socket.end();
  }

  #take(line: string | undefined): void {
    this.#lines++;
    this.#admit();
    if (this.#session) this.door.intake.receive(this.#session, line);
  }

  /** An empty line says nothing, and is no first line; yet it has a price. */
  #takeEmpty(): void {
    this.#toll ??= new WordlessToll(this.door.clock);
    if (this.#session?.closed || this.#toll.take()) return;
    if (this.#session) refuseWordless(this.door.relay, this.#session, this);
    else this.socket.destroy();
  }

  #endlessLine(error: ProtocolError): void {
    this.socket.removeAllListeners('data').resume();
    this.#admit();
    if (this.#session) this.door.relay.disconnect(this.#session, 'too-long', error);
  }

  #admit(): void {
    if (this.#admitted) return;
    this.#admitted = true;
    this.#session = this.admissions.admit(this.socket, jsonOverTcp, this);
  }
}
