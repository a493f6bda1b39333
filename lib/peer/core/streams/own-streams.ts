/** What this server's own clients say: numbers for it, and which streams somebody has spoken in of late. [PEERING 6.1] */
import { limits } from '../../../limits.js';

interface OwnStream {
  /** Where it began. */
  readonly start: number;
  /** Where it stood when each server got interested, if that was later. */
  readonly bases: Map<string, number>;
  seq: number;
  usedAtMs: number;
  /** How often its head was told since the last event. */
  headsTold: number;
}

export class OwnStreams {
  readonly #streams = new Map<string, OwnStream>();
  /** Streams whose heads may have to be told: something was said within the time that events are kept in flight. */
  readonly #live = new Set<string>();
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
    this.#live.add(channel);
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
    for (const channel of this.#live) {
      const stream = this.#streams.get(channel);
      const waitMs = stream?.headsTold === 0 ? limits.headsMs : limits.headsAgainMs;
      if (stream && nowMs - stream.usedAtMs < waitMs) continue;
      if (!stream || stream.headsTold > 1) {
        if (!stream || nowMs - stream.usedAtMs >= limits.retainedMs) this.#live.delete(channel);
        continue;
      }
      stream.headsTold++;
      heads.push([channel, stream.seq]);
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
    return [...this.#live].map((channel) => [channel, this.#streams.get(channel)?.seq ?? 0]);
  }

  forgetIdle(nowMs: number, isNeeded: (channel: string) => boolean): void {
    const idleMs = this.#streams.size > limits.ownStreams ? 0 : limits.streamIdleMs;
    for (const [channel, { usedAtMs }] of this.#streams) {
      if (nowMs - usedAtMs > idleMs && !isNeeded(channel)) this.#streams.delete(channel);
    }
  }

  #open(channel: string, nowMs: number): OwnStream {
    let stream = this.#streams.get(channel);
    if (!stream) {
      stream = { start: this.#said, bases: new Map(), seq: this.#said, usedAtMs: nowMs, headsTold: 0 };
      this.#streams.set(channel, stream);
    }
    return stream;
  }
}
