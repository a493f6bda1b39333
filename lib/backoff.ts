/** The pause before another try, for clients, the page, servers that dial one another, and workers that died. */

export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff with 'equal jitter': half of the pause is fixed and half is random, so that the clients of a
 * server that restarts do not all come back at the same moment.
 *
 * @param tries how many attempts have failed in a row before this pause, from 0
 * @param random from 0 to 1
 * @returns the pause in milliseconds
 */
export function backoffMs(tries: number, { minMs, maxMs }: BackoffBounds, random: number): number {
  const longestMs = Math.min(maxMs, minMs * 2 ** tries);
  return Math.round((longestMs * (1 + random)) / 2);
}
