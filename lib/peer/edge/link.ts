/**
 * One connection to another server: both say and prove who they are, then frames. [PEERING 2, 3]
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock.js';
import { limits } from '../../limits.js';
import { PeerProtocolError } from '../../wire/peer-error.js';
import {
  type Auth,
  type ByeReason,
  encodePeerFrame,
  type Hello,
  type PeerFrame,
} from '../../wire/peer-frame.js';
import { PeerFrameDecoder } from '../../wire/peer-frame-decoder.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';
import type { Urgency } from '../core/mesh-options.js';
import { isWithinMachine } from './connection.js';
import { explain } from './dial.js';
import type { Handshake } from './handshake.js';
import { SendQueue } from './send-queue.js';

/** For whoever says what no server of ours would say first: by whom a connection was made tells what it may be. */
const strangers = {
  dialler: 'what answers there is not a Hearsay server’s peer port',
  listener: 'what it says is not what a Hearsay server says',
} as const;

/** Ends in good order: what waits goes out before the BYE. */
const drainingReasons: ReadonlySet<ByeReason> = new Set(['shutting-down', 'duplicate']);

/** What a link tells its owner. */
export interface LinkEvents {
  /**
   * The other end, which this one dialled, has proven who it is, and nothing was promised yet.
   *
   * @returns why to leave it at that
   */
  met(link: Link, hello: Hello): Goodbye | undefined;
  /** Both ends have proven who they are, and, if this end dialled, the other has let us in. */
  up(link: Link, hello: Hello): void;
  /** @param bytes the frame as it came @throws PeerProtocolError ends the link */
  frame(link: Link, frame: PeerFrame, bytes: Buffer): void;
  /** There is room again. */
  drained(link: Link): void;
  /** So much data waits that more is dropped; said once, until all of it is out. */
  dropping(link: Link): void;
  /** It is over; nothing else will be told of it. `why` is for people. */
  closed(link: Link, why: string): void;
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Events for which the link had no room. */
  readonly dropped: number;
}

export interface LinkOptions {
  readonly id: number;
  /** Connected. */
  readonly socket: Socket;
  readonly handshake: Handshake;
  /** By when both ends must have proven who they are, on the clock's `nowMs`. */
  readonly provenByMs: number;
  readonly clock: Clock;
  readonly events: LinkEvents;
}

export class Link {
  readonly id: number;
  /** What the other end said of itself, once it has proven it. */
  hello: Hello | undefined;
  /** Why it ended, if one of the ends said so. */
  reason: ByeReason | undefined;
  /** The other end's address, as the network has it. */
  readonly remoteHost: string;
  /** Whether the other end is on the same machine. */
  readonly isWithinMachine: boolean;
  readonly #decoder = new PeerFrameDecoder(limits.helloFrameBytes);
  readonly #queue = new SendQueue({ dataBytes: limits.linkDataBytes, controlBytes: limits.linkControlBytes });
  readonly #handshake: Handshake;
  readonly #handshakeTimer: NodeJS.Timeout;
  #restTimer: NodeJS.Timeout | undefined;
  #restForTurn: NodeJS.Immediate | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  /** What this turn has for the socket. */
  #turn: Buffer[] = [];
  #turnBytes = 0;
  #up = false;
  #ended = false;
  #dropping = false;
  /** To be said when the queue is empty. */
  #lastWords: Buffer | undefined;
  /** Why it ended, from whoever knew first. */
  #why: string | undefined;

