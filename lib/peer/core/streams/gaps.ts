/** Gaps: streams of which something is missing, since when, and when the next server is to be asked for it. [PEERING 6.3] */
import { limits } from '../../../limits.js';
import type { Gap, Stream } from './stream.js';

export class Gaps {
  readonly #streams = new Set<Stream>();

  [Symbol.iterator](): Iterator<Stream> {
    return this.#streams.values();
  }

  /**
   * Notes whether something of a stream is missing now.
   *
   * @param progress whether the stream has got further since this was last called
   * @param sentBy the neighbour from whom what came last came
   * @param resent whether that was asked for
   */
  note(stream: Stream, nowMs: number, progress: boolean, sentBy?: string, resent = false): void {
    if (stream.head <= stream.watermark) {
      stream.gap = undefined;
      this.#streams.delete(stream);
      return;
    }
    const { gap } = stream;
    if (!gap) {
      stream.gap = { sinceMs: nowMs, pullAtMs: undefined, attempt: 0, sentBy };
      this.#streams.add(stream);
      return;
    }
    gap.sentBy ??= sentBy;
    if (!progress) return;
    gap.sinceMs = nowMs;
    // Whoever had this has what follows too.
    gap.attempt = Math.max(0, gap.attempt - 1);
    gap.pullAtMs = resent ? nowMs : undefined;
  }

  delete(stream: Stream): void {
    this.#streams.delete(stream);
  }
}

/**
 * Whether to ask for what is missing now. If so, the next one is asked when there was time for an answer.
 *
 * @param hops how far its origin is away
 */
export function mayPull(gap: Gap, hops: number, nowMs: number): boolean {
  gap.pullAtMs ??= gap.sinceMs + limits.pullAfterMs + limits.pullAfterHopMs * hops;
  if (nowMs < gap.pullAtMs) return false;
  gap.pullAtMs = nowMs + limits.pullAnswerMs;
  return true;
}
