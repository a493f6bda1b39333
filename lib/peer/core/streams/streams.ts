/**
 * Streams: the events of one origin in one channel, numbered one after the other. [PEERING 6]
 *
 * A receiver keeps for each stream how far it has delivered, and what came ahead of a gap. A SYNC says where it begins.
 * An event is delivered at most once and never after a later one of its stream, whatever the ways it came by.
 */
import { limits } from '../../../limits.js';
import { type EventFrame, lastSeq } from '../../../wire/peer-event.js';
import type { Ranges, Sync } from '../../../wire/peer-frame.js';
import { Gaps } from './gaps.js';
import type { Loss } from './losses.js';
import { RunList } from './run-list.js';
import type { Stream } from './stream.js';
import { SyncNeeds } from './sync-needs.js';

/** Events to be delivered. */
export interface Due {
  readonly type: 'due';
  readonly frame: EventFrame;
  /** So many of the first are not: they were delivered, or given up. */
  readonly skipped: number;
}

/** Some of what was said will not come. */
export interface Lost extends Loss {
  readonly type: 'lost';
}

/** What is to be done next, in this order: to deliver events, or to take a roster for the truth. */
export type Step = Lost | Due | Sync;

/** What other origins say, in channels that somebody here is interested in. */
export class InboundStreams {
  readonly #channels = new Map<string, Map<string, Stream>>();
  /** Those with a gap. */
  readonly gaps = new Gaps();
  /** Those that need a SYNC. */
  readonly needs = new SyncNeeds();
  #heldBytes = 0;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  get(origin: string, channel: string): Stream | undefined {
    return this.#channels.get(channel)?.get(origin);
  }

  of(channel: string): Iterable<Stream> {
    return this.#channels.get(channel)?.values() ?? [];
  }

  *all(): Iterable<Stream> {
    for (const streams of this.#channels.values()) yield* streams.values();
  }

  /**
   * The stream; it is begun if it is not there, and needs a SYNC then.
   *
   * @param fromNow whether it begins where it stands, and not where its origin got to know of our interest
   * @param watermark how far it had got when it was forgotten, if that is known
   */
  open(origin: string, channel: string, nowMs: number, fromNow = false, watermark = 0): Stream {
    const known = this.get(origin, channel);
    if (known) return known;
    const stream: Stream = {
      origin,
      channel,
      synced: false,
      fromNow,
      sure: false,
      hasRoster: false,
      watermark,
      head: watermark,
      held: new RunList(),
      sync: undefined,
      gap: undefined,
    };
    let streams = this.#channels.get(channel);
    if (!streams) {
      streams = new Map();
      this.#channels.set(channel, streams);
    }
    streams.set(origin, stream);
    this.#needSync(stream, nowMs);
    this.#count++;
    return stream;
  }

  /** Forgets a stream. */
  close(stream: Stream): void {
    this.#dropHeld(stream);
    this.gaps.delete(stream);
    this.needs.delete(stream);
    const streams = this.#channels.get(stream.channel);
    if (streams?.delete(stream.origin)) this.#count--;
    if (streams?.size === 0) this.#channels.delete(stream.channel);
  }

  /** A stream is lost from sight: where it goes on must be told anew, though never before where it had got to. */
  interrupt(stream: Stream, nowMs: number): void {
    this.#dropHeld(stream);
    this.gaps.delete(stream);
    Object.assign(stream, { synced: false, hasRoster: false, sync: undefined, gap: undefined });
    this.#needSync(stream, nowMs);
  }

  /** A stream's roster may be wrong. */
  doubt(stream: Stream, nowMs: number): void {
    this.#needSync(stream, nowMs);
  }

  /**
   * Takes in an event.
   *
   * @param sentBy the neighbour it came from
   * @returns what is to be done now; undefined when it was known already
   */
  accept(
    stream: Stream,
    frame: EventFrame,
    sentBy: string | undefined,
    nowMs: number,
  ): readonly Step[] | undefined {
    const last = lastSeq(frame);
    if (last <= stream.watermark) return undefined;
    if (stream.synced && frame.seq === stream.watermark + 1 && !stream.gap && !stream.sync) {
      stream.watermark = last;
      stream.head = last;
      return [{ type: 'due', frame, skipped: 0 }];
    }
    if (!stream.held.add(frame)) return undefined;
    this.#heldBytes += frame.bytes.length;
    stream.head = Math.max(stream.head, last);
    if (!stream.synced) {
      while (this.#isFull(stream)) this.#dropFirst(stream);
      return [];
    }
    const steps = this.#drain(stream, nowMs, sentBy, frame.resent);
    while (this.#isFull(stream)) steps.push(...this.skip(stream, (stream.held.first?.seq ?? 0) - 1, nowMs));
    return steps;
  }

  /**
   * Takes in the word of a stream's origin on where it stands and who is in its channel.
   *
   * @returns what is to be done now
   */
  sync(stream: Stream, sync: Sync, nowMs: number): readonly Step[] {
    // Late, and overtaken by what came since.
    if (sync.seq < stream.watermark) return [];
    const lost: Step[] = [];
    if (!stream.synced) {
      const { origin, channel, watermark } = stream;
      stream.synced = true;
      stream.watermark = Math.max(watermark, stream.fromNow ? sync.seq : sync.base);
      // It goes on after an outage. Where its origin has forgotten us meanwhile, it may have begun it anew.
      const count = sync.base <= watermark ? stream.watermark - watermark : undefined;
      if (watermark > 0 && stream.watermark > watermark) lost.push({ type: 'lost', origin, channel, count });
    }
    stream.head = Math.max(stream.head, sync.seq);
    if (!stream.sure) stream.sync = sync;
    return [...lost, ...this.#drain(stream, nowMs)];
  }

  /** A number of the stream is known to be used. */
  noteHead(stream: Stream, seq: number, nowMs: number): void {
    if (!stream.synced || seq <= stream.head) return;
    stream.head = seq;
    this.gaps.note(stream, nowMs, false);
  }

  /**
   * Gives up what is missing up to a number.
   *
   * @returns what is to be done now
   */
  skip(stream: Stream, seq: number, nowMs: number): readonly Step[] {
    if (seq <= stream.watermark) return [];
    const before: Step[] = [];
    let count = 0;
    for (let { first } = stream.held; first && first.seq <= seq; { first } = stream.held) {
      count += Math.max(0, first.seq - 1 - stream.watermark);
      this.#takeFirst(stream, before);
    }
    count += Math.max(0, seq - stream.watermark);
    const { origin, channel } = stream;
    if (count > 0) before.push({ type: 'lost', origin, channel, count });
    stream.watermark = Math.max(stream.watermark, seq);
    stream.head = Math.max(stream.head, stream.watermark);
    // It may have been somebody's coming or going.
    this.#needSync(stream, nowMs);
    return [...before, ...this.#drain(stream, nowMs)];
  }

  /** What a stream lacks of its next numbers. */
  missing(stream: Stream): Ranges {
    const ranges: [number, number][] = [];
    const end = Math.min(stream.head, stream.watermark + limits.pullEvents);
    let seq = stream.watermark + 1;
    while (seq <= end && ranges.length < limits.rangesPerFrame) {
      const next = stream.held.from(seq);
      const last = Math.min(end, (next?.seq ?? Number.POSITIVE_INFINITY) - 1);
      if (last >= seq) ranges.push([seq, last]);
      seq = next ? lastSeq(next) + 1 : last + 1;
    }
    return ranges;
  }

  #needSync(stream: Stream, nowMs: number): void {
    stream.sure = false;
    this.needs.add(stream, nowMs);
  }

  /** Takes from what is held all that follows on the watermark, and the SYNC in its place among it. */
  #drain(stream: Stream, nowMs: number, sentBy?: string, resent = false): Step[] {
    const steps: Step[] = [];
    const before = stream.watermark;
    for (;;) {
      if (stream.sync && stream.sync.seq <= stream.watermark) {
        if (stream.sync.seq === stream.watermark) {
          steps.push(stream.sync);
          stream.sure = true;
          this.needs.delete(stream);
        }
        stream.sync = undefined;
      }
      const next = stream.held.first;
      if (!next || next.seq > stream.watermark + 1) break;
      this.#takeFirst(stream, steps);
    }
    this.gaps.note(stream, nowMs, stream.watermark > before, sentBy, resent);
    return steps;
  }

  #isFull(stream: Stream): boolean {
    const isOver = stream.held.events > limits.outOfOrderMessages || this.#heldBytes > limits.outOfOrderBytes;
    return isOver && stream.held.size > 0;
  }

  /** Takes the first of what is held, of which what is beyond the watermark is due. */
  #takeFirst(stream: Stream, steps: Step[]): void {
    const frame = this.#dropFirst(stream);
    if (!frame || lastSeq(frame) <= stream.watermark) return;
    steps.push({ type: 'due', frame, skipped: Math.max(0, stream.watermark + 1 - frame.seq) });
    stream.watermark = lastSeq(frame);
  }

  #dropFirst({ held }: Stream): EventFrame | undefined {
    const frame = held.dropFirst();
    this.#heldBytes -= frame?.bytes.length ?? 0;
    return frame;
  }

  #dropHeld(stream: Stream): void {
    while (stream.held.size > 0) this.#dropFirst(stream);
  }
}
