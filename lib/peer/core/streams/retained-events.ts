/**
 * Events kept in flight: for a while, and only so many, in case another server missed them. [PEERING 6.3]
 */
import { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import { RetainedStream } from './retained-stream.js';

/** What it takes to keep one, besides its bytes. */
const overheadBytes = 150;

export class RetainedEvents {
  readonly #origins = new Map<string, Map<string, RetainedStream>>();
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
    while (!stream.hasRoomFor(seq)) this.#dropFirst(stream);
    if (!stream.add(seq, apart(bytes), nowMs)) return;
    this.#size++;
    this.#bytes += bytes.length + overheadBytes;
    // Where all is full, who says most gives way.
    while (this.#bytes > limits.retainedBytes) this.#dropFirst(stream.size > 1 ? stream : this.#largest());
  }

  get(origin: string, channel: string, seq: number): Buffer | undefined {
    return this.#origins.get(origin)?.get(channel)?.get(seq);
  }

  /** Drops what has been kept for long enough. */
  expire(nowMs: number): void {
    for (const [origin, channels] of this.#origins) {
      for (const [channel, stream] of channels) {
        while (nowMs - (stream.firstAtMs ?? nowMs) >= limits.retainedMs) this.#dropFirst(stream);
        if (stream.size === 0) channels.delete(channel);
      }
      if (channels.size === 0) this.#origins.delete(origin);
    }
  }

  #streamOf(origin: string, channel: string): RetainedStream {
    let channels = this.#origins.get(origin);
    if (!channels) {
      channels = new Map();
      this.#origins.set(origin, channels);
    }
    let stream = channels.get(channel);
    if (!stream) {
      stream = new RetainedStream();
      channels.set(channel, stream);
    }
    return stream;
  }

  #largest(): RetainedStream {
    let largest = new RetainedStream();
    for (const channels of this.#origins.values()) {
      for (const stream of channels.values()) if (stream.size > largest.size) largest = stream;
    }
    return largest;
  }

  #dropFirst(stream: RetainedStream): void {
    this.#size--;
    this.#bytes -= stream.dropFirst() + overheadBytes;
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
