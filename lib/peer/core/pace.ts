/**
 * The pace at which something may be told to the whole network: a few times in quick succession, and seldom if it goes
 * on and on.
 */
export class Pace {
  #tokens: number;
  #atMs = Number.NEGATIVE_INFINITY;

  /**
   * @param minMs the least time from one telling to the next
   * @param burst how many tellings may follow one another at that pace
   * @param sustainedMs the time in which there may be one more telling after that
   */
  constructor(
    private readonly minMs: number,
    private readonly burst: number,
    private readonly sustainedMs: number,
  ) {
    this.#tokens = burst;
  }

  /** Whether it may be told now; if so, it counts as told. */
  mayGo(nowMs: number): boolean {
    const sinceMs = nowMs - this.#atMs;
    if (sinceMs < this.minMs) return false;
    const tokens = Math.min(this.burst, this.#tokens + sinceMs / this.sustainedMs);
    if (tokens < 1) return false;
    this.#tokens = tokens - 1;
    this.#atMs = nowMs;
    return true;
  }
}
