/**
 * A rate limit that allows bursts: a bucket of tokens that is refilled steadily. Each command takes one token, and a
 * costly one takes more.
 */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number;

  /**
   * @param perSecond how many tokens are refilled each second
   * @param burst how many tokens the bucket can hold; it begins full
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#filledAtMs = nowMs;
  }

  /** Takes a token. @returns 0 if there was one, or else in how many milliseconds there will be one */
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
   * Takes tokens for work that has been done already, because its price was not known before. If the bucket has too
   * few, the rest is owed, and the next `take` has to wait for it.
   *
   * @param tokens how many tokens are taken, but at most a bucketful
   */
  charge(tokens: number): void {
    this.#tokens -= Math.min(tokens, this.burst);
  }
}
