/**
 * When names are claimed, in milliseconds since 1970: by the clock, which may be wrong, may go back, and may be beyond what
 * frames between servers carry. Two claims of one server never have the same moment, so that what is said of one of them
 * concerns no other. [PEERING 7.1]
 */
import { limits } from '../limits.js';

export class ClaimMoments {
  #last = -1;

  /** @param wallMs what the clock says */
  next(wallMs: number): number {
    const byClock = Math.min(limits.claimMomentMs, Math.max(0, Math.trunc(wallMs)));
    this.#last = Math.max(byClock, this.#last + 1);
    return this.#last;
  }
}
