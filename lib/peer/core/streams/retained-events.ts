/**
 * Runs of events kept in flight: for a while, and only so many, in case another server missed them. [PEERING 6.3]
 */
import { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import { type Run, RunList } from './run-list.js';

/** What it takes to keep a run, besides its bytes. */
const overheadBytes = 150;

interface RetainedRun extends Run {
  readonly bytes: Buffer;
  readonly atMs: number;
}

export class RetainedEvents {
  readonly #origins = new Map<string, Map<string, RunList<RetainedRun>>>();
  #bytes = 0;
  #size = 0;

  /** With what it takes to keep them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many runs. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a run; not one that is kept already, or is older than those for which there is room. */
  add(origin: string, channel: string, { seq, count }: Run, bytes: Buffer, nowMs: number): void {
    const stream = this.#streamOf(origin, channel);
    // One that comes late goes with those that came when it should have.
    const atMs = Math.min(nowMs, stream.from(seq)?.atMs ?? nowMs);
    if (!stream.add({ seq, count, bytes: apart(bytes), atMs })) return;
    this.#size++;
    this.#bytes += bytes.length + overheadBytes;
    while (stream.events > limits.retainedMessages) this.#dropFirst(stream);
    // Where all is full, who says most gives way.
    while (this.#bytes > limits.retainedBytes) this.#dropFirst(stream.size > 1 ? stream : this.#largest());
  }

  /** The run that an event is in. */
  get(origin: string, channel: string, seq: number): RetainedRun | undefined {
    return this.#origins.get(origin)?.get(channel)?.with(seq);
  }

  /** Drops what has been kept for long enough. */
  expire(nowMs: number): void {
    for (const [origin, channels] of this.#origins) {
      for (const [channel, stream] of channels) {
        while (nowMs - (stream.first?.atMs ?? nowMs) >= limits.retainedMs) this.#dropFirst(stream);
        if (stream.size === 0) channels.delete(channel);
      }
      if (channels.size === 0) this.#origins.delete(origin);
    }
  }

  #streamOf(origin: string, channel: string): RunList<RetainedRun> {
    let channels = this.#origins.get(origin);
    if (!channels) {
      channels = new Map();
      this.#origins.set(origin, channels);
    }
    let stream = channels.get(channel);
    if (!stream) {
      stream = new RunList();
      channels.set(channel, stream);
    }
    return stream;
  }

  #largest(): RunList<RetainedRun> {
    let largest = new RunList<RetainedRun>();
    for (const channels of this.#origins.values()) {
      for (const stream of channels.values()) if (stream.events > largest.events) largest = stream;
    }
    return largest;
  }

  #dropFirst(stream: RunList<RetainedRun>): void {
    const dropped = stream.dropFirst();
    if (!dropped) return;
    this.#size--;
    this.#bytes -= dropped.bytes.length + overheadBytes;
  }
}

/** So much more than is needed may be kept with some bytes. (Node's own pool has 64 KiB from version 24 on) */
const spareBytes = 8_192;

/** The same bytes, not as a part of something much larger that would be kept with them. */
function apart(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= 2 * bytes.length + spareBytes) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
