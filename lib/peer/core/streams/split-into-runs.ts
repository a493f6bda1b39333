/** Splits the events of a turn into runs that are within the limits of a run. [PEERING 6.1] */
import { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import type { Published } from '../../../wire/published.js';

export interface RunOfLines {
  /** How many events the run has. */
  readonly count: number;
  /** The JSON of the events, with a line feed between each two. */
  readonly lines: string;
}

export function* splitIntoRuns(events: readonly Published[]): Iterable<RunOfLines> {
  const count = events.length;
  if (count <= limits.runEvents) {
    const lines = events.map(({ json }) => json).join('\n');
    if (count < 2 || Buffer.byteLength(lines) <= limits.runBytes) {
      yield { count, lines };
      return;
    }
  }
  const half = count >>> 1;
  yield* splitIntoRuns(events.slice(0, half));
  yield* splitIntoRuns(events.slice(half));
}