  constructor({ id, socket, handshake, provenByMs, clock, events }: LinkOptions) {
    this.id = id;
    this.remoteHost = socket.remoteAddress ?? '';
    this.isWithinMachine = isWithinMachine(socket);
    this.#socket = socket;
    this.#handshake = handshake;
    this.#clock = clock;
    this.#events = events;
    socket.setNoDelay(true);
    this.#write(handshake.helloBytes);
    this.#handshakeTimer = setTimeout(() => this.#tooLate(), provenByMs - clock.nowMs());
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('drain', () => {
      this.#pump();
      events.drained(this);
    });
    socket.on('error', (error) => {
      this.#why ??= explain(error);
    });
    socket.once('close', () => {
      clearTimeout(this.#handshakeTimer);
      this.#endRest();
      this.#ended = true;
      events.closed(this, this.#why ?? 'the connection was closed at the other end');
    });
  }

  /** Whether both ends have a network key. */
  get isEncrypted(): boolean {
    return this.#handshake.isEncrypted;
  }

  get traffic(): Traffic {
    const { bytesRead, bytesWritten } = this.#socket;
    return { bytesIn: bytesRead, bytesOut: bytesWritten, dropped: this.#queue.dropped };
  }

  /** Bytes that the other end has yet to take. */
  get waitingBytes(): number {
    return this.#handedOver + this.#queue.bytes;
  }

  /**
   * Sends a frame; the frames of a turn go out in one write, or in few. What does not fit any more is dropped if it is
   * data.
   */
  send(bytes: Buffer, urgency: Urgency): void {
    if (this.#ended) return;
    if (this.#queue.bytes === 0 && this.#handedOver < limits.linkSocketBytes) {
      this.#write(bytes);
      if (this.#turnBytes >= limits.linkTurnBytes) this.#flush();
      return;
    }
    const pushed = this.#queue.push(bytes, urgency);
    if (pushed === 'overflow') this.end(goodbye('too-slow'));
    if (pushed !== 'dropped' || this.#dropping) return;
    this.#dropping = true;
    this.#events.dropping(this);
  }

  /** Reads nothing for so long; with 0, until others have had their turn. A later rest takes the place of an earlier one. */
  rest(ms: number): void {
    const goOn = (): void => void this.#socket.resume();
    this.#endRest();
    this.#socket.pause();
    if (ms === 0) this.#restForTurn = setImmediate(goOn);
    else this.#restTimer = setTimeout(goOn, ms);
  }

  #endRest(): void {
    clearImmediate(this.#restForTurn);
    clearTimeout(this.#restTimer);
  }

  /** Says why and closes. What is on its way in is still read, unless the other end broke the protocol. */
  end({ reason, here, there }: Goodbye): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#why ??= here;
    this.reason ??= reason;
    clearTimeout(this.#handshakeTimer);
    if (reason === 'protocol-error') this.#socket.removeAllListeners('data').resume();
    const patienceMs = reason === 'shutting-down' ? limits.drainMs : limits.clientCloseMs;
    const cutOff = setTimeout(() => this.#socket.destroy(), patienceMs);
    this.#socket.once('close', () => clearTimeout(cutOff));
    this.#lastWords = encodePeerFrame({ type: 'bye', reason, message: there });
    if (!drainingReasons.has(reason)) this.#queue.clear();
    this.#pump();
  }

  /** Ends it at once, for it takes the place of others; what it is told of that may not arrive. */
  makeRoom(): void {
    this.end(goodbye('busy'));
    this.#socket.destroySoon();
  }

  /** Bytes that the socket has, or gets at the end of the turn, and the network has yet to take. */
  get #handedOver(): number {
    return this.#socket.writableLength + this.#turnBytes;
  }

  #write(bytes: Buffer): void {
    if (this.#turn.length === 0) this.#clock.endOfTurn(this.#flush);
    this.#turn.push(bytes);
    this.#turnBytes += bytes.length;
  }

  /** Hands the socket as much as it should have at a time. */
  #pump(): void {
    while (this.#handedOver < limits.linkSocketBytes) {
      const frame = this.#queue.shift();
      if (!frame) break;
      this.#write(frame);
    }
    if (this.#queue.bytes > 0) return;
    this.#dropping = false;
    if (!this.#lastWords) return;
    this.#write(this.#lastWords);
    this.#lastWords = undefined;
    this.#flush();
    this.#socket.end();
  }

  /** One write for a turn: to copy many small frames into one is cheaper than to hand them over one by one. */
  readonly #flush = (): void => {
    const [first] = this.#turn;
    if (!first) return;
    const bytes = this.#turn.length === 1 ? first : Buffer.concat(this.#turn, this.#turnBytes);
    this.#turn = [];
    this.#turnBytes = 0;
    if (!this.#socket.destroyed) this.#socket.write(bytes);
    // No 'drain' comes from a socket that took all at once. What else waits has turns of its own, for it may be very much.
    if (this.#queue.bytes > 0) setImmediate(() => this.#pump());
  };

  #take(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk, (frame, bytes) => this.#takeFrame(frame, bytes));
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.end(this.#handshake.hello ? goodbye('protocol-error', error.message) : this.#stranger());
    }
  }

  #stranger(): Goodbye {
    const here = strangers[this.#handshake.role];
    return { reason: 'protocol-error', here, there: 'this is the peer port of a Hearsay server' };
  }

  #tooLate(): void {
    const what = this.#handshake.hello ? (this.hello ? 'no answer' : 'no AUTH') : 'no HELLO';
    this.end(goodbye('protocol-error', `${what} within ${limits.handshakeMs / 1000} s`));
  }

  #takeFrame(frame: PeerFrame, bytes: Buffer): void {
    if (frame.type === 'bye') {
      this.reason ??= frame.reason;
      this.#why ??= frame.message;
    }
    if (this.hello) this.#admitted(this.hello, frame, bytes);
    else if (frame.type !== 'bye' && !this.#ended) this.#greet(frame, bytes);
  }

  /** Until the other end has proven who it is. */
  #greet(frame: PeerFrame, bytes: Buffer): void {
    const { hello } = this.#handshake;
    if (!hello && frame.type === 'hello') this.#takeHello(frame, bytes);
    else if (hello && frame.type === 'auth') this.#takeAuth(hello, frame);
    else throw new PeerProtocolError(`a ${frame.type} frame ahead of ${hello ? 'the AUTH' : 'the HELLO'}`);
  }

  #takeHello(hello: Hello, bytes: Buffer): void {
    const refusal = this.#handshake.takeHello(hello, bytes);
    if (refusal) this.end(refusal);
    else if (this.#handshake.role === 'listener') this.#write(this.#handshake.auth());
  }

  #takeAuth(hello: Hello, auth: Auth): void {
    const refusal = this.#handshake.takeAuth(auth);
    if (refusal) {
      this.end(refusal);
      return;
    }
    this.hello = hello;
    this.#decoder.maxBytes = limits.peerFrameBytes;
    if (this.#handshake.role === 'listener') {
      this.#goUp(hello);
      return;
    }
    const farewell = this.#events.met(this, hello);
    if (farewell) {
      this.end(farewell);
      return;
    }
    this.#write(this.#handshake.auth());
    // Who only looks who is there needs not be let in.
    if (this.#handshake.isProbe) this.#goUp(hello);
  }

  #admitted(hello: Hello, frame: PeerFrame, bytes: Buffer): void {
    if (frame.type === 'hello' || frame.type === 'auth')
      throw new PeerProtocolError(`a second ${frame.type} frame`);
    if (!this.#up && (frame.type === 'bye' || this.#ended)) return;
    if (!this.#up) this.#goUp(hello);
    this.#events.frame(this, frame, bytes);
  }

  #goUp(hello: Hello): void {
    clearTimeout(this.#handshakeTimer);
    this.#up = true;
    this.#events.up(this, hello);
  }
}
