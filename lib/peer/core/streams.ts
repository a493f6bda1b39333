/**
 * Streams: the events of one origin in one channel, numbered 1, 2, 3, … [PEERING 5]
 *
 * A receiver keeps for each stream how far it has delivered, and the few events that came ahead of a gap. An event
 * is delivered at most once and never after a later one of its stream, whatever the ways it came by.
 */
import { limits } from '../../limits.js';
import type { EventFrame } from '../../wire/peer-frame.js';

interface Inbound {
  readonly origin: string;
  readonly channel: string;
  /** All up to this number are delivered, or given up. */
  watermark: number;
  /** Came ahead of a gap. */
  readonly held: Map<number, EventFrame>;
  gapSinceMs: number;
  usedAtMs: number;
}

/** What other origins say. */
export class InboundStreams {
  readonly #origins = new Map<string, Map<string, Inbound>>();
  /** Streams with a gap, which have a deadline. */
  readonly #gaps = new Set<Inbound>();
  /** Streams whose rosters are not known, or not for sure. */
  readonly #unsure = new Set<Inbound>();

  /** How far a stream has got; undefined for an unknown one. */
  watermark(origin: string, channel: string): number | undefined {
    return this.#origins.get(origin)?.get(channel)?.watermark;
  }

  /** Whether a stream's roster is known up to its watermark. */
  hasRoster(origin: string, channel: string): boolean {
    const stream = this.#origins.get(origin)?.get(channel);
    return stream !== undefined && !this.#unsure.has(stream);
  }

  /** How many streams of an origin are known. */
  channelsOf(origin: string): number {
    return this.#origins.get(origin)?.size ?? 0;
  }

  /** Streams whose rosters are not known, or not for sure, because something was given up. */
  unsure(): Iterable<{ readonly origin: string; readonly channel: string }> {
    return this.#unsure;
  }

  /** The rosters of an origin are known no more; how far its streams have got still is. */
  dropRosters(origin: string): void {
    for (const stream of this.#origins.get(origin)?.values() ?? []) this.#unsure.add(stream);
  }

  /** The streams of an origin whose rosters are known, and how far they have got. */
  *heads(origin: string): Iterable<readonly [channel: string, seq: number]> {
    for (const [channel, stream] of this.#origins.get(origin) ?? []) {
      if (!this.#unsure.has(stream)) yield [channel, stream.watermark];
    }
  }

  /** What came ahead of a gap in a stream. */
  held(origin: string, channel: string): Iterable<EventFrame> {
    return this.#origins.get(origin)?.get(channel)?.held.values() ?? [];
  }

  /**
   * Takes in an event.
   *
   * @returns whether it was new, and so is to be sent on, and the events that can now be delivered, in order
   */
  accept(
    frame: EventFrame,
    nowMs: number,
  ): { readonly isNew: boolean; readonly deliverable: readonly EventFrame[] } {
    const stream = this.#streamFor(frame, nowMs);
    if (frame.seq <= stream.watermark || stream.held.has(frame.seq)) return { isNew: false, deliverable: [] };
    stream.usedAtMs = nowMs;
    // A stream begins when nobody is in the channel.
    if (frame.first) this.#unsure.delete(stream);
    if (frame.seq === stream.watermark + 1 && stream.held.size === 0) {
      stream.watermark = frame.seq;
      return { isNew: true, deliverable: [frame] };
    }
    if (stream.held.size === 0) stream.gapSinceMs = nowMs;
    stream.held.set(frame.seq, frame);
    // The start of a stream, or too many waiting: what is missing before is not waited for.
    if (frame.first) return { isNew: true, deliverable: this.#skipAndDrain(stream, frame.seq) };
    if (stream.held.size > limits.outOfOrderMessages) {
      return { isNew: true, deliverable: this.giveUpGap(frame.origin, frame.channel, nowMs) };
    }
    const deliverable = drain(stream);
    this.#noteGap(stream);
    return { isNew: true, deliverable };
  }

  /**
   * Sets how far a stream has got, because the roster told along with that number includes all before it.
   *
   * @returns what was held and lies before it, and what can be delivered behind it, each in order
   */
  setBaseline(origin: string, channel: string, seq: number, nowMs: number) {
    const stream = this.#stream(origin, channel, seq, nowMs);
    this.#unsure.delete(stream);
    const before = skipTo(stream, seq + 1);
    const behind = drain(stream);
    this.#noteGap(stream);
    return { before, behind };
  }

  /** Streams that have been waiting too long for what is missing. */
  overdue(nowMs: number): readonly { readonly origin: string; readonly channel: string }[] {
    return [...this.#gaps].filter((stream) => nowMs - stream.gapSinceMs >= limits.gapMs);
  }

  /** Gives up on the first gap of a stream; returns what was waiting behind it, in order. */
  giveUpGap(origin: string, channel: string, nowMs: number): readonly EventFrame[] {
    const stream = this.#origins.get(origin)?.get(channel);
    if (!stream || stream.held.size === 0) return [];
    // It may have been somebody's coming or going.
    this.#unsure.add(stream);
    stream.gapSinceMs = nowMs;
    return this.#skipAndDrain(stream, firstHeld(stream));
  }

  /** Forgets streams that nobody used for long, unless they are still needed. */
  forgetIdle(nowMs: number, isNeeded: (origin: string, channel: string) => boolean): void {
    for (const [origin, channels] of this.#origins) {
      for (const [channel, stream] of channels) {
        if (nowMs - stream.usedAtMs <= limits.streamIdleMs || isNeeded(origin, channel)) continue;
        channels.delete(channel);
        this.#drop(stream);
      }
      if (channels.size === 0) this.#origins.delete(origin);
    }
  }

  forgetOrigin(origin: string): void {
    for (const stream of this.#origins.get(origin)?.values() ?? []) this.#drop(stream);
    this.#origins.delete(origin);
  }

  #streamFor({ origin, channel, seq }: EventFrame, nowMs: number): Inbound {
    // A stream first met in its midst begins there: what was said before this server listened is not its to deliver.
    return this.#stream(origin, channel, seq - 1, nowMs);
  }

  #stream(origin: string, channel: string, baseline: number, nowMs: number): Inbound {
    let channels = this.#origins.get(origin);
    if (!channels) {
      channels = new Map();
      this.#origins.set(origin, channels);
    }
    let stream = channels.get(channel);
    if (!stream) {
      stream = {
        origin,
        channel,
        watermark: baseline,
        held: new Map(),
        gapSinceMs: 0,
        usedAtMs: nowMs,
      };
      channels.set(channel, stream);
      this.#unsure.add(stream);
    }
    return stream;
  }

  #skipAndDrain(stream: Inbound, seq: number): EventFrame[] {
    const deliverable = [...skipTo(stream, seq), ...drain(stream)];
    this.#noteGap(stream);
    return deliverable;
  }

  #drop(stream: Inbound): void {
    this.#gaps.delete(stream);
    this.#unsure.delete(stream);
  }

  #noteGap(stream: Inbound): void {
    if (stream.held.size > 0) this.#gaps.add(stream);
    else this.#gaps.delete(stream);
  }
}

