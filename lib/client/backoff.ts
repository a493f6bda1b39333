/** The pauses between tries that follow one another, until one succeeds. */
import { backoffMs } from '../backoff.js';

export class Backoff {
  #tries = 0;

  /** @param random from 0 up to 1 */
  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    private readonly random: () => number,
  ) {}

  nextMs(): number {
    return backoffMs(this.#tries++, { minMs: this.minMs, maxMs: this.maxMs }, this.random());
  }

  reset(): void {
    this.#tries = 0;
  }
}
