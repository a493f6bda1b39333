/**
 * The streams with gaps: since when something is missing, and when the next server is to be asked for it. [PEERING 6.3]
 */
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
   * @param sentBy the neighbour from which the latest run came
   * @param resent whether that run was asked for
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
    // The server that had this part probably has what follows too, so it is asked again.
    gap.attempt = Math.max(0, gap.attempt - 1);
    gap.pullAtMs = resent ? nowMs : undefined;
  }

  delete(stream: Stream): void {
    this.#streams.delete(stream);
  }
}

/**
 * Whether to ask for what is missing now. If so, the next server will be asked once there was time for an answer.
 *
 * @param hops how many hops away the stream's origin is
 */
export function mayPull(gap: Gap, hops: number, nowMs: number): boolean {
  gap.pullAtMs ??= gap.sinceMs + limits.pullAfterMs + limits.pullAfterHopMs * hops;
  if (nowMs < gap.pullAtMs) return false;
  gap.pullAtMs = nowMs + limits.pullAnswerMs;
  return true;
}