/** Takes from what is held all that follows on the watermark. */
function drain(stream: Inbound): EventFrame[] {
  const ready: EventFrame[] = [];
  for (let next = stream.held.get(stream.watermark + 1); next; next = stream.held.get(stream.watermark + 1)) {
    stream.held.delete(next.seq);
    stream.watermark = next.seq;
    ready.push(next);
  }
  return ready;
}

/** Gives up what is missing before a number; returns what is held of it, in order. */
function skipTo(stream: Inbound, seq: number): EventFrame[] {
  const passed = [...stream.held.values()].filter((frame) => frame.seq < seq).sort((a, b) => a.seq - b.seq);
  for (const frame of passed) stream.held.delete(frame.seq);
  stream.watermark = Math.max(stream.watermark, seq - 1);
  return passed;
}

function firstHeld(stream: Inbound): number {
  return Math.min(...stream.held.keys());
}

/** What this server's own clients say. */
export class OutboundStreams {
  readonly #streams = new Map<string, { seq: number; usedAtMs: number }>();
  /** Events said in all streams. A stream that begins anew begins beyond it, and so beyond all its earlier numbers. */
  #said = 0;

  /** The number of the next event in a channel, and whether it is the first of a stream. */
  next(channel: string, nowMs: number): { readonly seq: number; readonly first: boolean } {
    this.#said++;
    const stream = this.#streams.get(channel);
    if (stream) {
      stream.usedAtMs = nowMs;
      return { seq: ++stream.seq, first: false };
    }
    this.#streams.set(channel, { seq: this.#said, usedAtMs: nowMs });
    return { seq: this.#said, first: true };
  }

  /** Each channel's stream and the number it has got to. */
  *heads(): Iterable<readonly [channel: string, seq: number]> {
    for (const [channel, { seq }] of this.#streams) yield [channel, seq];
  }

  forgetIdle(nowMs: number, isNeeded: (channel: string) => boolean): void {
    for (const [channel, { usedAtMs }] of this.#streams) {
      if (nowMs - usedAtMs > limits.streamIdleMs && !isNeeded(channel)) this.#streams.delete(channel);
    }
  }
}
