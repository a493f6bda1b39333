/**
 * Events kept in flight: for a while, and only so many, in case another server missed them. [PEERING 6.3]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../limits.js';

interface Retained {
  readonly stream: Map<number, Retained>;
  readonly seq: number;
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** What it takes to keep one, besides its bytes. */
const overheadBytes = 200;

export class RetainedEvents {
  readonly #origins = new Map<string, Map<string, Map<number, Retained>>>();
  /** In the order in which they came; those before `#first` are gone. */
  #all: Retained[] = [];
  #first = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#all.length - this.#first;
  }

  add(origin: string, channel: string, seq: number, bytes: Buffer, nowMs: number): void {
    const stream = this.#streamOf(origin, channel);
    if (stream.has(seq)) return;
    const retained = { stream, seq, bytes, atMs: nowMs };
    stream.set(seq, retained);
    this.#all.push(retained);
    this.#bytes += bytes.length + overheadBytes;
    if (stream.size > limits.retainedMessages) this.#dropOldestOf(stream);
    while (this.#bytes > limits.retainedBytes) this.#dropFirst();
  }

  get(origin: string, channel: string, seq: number): Buffer | undefined {
    return this.#origins.get(origin)?.get(channel)?.get(seq)?.bytes;
  }

  /** Drops what has been kept for long enough. */
  expire(nowMs: number): void {
    for (let first = this.#all[this.#first]; first; first = this.#all[this.#first]) {
      if (nowMs - first.atMs < limits.retainedMs) break;
      this.#dropFirst();
    }
    if (this.size === 0) this.#origins.clear();
  }

  #streamOf(origin: string, channel: string): Map<number, Retained> {
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

  /** It stays in the row until its turn comes, without its bytes. */
  #dropOldestOf(stream: Map<number, Retained>): void {
    for (const [seq, { bytes }] of stream) {
      stream.delete(seq);
      this.#bytes -= bytes.length + overheadBytes;
      return;
    }
  }

  #dropFirst(): void {
    const first = this.#all[this.#first];
    if (!first) return;
    this.#first++;
    if (first.stream.get(first.seq) === first) {
      first.stream.delete(first.seq);
      this.#bytes -= first.bytes.length + overheadBytes;
    }
    if (this.#first < 1024 || this.#first < this.#all.length / 2) return;
    this.#all = this.#all.slice(this.#first);
    this.#first = 0;
  }
}
