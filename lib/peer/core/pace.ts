/** How often something may be told to the whole network: a few times at once, and seldom if it goes on and on. */
export class Pace {
  #tokens: number;
  #atMs = Number.NEGATIVE_INFINITY;

  /**
   * @param minMs at least so long from one time to the next
   * @param burst so many times at that pace
   * @param sustainedMs thereafter once in so long
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
