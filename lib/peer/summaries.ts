/** The figures about the network of servers that the operator is shown. */
import type { Traffic } from './edge/link.js';

/** A peer, as the operator is shown it. */
export interface PeerSummary {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly direction: 'in' | 'out';
  /** Whether the operator asked for it. */
  readonly byHand: boolean;
  /** How long the link has been up. */
  readonly ageMs: number;
  readonly roundTripMs: number | undefined;
  /** Whether the link is encrypted, so that nobody on the way can read it. */
  readonly encrypted: boolean;
  readonly traffic: Traffic;
}

/** Counts of events on their way between servers, since the start. A figure that is not counted is absent. */
export interface NetworkCounters {
  /** Events sent to other servers, each counted once for each link. */
  readonly forwarded?: number;
  /** Events that came a second time, by another route, and were dropped. */
  readonly duplicates?: number;
  /** Events that were missing and were asked for. */
  readonly pulled?: number;
  /** Events that were missing and were given up. */
  readonly missed?: number;
  /** Events that were not sent on because a link had no room. */
  readonly dropped?: number;
}

/** A server that the operator asked for and that is not linked now. */
export interface MissingPeer {
  readonly address: string;
  readonly tries: number;
  /** Whether it led to this server itself when it was dialled last. */
  readonly isSelf?: boolean;
}
