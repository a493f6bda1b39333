/**
 * The runs of events that are retained for a while, in case another server missed them. Their number is bounded.
 * [PEERING 6.3]
 */
import { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import { Timetable } from '../timetable.js';
import { type Run, RunList } from './run-list.js';
import { SizeClasses } from './size-classes.js';

/** The memory that a run takes besides its bytes. */
const overheadBytes = 150;

interface RetainedRun extends Run {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** The runs that are kept of one stream. */
interface Kept {
  readonly origin: string;
  readonly channel: string;
  readonly runs: RunList<RetainedRun>;
  /** The memory that the runs take. */
  bytes: number;
}

export class RetainedEvents {
  readonly #origins = new Map<string, Map<string, Kept>>();
  /** The streams by the time at which their first run expires, or by an earlier time. */
  readonly #toExpire = new Timetable<Kept>();
  readonly #bySize = new SizeClasses<Kept>();
  #bytes = 0;
  #size = 0;

  /** The memory that all runs take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many runs are kept. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a run, unless it is kept already. If there is no room, the runs with the lowest numbers go. */
  add(origin: string, channel: string, { seq, count }: Run, bytes: Buffer, nowMs: number): void {
    const kept = this.#keptOf(origin, channel, nowMs);
    const { runs } = kept;
    // A run that comes late expires together with the run after it, which came when this one should have.
    const atMs = Math.min(nowMs, runs.from(seq)?.atMs ?? nowMs);
    if (!runs.add({ seq, count, bytes: apart(bytes), atMs })) return;
    this.#size++;
    this.#resize(kept, bytes.length + overheadBytes);
    while (runs.events > limits.retainedMessages) this.#dropFirst(kept);
    // When all room is used up, one of the largest streams gives way.
    while (this.#bytes > limits.retainedBytes) this.#dropFirst(this.#bySize.nextLargest() ?? kept);
  }

  /** The run that an event is in. */
  get(origin: string, channel: string, seq: number): RetainedRun | undefined {
    return this.#origins.get(origin)?.get(channel)?.runs.with(seq);
  }

  /** Drops what has been kept for long enough. */
  expire(nowMs: number): void {
    for (const kept of this.#toExpire.takeDue(nowMs)) {
      const { runs } = kept;
      while (runs.first && nowMs - runs.first.atMs >= limits.retainedMs) this.#dropFirst(kept);
      if (runs.first) this.#toExpire.add(kept, runs.first.atMs + limits.retainedMs);
    }
  }

  #keptOf(origin: string, channel: string, nowMs: number): Kept {
    let channels = this.#origins.get(origin);
    if (!channels) {
      channels = new Map();
      this.#origins.set(origin, channels);
    }
    let kept = channels.get(channel);
    if (!kept) {
      kept = { origin, channel, runs: new RunList(), bytes: 0 };
      channels.set(channel, kept);
      this.#toExpire.add(kept, nowMs + limits.retainedMs);
    }
    return kept;
  }

  #dropFirst(kept: Kept): void {
    const dropped = kept.runs.dropFirst();
    if (!dropped) return;
    this.#size--;
    this.#resize(kept, -dropped.bytes.length - overheadBytes);
    if (kept.runs.size > 0) return;
    const channels = this.#origins.get(kept.origin);
    channels?.delete(kept.channel);
    if (channels?.size === 0) this.#origins.delete(kept.origin);
  }

  #resize(kept: Kept, more: number): void {
    this.#bySize.resize(kept, kept.bytes, kept.bytes + more);
    kept.bytes += more;
    this.#bytes += more;
  }
}

/** How much unused memory may be kept along with a run's bytes. (Node's own pool has 64 KiB from version 24 on) */
const spareBytes = 8_192;

/** The bytes themselves, or a copy if they are part of much larger memory that would be kept along with them. */
function apart(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= 2 * bytes.length + spareBytes) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
