/** The counts that hold for a server as a whole. The main process adds them up and tells them to its workers. */
import type { Health } from '../listen/http.js';
import type { ServerOptions } from '../options.js';
import { version } from '../version.js';

export interface ServerTotals {
  readonly clients: number;
  /** How many servers are in the network. This one counts once, however many workers it has. */
  readonly servers: number;
}

/**
 * What `/health` answers, on any of the workers.
 *
 * @param uptimeMs how long the server has been running
 */
export function healthOf({ name, workers }: ServerOptions, totals: ServerTotals, uptimeMs: number): Health {
  const uptimeSeconds = Math.floor(uptimeMs / 1000);
  return { status: 'ok', server: name, version, ...totals, ...(workers > 1 && { workers }), uptimeSeconds };
}
