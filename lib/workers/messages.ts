/** What the main process of a server and its workers tell one another: JSON, over the channel that Node makes for it. */
import type { LogFields, LogLevel } from '../log.js';
import type { DerivedKey } from '../network-key.js';
import type { DoorName, ServerOptions } from '../options.js';
import type { Address } from '../wire/address.js';
import type { ClientSummary, Load } from './load.js';
import type { Whole } from './whole.js';

/** The first thing that a worker is told. Keys do not travel with the options, for they do not show what they are. */
export interface Begin {
  readonly type: 'begin';
  /** From 2 on. */
  readonly worker: number;
  readonly options: Omit<ServerOptions, 'networkKeys'>;
  readonly keys: readonly DerivedKey[];
  /** When the server began, in milliseconds since 1970. */
  readonly sinceMs: number;
}

export type ToWorker =
  | Begin
  /** Where the main process takes links; its node knows of the worker's by now. */
  | { readonly type: 'link'; readonly address: Address; readonly whole: Whole }
  /** Comes with a socket. */
  | { readonly type: 'connection'; readonly door: DoorName }
  | { readonly type: 'whole'; readonly whole: Whole }
  /** It is to report, and then to answer. */
  | { readonly type: 'ask'; readonly ref: number; readonly clients: boolean }
  | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'ready'; readonly node: string }
  /** It is linked with the main process, and knows the other workers. */
  | { readonly type: 'linked' }
  | { readonly type: 'report'; readonly load: Load }
  /** So many of the connections that it was given have ended since it last said so. */
  | { readonly type: 'ended'; readonly count: number }
  | { readonly type: 'answer'; readonly ref: number; readonly clients: readonly ClientSummary[] }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly event: string;
      readonly fields: LogFields;
    };

/** What a worker is called in the network; a name has 64 characters at most. */
export function workerName(server: string, worker: number): string {
  const ending = `/${worker}`;
  return `${[...server].slice(0, 64 - ending.length).join('')}${ending}`;
}
