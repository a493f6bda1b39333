/**
 * One end of a wire, as the edge of a real server has it: HELLO both ways, then frames, and BYE with time to close. It
 * does what lib/peer/edge/link.ts does, in the simulator's time.
 */
import { limits } from '../../lib/limits.js';
import type { Address } from '../../lib/wire/address.js';
import type { Timer, VirtualClock } from './clock.js';
import {
  type ByeReason,
  encodePeerFrame,
  type Goodbye,
  goodbye,
  type LinkId,
  type Parsed,
  PeerProtocolError,
  parse,
  type Urgency,
} from './core.js';
import type { Host } from './internet.js';
import type { Greeting, Parcel, Side, Wire, WireEnd } from './wire.js';

export interface ConnectionOwner {
  /** Does something in a turn of the owner's event loop: at once, later, or never. */
  turn(task: () => void): void;
  up(connection: Connection, hello: Greeting): void;
  /** @throws PeerProtocolError */
  frame(connection: Connection, parsed: Parsed): void;
  drained(connection: Connection): void;
  /** Called when this end finds that the other broke the protocol. */
  broken(connection: Connection, error: PeerProtocolError): void;
  /** It sends nothing any more. */
  ended(connection: Connection): void;
  closed(connection: Connection, why: string): void;
}

export interface ConnectionOptions {
  readonly id: LinkId;
  readonly wire: Wire;
  readonly side: Side;
  readonly remote: Host;
  /** Undefined when the other end dialled. */
  readonly dialled: Address | undefined;
  readonly greeting: Greeting;
  readonly clock: VirtualClock;
  readonly owner: ConnectionOwner;
}

export class Connection implements WireEnd {
  readonly id: LinkId;
  readonly wire: Wire;
  readonly side: Side;
  readonly remote: Host;
  readonly dialled: Address | undefined;
  hello: Greeting | undefined;
  byeReason: ByeReason | undefined;
  isUp = false;
  /** It sends nothing any more. */
  isEnded = false;
  #isClosed = false;
  #isDeaf = false;
  #why: string | undefined;
  #timer: Timer;

  constructor(private readonly options: ConnectionOptions) {
    const { id, wire, side, remote, dialled, clock } = options;
    this.id = id;
    this.wire = wire;
    this.side = side;
    this.remote = remote;
    this.dialled = dialled;
    this.#timer = clock.after(limits.handshakeMs, () =>
      options.owner.turn(() => this.end(goodbye('protocol-error', 'no HELLO'))),
    );
  }

  /** Says who this end is, and listens. */
  open(): void {
    this.wire.send(this.side, this.options.greeting, 'control');
    this.wire.attach(this.side, this);
  }

  get waitingBytes(): number {
    return this.wire.waitingBytes(this.side);
  }

  send(bytes: Buffer, urgency: Urgency): void {
    if (this.isEnded || !this.wire.send(this.side, bytes, urgency)) return;
    this.#why = 'too much was waiting for it';
    // A real end learns of it in a later turn too.
    this.options.clock.after(0, () => this.destroy());
  }

  end({ reason, here, there }: Goodbye): void {
    if (this.isEnded) return;
    this.#why ??= here;
    this.send(encodePeerFrame({ type: 'bye', reason, message: there }), 'control');
    this.isEnded = true;
    this.#timer.task = undefined;
    if (reason === 'protocol-error') this.#isDeaf = true;
    this.wire.pipes[this.side === 0 ? 1 : 0].finish('end');
    const patienceMs = reason === 'shutting-down' ? limits.drainMs : limits.clientCloseMs;
    this.#timer = this.options.clock.after(patienceMs, () => this.destroy());
    this.options.owner.ended(this);
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.wire.abandon(this.side);
    this.options.owner.turn(() => this.#close());
  }

  // ---- From the wire ------------------------------------------------------------------------------------------

  take(parcel: Exclude<Parcel, 'reset'>): void {
    this.options.owner.turn(() => {
      if (!this.#isClosed) this.#take(parcel);
    });
  }

  drained(): void {
    this.options.owner.turn(() => {
      if (!this.#isClosed) this.options.owner.drained(this);
    });
  }

  reset(why: string): void {
    this.options.owner.turn(() => {
      this.#why ??= why;
      this.#close();
    });
  }

  #take(parcel: Exclude<Parcel, 'reset'>): void {
    if (parcel === 'end') {
      // Node answers the end of the other direction by ending its own.
      if (!this.isEnded) this.wire.pipes[this.side === 0 ? 1 : 0].finish('end');
      this.#close();
      return;
    }
    if (this.#isDeaf) return;
    try {
      if ('node' in parcel) this.#greet(parcel);
      else this.#takeFrame(parse(parcel));
    } catch (error) {
      if (!(error instanceof PeerProtocolError)) throw error;
      this.options.owner.broken(this, error);
      this.end(goodbye('protocol-error', error.message));
    }
  }

  #greet(hello: Greeting): void {
    if (this.isEnded) return;
    if (this.hello) throw new PeerProtocolError('a second HELLO');
    const { protocol } = this.options.greeting;
    if (hello.protocol !== protocol) {
      this.end(goodbye('version', `${hello.protocol} and ${protocol}`));
      return;
    }
    this.hello = hello;
    if (!this.dialled) this.#goUp(hello);
  }

  #takeFrame(parsed: Parsed): void {
    const { frame } = parsed;
    if (frame?.type === 'bye') {
      this.byeReason = frame.reason;
      this.#why ??= frame.message;
    }
    if (!this.hello) {
      if (frame?.type === 'bye' || this.isEnded) return;
      throw new PeerProtocolError('a frame ahead of the HELLO');
    }
    if (!this.isUp && frame?.type === 'bye') return;
    if (!this.isUp) this.#goUp(this.hello);
    this.options.owner.frame(this, parsed);
  }

  #goUp(hello: Greeting): void {
    if (!this.isEnded) this.#timer.task = undefined;
    this.isUp = true;
    this.options.owner.up(this, hello);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.isEnded = true;
    this.#timer.task = undefined;
    this.wire.detach(this.side);
    this.options.owner.closed(this, this.#why ?? 'the connection was closed at the other end');
  }
}
