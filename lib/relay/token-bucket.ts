/** A rate limit that forgives bursts: a bucket of tokens, refilled steadily, each command takes one. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number;

  /**
   * @param perSecond tokens that come back each second
   * @param burst tokens that the bucket holds, and begins with
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#filledAtMs = nowMs;
  }

  /** Takes a token; returns 0, or if there is none how many milliseconds until there is one. */
  take(nowMs: number): number {
    const refilled = ((nowMs - this.#filledAtMs) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.burst, this.#tokens + Math.max(0, refilled));
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / this.perSecond) * 1000);
  }
}
