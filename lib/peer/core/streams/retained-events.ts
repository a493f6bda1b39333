/**
 * Events kept in flight: for a while, and only so many, in case another server missed them. [PEERING 6.3]
 */
import { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';

interface Retained {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** By their numbers, in the order in which they came. */
type Stream = Map<number, Retained>;

/** What it takes to keep one, besides its bytes. */
const overheadBytes = 150;

export class RetainedEvents {
  readonly #origins = new Map<string, Map<string, Stream>>();
  #bytes = 0;
  #size = 0;

  /** With what it takes to keep them. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#size;
  }

  add(origin: string, channel: string, seq: number, bytes: Buffer, nowMs: number): void {
    const stream = this.#streamOf(origin, channel);
    if (stream.has(seq)) return;
    stream.set(seq, { bytes: apart(bytes), atMs: nowMs });
    this.#size++;
    this.#bytes += bytes.length + overheadBytes;
    if (stream.size > limits.retainedMessages) this.#dropFirst(stream);
    // Where all is full, who says most gives way.
    while (this.#bytes > limits.retainedBytes) this.#dropFirst(stream.size > 1 ? stream : this.#largest());
  }

  get(origin: string, channel: string, seq: number): Buffer | undefined {
    return this.#origins.get(origin)?.get(channel)?.get(seq)?.bytes;
  }

  /** Drops what has been kept for long enough. */
  expire(nowMs: number): void {
    for (const [origin, channels] of this.#origins) {
      for (const [channel, stream] of channels) {
        for (const { atMs } of stream.values()) {
          if (nowMs - atMs < limits.retainedMs) break;
          this.#dropFirst(stream);
        }
        if (stream.size === 0) channels.delete(channel);
      }
      if (channels.size === 0) this.#origins.delete(origin);
    }
  }

  #streamOf(origin: string, channel: string): Stream {
    let channels = this.#origins.get(origin);
    if (!channels) {
      channels = new Map();
      this.#origins.set(origin, channels);
    }
    let stream = channels.get(channel);
    if (!stream) {
      stream = new Map();
      channels.set(channel, stream);
    }
    return stream;
  }

  #largest(): Stream {
    let largest: Stream = new Map();
    for (const channels of this.#origins.values()) {
      for (const stream of channels.values()) if (stream.size > largest.size) largest = stream;
    }
    return largest;
  }

  #dropFirst(stream: Stream): void {
    for (const [seq, { bytes }] of stream) {
      stream.delete(seq);
      this.#size--;
      this.#bytes -= bytes.length + overheadBytes;
      return;
    }
  }
}

/** The same bytes, not as a part of something much larger that would be kept with them. */
function apart(bytes: Buffer): Buffer {
  return bytes.buffer.byteLength > 2 * bytes.length + Buffer.poolSize ? Buffer.from(bytes) : bytes;
}
