/**
 * A connection between two hosts: two pipes, each of which keeps the order, with a delay, a rate, a queue at its
 * beginning, and everything that can go wrong with it.
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../lib/limits.js';
import type { Random } from '../helpers/random.js';
import type { VirtualClock } from './clock.js';
import type { Urgency } from './core.js';

/** The first thing each end says; what the edge's HELLO carries. */
export interface Greeting {
  readonly protocol: number;
  readonly node: string;
  readonly name: string;
  readonly port: number;
  readonly probe: boolean;
}

/** What a pipe carries: a whole frame, the greeting, the end of the data, or a reset of the connection. */
export type Parcel = Buffer | Greeting | 'end' | 'reset';

/** What it is like to send from one host to another, for all wires between them. */
export interface Lane {
  delayMs: number;
  /** The most random time on top of the delay. */
  jitterMs: number;
  bytesPerMs: number;
  /** Whether nothing gets through, without anybody being told. */
  blocked: boolean;
}

/** Bytes that the kernel takes before the rest waits in the sender's own queue. */
const kernelBytes = 262_144;
/** As with Node's sockets, `drained` is called only if more than this was waiting. */
const highWaterBytes = 16_384;
/** When more than this waits, data is dropped; it will be asked for again. */
const dataQueueBytes = 4_194_304;
/** What arrives this much later than the lane's own delay has waited in a queue. */
const lateMs = 500;

interface Waiting {
  readonly parcel: Parcel;
  readonly sentMs: number;
}

interface Flight extends Waiting {
  readonly size: number;
  arrivesMs: number;
}

