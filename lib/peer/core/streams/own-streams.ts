/**
 * The streams of this server's own clients: the numbers of their events, and which streams had events of late.
 * [PEERING 6.1]
 */
import { limits } from '../../../limits.js';
import { Timetable } from '../timetable.js';

interface OwnStream {
  readonly channel: string;
  /** The number after which it began. */
  readonly start: number;
  /** For each server that became interested since: the number at which the stream stood then. */
  readonly bases: Map<string, number>;
  seq: number;
  usedAtMs: number;
  /** How often its head was told to other servers since the last event. */
  headsTold: number;
  /** When to check next whether its head is to be told; undefined while the stream is not live. */
  lookAtMs: number | undefined;
}

export class OwnStreams {
  readonly #streams = new Map<string, OwnStream>();
  /** The live streams, whose heads may have to be told: they had an event within the time that events are retained. */
  readonly #live = new Set<OwnStream>();
  /** The live streams by `lookAtMs`. */
  readonly #toTell = new Timetable<OwnStream>();
  /** All streams by the time at which they may have become idle. */
  readonly #toForget = new Timetable<OwnStream>();
  /** Goes round all streams, for `takeRound`. */
  #round: Iterator<[string, OwnStream]> | undefined;
  #wentOnAtMs = 0;
  /** How many streams are due in the round, with a fraction for the next one. */
  #dueOfRound = 0;
  /**
   * The number of events in all streams. A stream that begins anew begins there, and so beyond all its earlier numbers.
   */
  #said = 0;

  /** Gives numbers to further events of a stream. @returns the number of the first of them */
  next(channel: string, count: number, nowMs: number): number {
    const stream = this.#open(channel, nowMs);
    const seq = stream.seq + 1;
    stream.usedAtMs = nowMs;
    stream.seq += count;
    this.#said += count;
    return seq;
  }

  /** Notes that events were sent to other servers, which may miss them: the stream is live. */
  noteSent(channel: string): void {
    const stream = this.#streams.get(channel);
    if (!stream) return;
    stream.headsTold = 0;
    this.#live.add(stream);
    const lookAtMs = stream.usedAtMs + limits.headsMs;
    if (lookAtMs < (stream.lookAtMs ?? Number.POSITIVE_INFINITY)) this.#lookAt(stream, lookAtMs);
  }

  /**
   * Where a stream stands (`seq`), and where it stood when another server became interested in its channel (`base`).
   */
  standFor(node: string, channel: string, nowMs: number): { readonly base: number; readonly seq: number } {
    const { start, bases, seq } = this.#open(channel, nowMs);
    return { base: bases.get(node) ?? start, seq };
  }

  /**
   * Notes that a server became interested in a channel, so that events from here on are for it; or that it is no
   * longer.
   */
  audienceChanged(node: string, channel: string, interested: boolean): void {
    const stream = this.#streams.get(channel);
    if (interested) stream?.bases.set(node, stream.seq);
    else stream?.bases.delete(node);
  }

  /** Takes the heads of live streams that are to be told now. */
  takeHeads(nowMs: number): (readonly [channel: string, seq: number])[] {
    const heads: [string, number][] = [];
    for (const stream of this.#toTell.takeDue(nowMs)) {
      // This check was moved to an earlier time, and was done then.
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
   * Takes the heads of some of all streams, and of others each time. So a server also finds out what it missed long
   * ago, together with all heads that told of it.
   */
  takeRound(nowMs: number): (readonly [channel: string, seq: number])[] {
    if (nowMs - this.#wentOnAtMs < limits.headsRoundMs) return [];
    this.#wentOnAtMs = nowMs;
    // If there are few streams, one is taken every now and then.
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

  /** The heads of all live streams. */
  liveHeads(): (readonly [channel: string, seq: number])[] {
    return [...this.#live].map(({ channel, seq }) => [channel, seq]);
  }

  /** Forgets streams that were not used for long, or when there are too many, all that are not needed now. */
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

/**
 * How long after the last event the head of a stream is told next; if it was told often enough, how long until nobody
 * can ask for the event any more.
 */
function waitMs({ headsTold }: OwnStream): number {
  if (headsTold > 1) return limits.retainedMs;
  return headsTold === 0 ? limits.headsMs : limits.headsAgainMs;
}
