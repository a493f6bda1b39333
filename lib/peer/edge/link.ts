/**
 * A connection to another server. First both ends say and prove who they are; then it carries frames. [PEERING 2, 3]
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

/** The reasons to close a connection whose other end is not a Hearsay server, by the role of this end. */
const notHearsay = {
  dialler: 'what answers there is not a Hearsay server’s peer port',
  listener: 'it does not speak as a Hearsay server does',
} as const;

/** The reasons that end a link in good order: what waits is sent before the BYE. */
const drainingReasons: ReadonlySet<ByeReason> = new Set(['shutting-down', 'duplicate']);

/** What a link tells its owner. */
export interface LinkEvents {
  /**
   * The other end, which this one dialled, has proven who it is. This end has not sent its own proof yet.
   *
   * @returns why the connection is to end now, if it is
   */
  met(link: Link, hello: Hello): Goodbye | undefined;
  /**
   * Both ends have proven who they are; if this end dialled, the other one has also let it in (a probe does not wait
   * for that).
   */
  up(link: Link, hello: Hello): void;
  /**
   * A frame came.
   *
   * @param bytes the frame as it came
   * @throws PeerProtocolError, which ends the link
   */
  frame(link: Link, frame: PeerFrame, bytes: Buffer): void;
  /** The link has room for more. */
  drained(link: Link): void;
  /**
   * So much data waits that more of it is dropped. It is told once, and again only after all that waits has been sent.
   */
  dropping(link: Link): void;
  /** The link is closed, and no further event follows. @param why the reason, as a text for people */
  closed(link: Link, why: string): void;
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Events that were dropped because the link had no room. */
  readonly dropped: number;
}

export interface LinkOptions {
  readonly id: number;
  /** A socket that is connected. */
  readonly socket: Socket;
  readonly handshake: Handshake;
  /** The time by which both ends must have proven who they are, on the clock's `nowMs`. */
  readonly provenByMs: number;
  readonly clock: Clock;
  readonly events: LinkEvents;
}

export class Link {
  readonly id: number;
  /** The HELLO of the other end, once it is proven. */
  hello: Hello | undefined;
  /** The reason of the BYE that ended the link, if there was one. */
  reason: ByeReason | undefined;
  /** The IP address of the other end, as the socket has it. */
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
  /** The frames that go to the socket at the end of this turn. */
  #turn: Buffer[] = [];
  #turnBytes = 0;
  #up = false;
  #ended = false;
  #dropping = false;
  /** The BYE, which is sent when the queue is empty. */
  #lastWords: Buffer | undefined;
  /** Why the link ended, as a text for people; the first reason that is known counts. */
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

  /** Whether the link is encrypted, with a network key that both ends have. */
  get isEncrypted(): boolean {
    return this.#handshake.isEncrypted;
  }

  get traffic(): Traffic {
    const { bytesRead, bytesWritten } = this.#socket;
    return { bytesIn: bytesRead, bytesOut: bytesWritten, dropped: this.#queue.dropped };
  }

  /** How many bytes wait to be sent. */
  get waitingBytes(): number {
    return this.#handedOver + this.#queue.bytes;
  }

  /**
   * Sends a frame. The frames of a turn go out in one write or in a few. If there is no room for it, a frame of data is
   * dropped, and one of control ends the link.
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

  /**
   * Reads nothing for so long; with 0, until others have had their turn. A later rest takes the place of an earlier
   * one.
   */
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

  /** Sends a BYE with the reason, and closes. What still comes in is read, unless the other end broke the protocol. */
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

  /** Ends the link at once, to make room for others. The BYE may not arrive. */
  makeRoom(): void {
    this.end(goodbye('busy'));
    this.#socket.destroySoon();
  }

  /** How many bytes the socket has not sent yet, including those that it gets at the end of the turn. */
  get #handedOver(): number {
    return this.#socket.writableLength + this.#turnBytes;
  }

  #write(bytes: Buffer): void {
    if (this.#turn.length === 0) this.#clock.endOfTurn(this.#flush);
    this.#turn.push(bytes);
    this.#turnBytes += bytes.length;
  }

  /** Fills the socket from the queue, up to what it should have at a time. */
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

  /**
   * Writes the frames of a turn at once. Copying many small frames into one is cheaper than writing them one by one.
   */
  readonly #flush = (): void => {
    const [first] = this.#turn;
    if (!first) return;
    const bytes = this.#turn.length === 1 ? first : Buffer.concat(this.#turn, this.#turnBytes);
    this.#turn = [];
    this.#turnBytes = 0;
    if (!this.#socket.destroyed) this.#socket.write(bytes);
    // A socket that took everything at once emits no 'drain', so the queue is looked at again here. It is done in a
    // later turn, because very much may wait.
    if (this.#queue.bytes > 0) setImmediate(() => this.#pump());
  };

  #take(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk, (frame, bytes) => this.#takeFrame(frame, bytes));
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.end(this.#handshake.hello ? goodbye('protocol-error', error.message) : this.#goodbyeToOthers());
    }
  }

  /** The goodbye for an end that is not a Hearsay server. */
  #goodbyeToOthers(): Goodbye {
    const here = notHearsay[this.#handshake.role];
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

  /** Takes a frame of an end that has not proven who it is yet. */
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
    // A probe only asks who is there, so it does not wait to be let in.
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
