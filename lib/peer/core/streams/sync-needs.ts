/** Streams that need a SYNC, and when it is to be asked for: at once, and then with pauses that double. [PEERING 6.2] */
import { limits } from '../../../limits.js';
import type { Stream } from './stream.js';

interface Asking {
  /** When to ask, and how often that was done. */
  atMs: number;
  asked: number;
}

export class SyncNeeds {
  readonly #asking = new Map<Stream, Asking>();
  /** Of these, streams that nobody has looked at yet. */
  #fresh: Stream[] = [];

  /** A stream needs a SYNC from now on, whether or not it needed one before. */
  add(stream: Stream, nowMs: number): void {
    if (!this.#asking.has(stream)) this.#fresh.push(stream);
    this.#asking.set(stream, { atMs: nowMs, asked: 0 });
  }

  /** A stream has its SYNC, or is no more. */
  delete(stream: Stream): void {
    this.#asking.delete(stream);
  }

  all(): Iterable<Stream> {
    return this.#asking.keys();
  }

  /** Streams that have come to need a SYNC since this was last called. */
  takeFresh(): readonly Stream[] {
    const fresh = this.#fresh;
    if (fresh.length > 0) this.#fresh = [];
    return fresh;
  }

  /** Whether to ask for the SYNC of a stream now. If so, it counts as asked for. */
  mayAsk(stream: Stream, nowMs: number): boolean {
    const asking = this.#asking.get(stream);
    if (!asking || nowMs < asking.atMs) return false;
    asking.atMs = nowMs + Math.min(limits.askMaxMs, limits.askMs * 2 ** asking.asked++);
    return true;
  }
}
