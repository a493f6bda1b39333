/** The streams that need a SYNC, which is asked for at once and then again with pauses that double. [PEERING 6.2] */
import { limits } from '../../../limits.js';
import type { Stream } from './stream.js';

interface Asking {
  /** When to ask next. */
  atMs: number;
  /** How often it was asked for. */
  asked: number;
}

export class SyncNeeds {
  readonly #asking = new Map<Stream, Asking>();
  /** The streams that were added since `takeFresh` was last called. */
  #fresh: Stream[] = [];

  /**
   * Notes that a stream needs a SYNC from now on. If it needed one already, it is asked for anew and the pauses begin
   * again.
   */
  add(stream: Stream, nowMs: number): void {
    if (!this.#asking.has(stream)) this.#fresh.push(stream);
    this.#asking.set(stream, { atMs: nowMs, asked: 0 });
  }

  /** Removes a stream that has its SYNC or is closed. */
  delete(stream: Stream): void {
    this.#asking.delete(stream);
  }

  all(): Iterable<Stream> {
    return this.#asking.keys();
  }

  /** Takes the streams that have come to need a SYNC since this was last called. */
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
