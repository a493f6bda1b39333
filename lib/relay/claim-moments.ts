/**
 * The moments at which names are claimed, in milliseconds since 1970. They follow the clock, which may be wrong, may go
 * back, and may be beyond what frames between servers can carry. No two claims of one server have the same moment, so
 * that a frame about one of them never concerns another. [PEERING 7.1]
 */
import { limits } from '../limits.js';

export class ClaimMoments {
  #last = -1;

  /**
   * The moment of the next claim.
   *
   * @param wallMs the time by the clock
   */
  next(wallMs: number): number {
    const byClock = Math.min(limits.claimMomentMs, Math.max(0, Math.trunc(wallMs)));
    this.#last = Math.max(byClock, this.#last + 1);
    return this.#last;
  }
}
