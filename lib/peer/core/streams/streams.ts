/**
 * Streams: the events of one origin in one channel, numbered one after the other. [PEERING 6]
 *
 * A receiver keeps for each stream how far it has delivered, and which runs came ahead of a gap. A SYNC says where a
 * stream begins. An event is delivered at most once and never after a later one of its stream, by whatever routes they
 * came.
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
  /** How many events at the beginning of the run are left out, because they were delivered or given up before. */
  readonly skipped: number;
}

/** Events that were given up and will not come. */
export interface Lost extends Loss {
  readonly type: 'lost';
}

/** A step that is to be carried out, in order: to note a loss, to deliver events, or to set a roster by a SYNC. */
export type Step = Lost | Due | Sync;

/** The streams of other origins, in channels in which somebody here is interested. */
export class InboundStreams {
  readonly #channels = new Map<string, Map<string, Stream>>();
  /** The streams with a gap. */
  readonly gaps = new Gaps();
  /** The streams that need a SYNC. */
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
   * Returns a stream. If it is not there, it is opened, and needs a SYNC.
   *
   * @param fromNow whether it begins where it stands at its SYNC, and not where it stood when its origin got to know of
   *   this server's interest
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

  /**
   * Interrupts a stream whose origin is gone. It goes on where a new SYNC says, but never before where it had got to.
   */
  interrupt(stream: Stream, nowMs: number): void {
    this.#dropHeld(stream);
    this.gaps.delete(stream);
    Object.assign(stream, { synced: false, hasRoster: false, sync: undefined, gap: undefined });
    this.#needSync(stream, nowMs);
  }

  /** Asks for a new SYNC of a stream, because its roster may be wrong. */
  doubt(stream: Stream, nowMs: number): void {
    this.#needSync(stream, nowMs);
  }

  /**
   * Takes in a run of events.
   *
   * @param sentBy the neighbour it came from
   * @returns the steps to carry out now; undefined if the run was known already
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
   * Takes in a SYNC, in which a stream's origin says where the stream stands and who is in its channel.
   *
   * @returns the steps to carry out now
   */
  sync(stream: Stream, sync: Sync, nowMs: number): readonly Step[] {
    // This SYNC is late: the stream has got further since.
    if (sync.seq < stream.watermark) return [];
    const lost: Step[] = [];
    if (!stream.synced) {
      const { origin, channel, watermark } = stream;
      stream.synced = true;
      stream.watermark = Math.max(watermark, stream.fromNow ? sync.seq : sync.base);
      // If the stream goes on after an outage, what lies between is lost. How much that is, is not known if the origin
      // has forgotten this server meanwhile, because the stream may have begun anew.
      const count = sync.base <= watermark ? stream.watermark - watermark : undefined;
      if (watermark > 0 && stream.watermark > watermark) lost.push({ type: 'lost', origin, channel, count });
    }
    stream.head = Math.max(stream.head, sync.seq);
    if (!stream.sure) stream.sync = sync;
    return [...lost, ...this.#drain(stream, nowMs)];
  }

  /** Notes that an event with a number exists. */
  noteHead(stream: Stream, seq: number, nowMs: number): void {
    if (!stream.synced || seq <= stream.head) return;
    stream.head = seq;
    this.gaps.note(stream, nowMs, false);
  }

  /**
   * Gives up the events that are missing up to a number.
   *
   * @returns the steps to carry out now
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
    // A join or leave may be among the lost events.
    this.#needSync(stream, nowMs);
    return [...before, ...this.#drain(stream, nowMs)];
  }

  /** The next numbers that a stream lacks, as many as are asked for at once. */
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

  /** Takes all held runs that follow the watermark without a gap, and the SYNC at its place among them. */
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

  /** Takes the first held run. Its events beyond the watermark are due. */
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
