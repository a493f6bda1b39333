/** The options of the mesh: what it is given, and the effects that others carry out for it. */
import type { Buffer } from 'node:buffer';
import type { Log } from '../../log.js';
import type { NetworkReceiver } from '../../network.js';
import type { Address } from '../../wire/address.js';
import type { Crypto, Identity } from './identity.js';
import type { Dial } from './links/address-book.js';
import type { Goodbye } from './links/goodbyes.js';
import type { LinkId } from './links/link-table.js';

/**
 * Data are messages and presence, which a full link may drop, because they will be asked for again. All other frames
 * are control.
 */
export type Urgency = 'control' | 'data';

export type DialOutcome =
  /** `at` is the address at which it was met, with the host as an IP address. */
  | { readonly ok: true; readonly name: string; readonly at: Address }
  /** `retryMs` is the time until it is tried again; absent if it will not be. */
  | { readonly ok: false; readonly why: string; readonly retryMs?: number | undefined };

export interface MeshEffects {
  /** Sends a frame on a link. Control overtakes data, and is never dropped. */
  send(link: LinkId, bytes: Buffer, urgency: Urgency): void;
  /** How many bytes wait to be sent on a link. */
  waitingBytes(link: LinkId): number;
  /** Stops reading from a link for a time; with 0, until others have had their turn. */
  rest(link: LinkId, ms: number): void;
  /** Says BYE on a link and closes it, still reading what is on its way. */
  hangUp(link: LinkId, goodbye: Goodbye): void;
  /** Dials an address. The answer is a call of `linkUp`, `probed` or `dialFailed`. */
  dial(dial: Dial): void;
  /** Tells the outcome of a dial. @returns whether somebody waited for it and was told */
  dialOutcome(address: Address, outcome: DialOutcome): boolean;
}

export interface MeshOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly name: string;
  /** How many links there may be at once. */
  readonly maxLinks?: number;
  /**
   * Whether it links with servers that other servers told it of. If not, it links only with those that were asked for.
   */
  readonly discovers?: boolean;
  /** Random numbers from 0 to 1, for jitter. */
  readonly random: () => number;
  /** The time in milliseconds since some moment; never goes back. */
  readonly nowMs: () => number;
  readonly effects: MeshEffects;
  /** Receives what comes from other servers. */
  readonly receiver: NetworkReceiver;
  readonly log: Log;
}
