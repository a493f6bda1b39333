/** How long to wait before trying again: for clients, the page, and servers that dial one another. */

export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff with 'equal jitter': half of the pause is fixed, half random, so that those who lost
 * a server that restarts do not all come back in the same moment.
 *
 * @param tries how many attempts have failed in a row before this pause, from 0
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backoffMs(tries: number, { minMs, maxMs }: BackoffBounds, random: number): number {
  const longestMs = Math.min(maxMs, minMs * 2 ** tries);
  return Math.round((longestMs * (1 + random)) / 2);
}
