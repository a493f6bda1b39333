/** What the mesh is given, and what it has others do. */
import type { Buffer } from 'node:buffer';
import type { Log } from '../../log.js';
import type { NetworkReceiver } from '../../network.js';
import type { Address } from '../../wire/address.js';
import type { Crypto, Identity } from './identity.js';
import type { Dial } from './links/address-book.js';
import type { Goodbye } from './links/goodbyes.js';
import type { LinkId } from './links/link-table.js';

/** Data are messages and presence, which a full link may drop, for they are asked for again; all else is control. */
export type Urgency = 'control' | 'data';

export type DialOutcome =
  /** `at`: where it was met, with the host as a number. */
  | { readonly ok: true; readonly name: string; readonly at: Address }
  /** `retryMs`: it will be tried again after so long; absent when it will not. */
  | { readonly ok: false; readonly why: string; readonly retryMs?: number | undefined };

export interface MeshEffects {
  /** Control overtakes data, and is never dropped. */
  send(link: LinkId, bytes: Buffer, urgency: Urgency): void;
  /** Bytes that a link has yet to take. */
  waitingBytes(link: LinkId): number;
  /** Reads nothing from a link for so long; with 0, until others have had their turn. */
  rest(link: LinkId, ms: number): void;
  /** Says BYE and closes, still reading what is on its way. */
  hangUp(link: LinkId, goodbye: Goodbye): void;
  /** Is answered by `linkUp`, `probed` or `dialFailed`. */
  dial(dial: Dial): void;
  /** What came of a dial. Returns whether somebody waited for it and was told. */
  dialOutcome(address: Address, outcome: DialOutcome): boolean;
}

export interface MeshOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly name: string;
  /** Most links at once. */
  readonly maxLinks?: number;
  /** Whether it links with servers that it was told of; if not, only with those that somebody asked for. */
  readonly discovers?: boolean;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Milliseconds since some moment; never goes back. */
  readonly nowMs: () => number;
  readonly effects: MeshEffects;
  /** Where what comes from other servers goes. */
  readonly receiver: NetworkReceiver;
  readonly log: Log;
}
