/** How long to wait before another try: twice as long each time, up to a limit, half of it random. */
export class Backoff {
  #nextMs: number;

  /** @param random from 0 up to 1, so that not all clients of a lost server come back at the same moment */
  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    private readonly random: () => number,
  ) {
    this.#nextMs = minMs;
  }

  nextMs(): number {
    const wholeMs = this.#nextMs;
    this.#nextMs = Math.min(this.maxMs, wholeMs * 2);
    return Math.round(wholeMs / 2 + (wholeMs / 2) * this.random());
  }

  reset(): void {
    this.#nextMs = this.minMs;
  }
}
