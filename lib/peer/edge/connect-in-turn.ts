/**
 * Connects to several addresses in turn, where one connection is wanted. The next address is tried when one fails or
 * does not answer soon. The earlier ones may still answer meanwhile, so a dead address delays the others only for a
 * moment. (RFC 8305, 5)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../limits.js';

/** A connection that is being made. */
export interface Pending<C> {
  /** Rejects with a reason for people. */
  readonly made: Promise<C>;
  /** Gives the connection up, and closes it if it has been made by then. */
  cancel(): void;
}

/** The result of one address: a connection, or an error. */
export type Tried<C> =
  | { readonly host: string; readonly connection: C }
  | { readonly host: string; readonly error: Error };

/**
 * Yields the result of each address as soon as it is known. Once there is a connection, the other addresses wait until
 * the next result is asked for.
 *
 * @param connect begins to make a connection
 * @param pause resolves after the given number of milliseconds, or rejects when the signal is aborted before
 */
export async function* connectInTurn<C>(
  hosts: readonly string[],
  connect: (host: string) => Pending<C>,
  pause: (ms: number, signal: AbortSignal) => Promise<unknown> = pauseFor,
): AsyncGenerator<Tried<C>> {
  const waiting = [...hosts];
  const underWay = new Map<string, { readonly pending: Pending<C>; readonly tried: Promise<Tried<C>> }>();
  const cancelAll = (): void => {
    for (const { pending } of underWay.values()) pending.cancel();
    underWay.clear();
  };
  try {
    while (waiting.length + underWay.size > 0) {
      const next = waiting.shift();
      if (next !== undefined) underWay.set(next, begin(next, connect));
      const tried = await firstOf(
        [...underWay.values()].map((each) => each.tried),
        waiting.length > 0 ? pause : undefined,
      );
      if (!tried) continue;
      underWay.delete(tried.host);
      if ('connection' in tried) {
        waiting.push(...underWay.keys());
        cancelAll();
      }
      yield tried;
    }
  } finally {
    cancelAll();
  }
}

function begin<C>(host: string, connect: (host: string) => Pending<C>) {
  const pending = connect(host);
  const tried = pending.made.then(
    (connection): Tried<C> => ({ host, connection }),
    (error): Tried<C> => ({ host, error }),
  );
  return { pending, tried };
}

/** Waits for the first of several results. @returns undefined if it is time to try the next address meanwhile */
async function firstOf<T>(
  results: readonly Promise<T>[],
  pause: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined,
): Promise<T | undefined> {
  if (!pause) return Promise.race(results);
  const timer = new AbortController();
  const isTime = pause(limits.nextAddressMs, timer.signal).then(() => undefined);
  try {
    return await Promise.race([...results, isTime]);
  } finally {
    isTime.catch(() => {});
    timer.abort();
  }
}

function pauseFor(ms: number, signal: AbortSignal): Promise<unknown> {
  return sleep(ms, undefined, { signal });
}
