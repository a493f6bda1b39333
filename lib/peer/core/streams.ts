/**
 * Streams: the events of one origin in one channel, numbered 1, 2, 3, … [PEERING 5]
 *
 * A receiver keeps for each stream how far it has delivered, and the few events that came ahead of a gap. An event
 * is delivered at most once and never after a later one of its stream, whatever the ways it came by.
 */
import { limits } from '../../limits.js';
import type { EventFrame } from '../../wire/peer-frame.js';

interface Inbound {
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

  /** How far a stream has got; undefined for an unknown one. */
  watermark(origin: string, channel: string): number | undefined {
    return this.#origins.get(origin)?.get(channel)?.watermark;
  }

  /** The streams of an origin, and how far they have got. */
  *heads(origin: string): Iterable<readonly [channel: string, seq: number]> {
    for (const [channel, { watermark }] of this.#origins.get(origin) ?? []) yield [channel, watermark];
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
    if (frame.seq === stream.watermark + 1 && stream.held.size === 0) {
      stream.watermark = frame.seq;
      return { isNew: true, deliverable: [frame] };
    }
    if (stream.held.size === 0) stream.gapSinceMs = nowMs;
    stream.held.set(frame.seq, frame);
    const deliverable: EventFrame[] = [];
    // The start of a stream, or too many waiting: what is missing before is not waited for.
    if (frame.first) deliverable.push(...skipTo(stream, frame.seq));
    else if (stream.held.size > limits.outOfOrderMessages)
      deliverable.push(...skipTo(stream, firstHeld(stream)));
    deliverable.push(...drain(stream));
    this.#noteGap(stream);
    return { isNew: true, deliverable };
  }

  /** Sets how far a stream has got, because the members told along with that number include all before it. */
  setBaseline(origin: string, channel: string, seq: number, nowMs: number): readonly EventFrame[] {
    const stream = this.#stream(origin, channel, seq, nowMs);
    stream.watermark = Math.max(stream.watermark, seq);
    for (const held of stream.held.keys()) if (held <= stream.watermark) stream.held.delete(held);
    const deliverable = drain(stream);
    this.#noteGap(stream);
    return deliverable;
  }

  /** Gives up on gaps that are too old; returns what was waiting behind them, in order for each stream. */
  expireGaps(nowMs: number): readonly EventFrame[] {
    const deliverable: EventFrame[] = [];
    for (const stream of this.#gaps) {
      if (nowMs - stream.gapSinceMs < limits.gapMs) continue;
      deliverable.push(...skipTo(stream, firstHeld(stream)), ...drain(stream));
      stream.gapSinceMs = nowMs;
      this.#noteGap(stream);
    }
    return deliverable;
  }

  /** Forgets streams that nobody used for long, unless they are still needed. */
  forgetIdle(nowMs: number, isNeeded: (origin: string, channel: string) => boolean): void {
    for (const [origin, channels] of this.#origins) {
      for (const [channel, stream] of channels) {
        if (nowMs - stream.usedAtMs > limits.streamIdleMs && !isNeeded(origin, channel))
          channels.delete(channel);
      }
      if (channels.size === 0) this.#origins.delete(origin);
    }
  }

  forgetOrigin(origin: string): void {
    for (const stream of this.#origins.get(origin)?.values() ?? []) this.#gaps.delete(stream);
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
      stream = { watermark: baseline, held: new Map(), gapSinceMs: 0, usedAtMs: nowMs };
      channels.set(channel, stream);
    }
    return stream;
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