export class Pipe {
  /** Whether this wire is blocked; `lane.blocked` is for all wires of the lane. */
  stalled = false;
  /** Frames that the full queue did not take. */
  dropped = 0;
  readonly #urgent: Waiting[] = [];
  readonly #rest: Waiting[] = [];
  #waiting = 0;
  #wasHigh = false;
  #ending: 'end' | 'reset' | undefined;
  readonly #inFlight: Flight[] = [];
  #inFlightBytes = 0;
  /** When something last arrived late. */
  #lateAtMs = Number.NEGATIVE_INFINITY;
  #lineFreeMs = 0;
  #lastArrivalMs = 0;
  #isPlanned = false;
  #closed = false;

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly lane: Lane,
    private readonly arrive: (parcel: Parcel) => void,
    private readonly drained: () => void,
  ) {}

  /** Bytes that wait at the sender. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** When something last waited in a queue for long; it is now if something still does. */
  get lateAtMs(): number {
    const oldest = [this.#inFlight[0], this.#urgent[0], this.#rest[0]];
    return oldest.some((waiting) => waiting && this.#isLate(waiting)) ? this.clock.nowMs : this.#lateAtMs;
  }

  /** Returns whether the queue has become longer than any may be. */
  send(parcel: Parcel, urgency: Urgency): boolean {
    if (this.#closed || this.#ending) return false;
    if (urgency === 'data' && this.#waiting > dataQueueBytes) {
      this.dropped++;
      return false;
    }
    (urgency === 'control' ? this.#urgent : this.#rest).push({ parcel, sentMs: this.clock.nowMs });
    this.#waiting += sizeOf(parcel);
    this.#pump();
    if (this.#waiting > highWaterBytes) this.#wasHigh = true;
    return this.#waiting > limits.linkControlBytes;
  }

  /** Ends the sending: after what waits (`end`), or instead of it (`reset`). */
  finish(how: 'end' | 'reset'): void {
    if (this.#closed || this.#ending === 'reset') return;
    if (how === 'reset') {
      this.#clear();
      this.#ending = how;
      this.#launch({ parcel: how, sentMs: this.clock.nowMs });
    } else if (!this.#ending) {
      this.#ending = how;
      this.#pump();
    }
  }

  /** Notes that the sender is gone. What the kernel has not taken is lost, and with `'all'` also what it has. */
  lose(what: 'waiting' | 'all'): void {
    if (what === 'all') this.#clear();
    this.#urgent.length = 0;
    this.#rest.length = 0;
    this.#waiting = 0;
  }

  /** Lets nothing leave the pipe any more. */
  close(): void {
    this.#closed = true;
    this.#clear();
  }

  /** Lets what was held up go on. */
  goOn(): void {
    if (this.#closed) return;
    for (const flight of this.#inFlight) {
      flight.arrivesMs = Math.max(flight.arrivesMs, this.clock.nowMs + this.lane.delayMs);
    }
    this.#lastArrivalMs = this.#inFlight.at(-1)?.arrivesMs ?? this.#lastArrivalMs;
    this.#plan();
  }

  #pump(): void {
    while (this.#inFlightBytes < kernelBytes) {
      const next = this.#urgent.shift() ?? this.#rest.shift();
      if (!next) break;
      this.#waiting -= sizeOf(next.parcel);
      this.#launch(next);
    }
    if (this.#urgent.length + this.#rest.length > 0) return;
    if (this.#ending === 'end' && this.#inFlight.at(-1)?.parcel !== 'end')
      this.#launch({ parcel: 'end', sentMs: this.clock.nowMs });
    if (!this.#wasHigh) return;
    this.#wasHigh = false;
    // Called later, and not in the middle of the code that sent something.
    this.clock.after(0, () => {
      if (!this.#closed) this.drained();
    });
  }

  #launch({ parcel, sentMs }: Waiting): void {
    const { delayMs, jitterMs, bytesPerMs } = this.lane;
    const size = sizeOf(parcel);
    this.#lineFreeMs = Math.max(this.#lineFreeMs, this.clock.nowMs) + size / bytesPerMs;
    const arrivesMs = this.#lineFreeMs + delayMs + (jitterMs > 0 ? jitterMs * this.random.next() : 0);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivesMs);
    this.#inFlight.push({ parcel, sentMs, size, arrivesMs: this.#lastArrivalMs });
    this.#inFlightBytes += size;
    this.#plan();
  }

  #plan(): void {
    const [next] = this.#inFlight;
    if (this.#isPlanned || !next) return;
    this.#isPlanned = true;
    this.clock.at(next.arrivesMs, this.#arriveDue);
  }

  readonly #arriveDue = (): void => {
    this.#isPlanned = false;
    while (!this.#closed && !this.stalled && !this.lane.blocked) {
      const [next] = this.#inFlight;
      if (!next || next.arrivesMs > this.clock.nowMs) break;
      this.#inFlight.shift();
      this.#inFlightBytes -= next.size;
      if (this.#isLate(next)) this.#lateAtMs = this.clock.nowMs;
      this.arrive(next.parcel);
      if (this.#urgent.length + this.#rest.length > 0) this.#pump();
    }
    if (!this.#closed && !this.stalled && !this.lane.blocked) this.#plan();
  };

  #isLate({ sentMs }: Waiting): boolean {
    return this.clock.nowMs - sentMs > this.lane.delayMs + this.lane.jitterMs + lateMs;
  }

  #clear(): void {
    for (const queue of [this.#urgent, this.#rest, this.#inFlight]) queue.length = 0;
    this.#waiting = 0;
    this.#inFlightBytes = 0;
  }
}

function sizeOf(parcel: Parcel): number {
  if (typeof parcel === 'string') return 0;
  return 'node' in parcel ? 160 : parcel.length;
}

/** The owner of one end of a wire. */
export interface WireEnd {
  take(parcel: Exclude<Parcel, 'reset'>): void;
  /** The queue at this end is empty again. */
  drained(): void;
  /** The connection is over at once. */
  reset(why: string): void;
}

export type Side = 0 | 1;

export class Wire {
  /** Towards end 0 and towards end 1. */
  readonly pipes: readonly [Pipe, Pipe];
  readonly #ends: [WireEnd, WireEnd] = [nobody, nobody];
  readonly #isHeld = [true, true];
  /** What came before an end had an owner. */
  readonly #early: [Parcel[] | undefined, Parcel[] | undefined] = [[], []];

  /** @param lanes towards end 0 and towards end 1 */
  constructor(clock: VirtualClock, random: Random, lanes: readonly [Lane, Lane]) {
    const pipe = (to: Side): Pipe =>
      new Pipe(
        clock,
        random,
        lanes[to],
        (parcel) => this.#arrived(to, parcel),
        () => this.#ends[other(to)].drained(),
      );
    this.pipes = [pipe(0), pipe(1)];
  }

  attach(side: Side, end: WireEnd): void {
    this.#ends[side] = end;
    const early = this.#early[side] ?? [];
    this.#early[side] = undefined;
    for (const parcel of early) this.#arrived(side, parcel);
  }

  /** Closes an end, which is told nothing more. */
  detach(side: Side): void {
    this.#ends[side] = nobody;
    this.#early[side] = undefined;
    this.#isHeld[side] = false;
  }

  /** Whether no end has an owner any more. */
  get isOver(): boolean {
    return !this.#isHeld.includes(true);
  }

  /** @returns whether more waits than is allowed */
  send(from: Side, parcel: Parcel, urgency: Urgency): boolean {
    return this.pipes[other(from)].send(parcel, urgency);
  }

  waitingBytes(from: Side): number {
    return this.pipes[other(from)].waitingBytes;
  }

  /** Closes one end at once. The other end learns of it when the news gets there. */
  abandon(from: Side): void {
    this.detach(from);
    this.pipes[from].close();
    this.pipes[other(from)].finish('reset');
  }

  /** Takes away one end's machine. Nobody is told until another machine answers at that place. */
  vanish(from: Side, isBack: () => boolean): void {
    this.detach(from);
    this.#ends[from] = {
      ...nobody,
      take: () => {
        if (isBack()) this.abandon(from);
      },
    };
    this.pipes[other(from)].lose('all');
  }

  /** Kills one end's process: the kernel still sends what it has, and then closes the connection. */
  orphan(from: Side): void {
    this.detach(from);
    this.pipes[from].close();
    this.pipes[other(from)].lose('waiting');
    this.pipes[other(from)].finish('end');
  }

  /** Ends the connection, and tells both ends at once. */
  cut(why: string): void {
    const ends = [...this.#ends];
    for (const pipe of this.pipes) pipe.close();
    for (const side of [0, 1] as const) this.detach(side);
    for (const end of ends) end.reset(why);
  }

  /** Lets nothing pass any more, without telling anybody. */
  freeze(isFrozen: boolean): void {
    for (const pipe of this.pipes) {
      pipe.stalled = isFrozen;
      if (!isFrozen) pipe.goOn();
    }
  }

  #arrived(at: Side, parcel: Parcel): void {
    const end = this.#ends[at];
    const early = this.#early[at];
    if (early) {
      early.push(parcel);
      return;
    }
    if (parcel !== 'reset') {
      end.take(parcel);
      return;
    }
    this.detach(at);
    this.pipes[other(at)].close();
    end.reset('connection reset');
  }
}

const nobody: WireEnd = { take() {}, drained() {}, reset() {} };

export function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}
