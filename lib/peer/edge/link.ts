/**
 * One connection to another server: HELLO both ways, then frames. [PEERING 2, 3.1]
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../clock.js';
import { limits } from '../../limits.js';
import { PeerProtocolError } from '../../wire/peer-error.js';
import {
  type ByeReason,
  encodePeerFrame,
  type Hello,
  type PeerFrame,
  peerProtocolVersion,
} from '../../wire/peer-frame.js';
import { PeerFrameDecoder } from '../../wire/peer-frame-decoder.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';

/** For whoever says what no server of ours would say first: by whom a connection was made tells what it may be. */
const strangers = {
  dialled: 'what answers there is not a Hearsay server’s peer port',
  dialledUs: 'what it says is not what a Hearsay server says',
} as const;

/** What a link tells its owner. */
export interface LinkEvents {
  /** The other end has said who it is, speaks our version, and, if this end dialled, has let us in. */
  up(link: Link, hello: Hello): void;
  /** @throws PeerProtocolError ends the link */
  frame(link: Link, frame: PeerFrame, bytes: Buffer): void;
  /** It has taken all that was sent. */
  drained(link: Link): void;
  /** It is over; nothing else will be told of it. `why` is for people. */
  closed(link: Link, why: string): void;
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface LinkOptions {
  readonly id: number;
  /** Connected. */
  readonly socket: Socket;
  /** What to say first. */
  readonly ownHello: Hello;
  /** The other end decides; it is up when something other than BYE follows the other's HELLO. */
  readonly awaitsAdmission: boolean;
  readonly clock: Clock;
  readonly events: LinkEvents;
}

export class Link {
  readonly id: number;
  /** What the other end said first. */
  hello: Hello | undefined;
  /** Why the other end ended the link, if it said so. */
  byeReason: ByeReason | undefined;
  readonly #decoder = new PeerFrameDecoder(limits.helloFrameBytes);
  readonly #handshakeTimer: NodeJS.Timeout;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  readonly #awaitsAdmission: boolean;
  #up = false;
  #corked = false;
  #ended = false;
  /** Why it ended, from whoever knew first. */
  #why: string | undefined;

  constructor({ id, socket, ownHello, awaitsAdmission, clock, events }: LinkOptions) {
    this.id = id;
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    this.#awaitsAdmission = awaitsAdmission;
    socket.setNoDelay(true);
    this.send(encodePeerFrame(ownHello));
    this.#handshakeTimer = setTimeout(
      () => this.end(goodbye('protocol-error', `no HELLO within ${limits.handshakeMs / 1000} s`)),
      limits.handshakeMs,
    );
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('drain', () => events.drained(this));
    socket.on('error', (error) => {
      this.#why ??= error.message;
    });
    socket.once('close', () => {
      clearTimeout(this.#handshakeTimer);
      this.#ended = true;
      events.closed(this, this.#why ?? 'the connection was closed at the other end');
    });
  }

  get traffic(): Traffic {
    return { bytesIn: this.#socket.bytesRead, bytesOut: this.#socket.bytesWritten };
  }

  /** Bytes that the other end has yet to take. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** The other end's address, as the network has it. */
  get remoteHost(): string {
    return this.#socket.remoteAddress ?? '';
  }

  /** Sends a frame; all frames of a turn go out in one write. */
  send(bytes: Buffer): void {
    if (this.#ended) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      this.#clock.endOfTurn(this.#uncork);
    }
    if (!this.#socket.write(bytes) && this.#socket.writableLength > limits.peerQueueBytes) {
      this.#why = `more than ${limits.peerQueueBytes / 1_048_576} MiB were waiting for it`;
      this.#socket.destroy();
    }
  }

  /** Says why and closes. What is on its way in is still read, unless the other end broke the protocol. */
  end({ reason, here, there }: Goodbye): void {
    if (this.#ended) return;
    this.#why ??= here;
    this.send(encodePeerFrame({ type: 'bye', reason, message: there }));
    this.#uncork();
    this.#ended = true;
    clearTimeout(this.#handshakeTimer);
    if (reason === 'protocol-error') this.#socket.removeAllListeners('data').resume();
    this.#socket.end();
    const patienceMs = reason === 'shutting-down' ? limits.drainMs : limits.clientCloseMs;
    const cutOff = setTimeout(() => this.#socket.destroy(), patienceMs);
    this.#socket.once('close', () => clearTimeout(cutOff));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #uncork = (): void => {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  };

  #take(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk, (frame, bytes) => this.#takeFrame(frame, bytes));
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.end(this.hello ? goodbye('protocol-error', error.message) : this.#stranger());
    }
  }

  #stranger(): Goodbye {
    const here = this.#awaitsAdmission ? strangers.dialled : strangers.dialledUs;
    return { reason: 'protocol-error', here, there: 'this is the peer port of a Hearsay server' };
  }

  #takeFrame(frame: PeerFrame, bytes: Buffer): void {
    if (frame.type === 'bye') {
      this.byeReason = frame.reason;
      this.#why ??= frame.message;
    }
    if (!this.hello) this.#greet(frame);
    else this.#admitted(this.hello, frame, bytes);
  }

  #greet(frame: PeerFrame): void {
    if (frame.type === 'bye' || this.#ended) return;
    if (frame.type !== 'hello') throw new PeerProtocolError(`a ${frame.type} frame ahead of the HELLO`);
    if (frame.protocol !== peerProtocolVersion) {
      this.end(goodbye('version', `${frame.protocol} and ${peerProtocolVersion}; update the older server`));
      return;
    }
    this.hello = frame;
    this.#decoder.maxBytes = limits.peerFrameBytes;
    if (!this.#awaitsAdmission) this.#goUp(frame);
  }

  #admitted(hello: Hello, frame: PeerFrame, bytes: Buffer): void {
    if (!this.#up && frame.type === 'bye') return;
    if (!this.#up) this.#goUp(hello);
    this.#events.frame(this, frame, bytes);
  }

  #goUp(hello: Hello): void {
    clearTimeout(this.#handshakeTimer);
    this.#up = true;
    this.#events.up(this, hello);
  }
}
