/** What this server's own clients say: numbers for it, and which streams somebody has spoken in of late. [PEERING 6.1] */
import { limits } from '../../../limits.js';
import { Timetable } from '../timetable.js';

interface OwnStream {
  readonly channel: string;
  /** Where it began. */
  readonly start: number;
  /** Where it stood when each server got interested, if that was later. */
  readonly bases: Map<string, number>;
  seq: number;
  usedAtMs: number;
  /** How often its head was told since the last event. */
  headsTold: number;
  /** When it is looked at next, whether its head is to be told; undefined while it is not live. */
  lookAtMs: number | undefined;
}

export class OwnStreams {
  readonly #streams = new Map<string, OwnStream>();
  /** Streams whose heads may have to be told: something was said within the time that events are kept in flight. */
  readonly #live = new Set<OwnStream>();
  /** Live streams, by `lookAtMs`. */
  readonly #toTell = new Timetable<OwnStream>();
  /** All streams, by when they may be idle. */
  readonly #toForget = new Timetable<OwnStream>();
  /** Goes round all streams. */
  #round: Iterator<[string, OwnStream]> | undefined;
  #wentOnAtMs = 0;
  /** How many are due, and what part of a further one. */
  #dueOfRound = 0;
  /** Events said in all streams. A stream that begins anew begins beyond it, and so beyond all its earlier numbers. */
  #said = 0;

  /** The number that the first of some further events of a stream has. */
  next(channel: string, count: number, nowMs: number): number {
    const stream = this.#open(channel, nowMs);
    const seq = stream.seq + 1;
    stream.usedAtMs = nowMs;
    stream.seq += count;
    this.#said += count;
    return seq;
  }

  /** Something was sent to other servers: they may have missed it. */
  noteSent(channel: string): void {
    const stream = this.#streams.get(channel);
    if (!stream) return;
    stream.headsTold = 0;
    this.#live.add(stream);
    const lookAtMs = stream.usedAtMs + limits.headsMs;
    if (lookAtMs < (stream.lookAtMs ?? Number.POSITIVE_INFINITY)) this.#lookAt(stream, lookAtMs);
  }

  /** Where a stream stands, and where it stood when another server got interested. */
  standFor(node: string, channel: string, nowMs: number): { readonly base: number; readonly seq: number } {
    const { start, bases, seq } = this.#open(channel, nowMs);
    return { base: bases.get(node) ?? start, seq };
  }

  /** A server got interested in a channel, or is so no longer: what follows from here on is for it, or nothing is. */
  audienceChanged(node: string, channel: string, interested: boolean): void {
    const stream = this.#streams.get(channel);
    if (interested) stream?.bases.set(node, stream.seq);
    else stream?.bases.delete(node);
  }

  /** Streams whose heads are to be told now. */
  takeHeads(nowMs: number): (readonly [channel: string, seq: number])[] {
    const heads: [string, number][] = [];
    for (const stream of this.#toTell.takeDue(nowMs)) {
      // It was put forward, and looked at then.
      if (stream.lookAtMs === undefined || stream.lookAtMs > nowMs) continue;
      const dueMs = stream.usedAtMs + waitMs(stream);
      if (nowMs < dueMs) {
        this.#lookAt(stream, dueMs);
      } else if (stream.headsTold <= 1) {
        stream.headsTold++;
        heads.push([stream.channel, stream.seq]);
        this.#lookAt(stream, stream.usedAtMs + waitMs(stream));
      } else {
        stream.lookAtMs = undefined;
        this.#live.delete(stream);
      }
    }
    return heads;
  }

  /**
   * Some of all streams, others each time: what somebody missed long ago, with all heads that told of it, is found too.
   */
  takeRound(nowMs: number): (readonly [channel: string, seq: number])[] {
    if (nowMs - this.#wentOnAtMs < limits.headsRoundMs) return [];
    this.#wentOnAtMs = nowMs;
    // Of few streams, one every now and then.
    this.#dueOfRound += this.#streams.size / limits.headsRounds;
    const count = Math.min(limits.headsPerRound, this.#streams.size, Math.floor(this.#dueOfRound));
    this.#dueOfRound = Math.min(1, this.#dueOfRound - count);
    const heads: [string, number][] = [];
    while (heads.length < count) {
      this.#round ??= this.#streams.entries();
      const { value, done } = this.#round.next();
      if (done) this.#round = undefined;
      else heads.push([value[0], value[1].seq]);
    }
    return heads;
  }

  /** All streams that were spoken in of late. */
  liveHeads(): (readonly [channel: string, seq: number])[] {
    return [...this.#live].map(({ channel, seq }) => [channel, seq]);
  }

  forgetIdle(nowMs: number, isNeeded: (channel: string) => boolean): void {
    for (const stream of this.#toForget.takeDue(nowMs)) {
      if (this.#streams.get(stream.channel) !== stream) continue;
      const isIdle = nowMs - stream.usedAtMs > limits.streamIdleMs;
      if (isIdle && !isNeeded(stream.channel)) this.#forget(stream);
      else this.#toForget.add(stream, (isIdle ? nowMs : stream.usedAtMs) + limits.streamIdleMs + 1);
    }
    if (this.#streams.size <= limits.ownStreams) return;
    for (const stream of this.#streams.values()) {
      if (nowMs > stream.usedAtMs && !isNeeded(stream.channel)) this.#forget(stream);
    }
  }

  #forget(stream: OwnStream): void {
    this.#streams.delete(stream.channel);
    this.#live.delete(stream);
    stream.lookAtMs = undefined;
  }

  #lookAt(stream: OwnStream, atMs: number): void {
    stream.lookAtMs = atMs;
    this.#toTell.add(stream, atMs);
  }

  #open(channel: string, nowMs: number): OwnStream {
    let stream = this.#streams.get(channel);
    if (!stream) {
      const [start, seq] = [this.#said, this.#said];
      const used = { usedAtMs: nowMs, headsTold: 0, lookAtMs: undefined };
      stream = { channel, start, bases: new Map(), seq, ...used };
      this.#streams.set(channel, stream);
      this.#toForget.add(stream, nowMs + limits.streamIdleMs + 1);
    }
    return stream;
  }
}

/** How long after the last event its head is told next; or, when that was done often enough, nobody can ask for it any more. */
function waitMs({ headsTold }: OwnStream): number {
  if (headsTold > 1) return limits.retainedMs;
  return headsTold === 0 ? limits.headsMs : limits.headsAgainMs;
}
