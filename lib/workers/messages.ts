/**
 * What the main process of a server and its workers tell one another: JSON, over the channel that Node opens to a
 * child.
 */
import type { LogFields, LogLevel } from '../log.js';
import type { DerivedKey } from '../network-key.js';
import type { DoorName, ServerOptions } from '../options.js';
import type { Address } from '../wire/address.js';
import type { ClientSummary, Load } from './load.js';
import type { ServerTotals } from './server-totals.js';

/**
 * The first thing that a worker is told. The keys travel beside the options and not in them, because a `NetworkKey`
 * keeps its secret from JSON.
 */
export interface Begin {
  readonly type: 'begin';
  /** The number of the worker, from 2 on. */
  readonly worker: number;
  readonly options: Omit<ServerOptions, 'networkKeys'>;
  readonly keys: readonly DerivedKey[];
  /** When the server began, in milliseconds since 1970. */
  readonly sinceMs: number;
}

export type ToWorker =
  | Begin
  /** Tells it where the main process takes links, which by now knows the worker's node for one of its own. */
  | { readonly type: 'link'; readonly address: Address; readonly totals: ServerTotals }
  /** A connection to serve; its socket comes with the message. */
  | { readonly type: 'connection'; readonly door: DoorName }
  | { readonly type: 'totals'; readonly totals: ServerTotals }
  /** Asks it to report its load and then to answer; with its clients, if they are asked for. */
  | { readonly type: 'ask'; readonly ref: number; readonly clients: boolean }
  | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'ready'; readonly node: string }
  /** It is linked with the main process, and knows the other workers. */
  | { readonly type: 'linked' }
  | { readonly type: 'report'; readonly load: Load }
  /** How many of the connections that it was given have ended since the last such message. */
  | { readonly type: 'ended'; readonly count: number }
  | { readonly type: 'answer'; readonly ref: number; readonly clients: readonly ClientSummary[] }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly event: string;
      readonly fields: LogFields;
    };

/** The name of a worker in the network. Where it would be longer than 64 characters, the server's name in it is cut. */
export function workerName(server: string, worker: number): string {
  const ending = `/${worker}`;
  return `${[...server].slice(0, 64 - ending.length).join('')}${ending}`;
}
