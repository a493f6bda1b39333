/** A rate limit that forgives bursts: a bucket of tokens, refilled steadily. Each command takes one, a costly one more. */
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

  /**
   * Takes tokens for what has been done already, since only then it is known what it took. Those that the bucket does not
   * have are owed, and the next `take` waits for them.
   *
   * @param tokens at most a bucketful is taken
   */
  charge(tokens: number): void {
    this.#tokens -= Math.min(tokens, this.burst);
  }
}
