/** What the network of servers tells the operator of itself. */
import type { Traffic } from './edge/link.js';

/** A peer, for the operator. */
export interface PeerSummary {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly direction: 'in' | 'out';
  /** The operator asked for it. */
  readonly byHand: boolean;
  /** How long the link is up. */
  readonly ageMs: number;
  readonly roundTripMs: number | undefined;
  /** Nobody on the way can read what goes over it. */
  readonly encrypted: boolean;
  readonly traffic: Traffic;
}

/** What became of events on their way between servers, since the start; absent where it is not counted. */
export interface NetworkCounters {
  /** Sent to other servers, each counted once for each link. */
  readonly forwarded?: number;
  /** Came again, by another way, and were dropped. */
  readonly duplicates?: number;
  /** Did not come, and were asked for. */
  readonly pulled?: number;
  /** Did not come, and were given up. */
  readonly missed?: number;
  /** Not sent on, for a link had no room. */
  readonly dropped?: number;
}

/** A server that the operator asked for and that is not linked now. */
export interface MissingPeer {
  readonly address: string;
  readonly tries: number;
}
