/** What is the same for the whole server, whichever of its workers is asked. */
import type { Health } from '../listen/http.js';
import type { ServerOptions } from '../options.js';
import { version } from '../version.js';

export interface Whole {
  readonly clients: number;
  /** In the network; this one among them, however many workers it has. */
  readonly servers: number;
}

/** What `/health` says. @param uptimeMs how long the server runs */
export function healthOf({ name, workers }: ServerOptions, whole: Whole, uptimeMs: number): Health {
  const uptimeSeconds = Math.floor(uptimeMs / 1000);
  return { status: 'ok', server: name, version, ...whole, ...(workers > 1 && { workers }), uptimeSeconds };
}
