/**
 * How the relay speaks with the other servers, whatever connects them: the mesh of `lib/peer`, or nothing at all.
 */
import type { ChannelEvent } from '../wire/messages.js';

/** What the relay asks of the network. */
export interface Network {
  /** An event of a local member; the network passes it to the other servers, in the order of these calls. */
  publish(event: ChannelEvent, json: string): void;
  /** Names of a channel's members on other servers, in no order. */
  membersElsewhere(channel: string): Iterable<string>;
  /** Whether a member on another server, so far as is known here, has this name (a normal form). */
  holdsName(nameKey: string): boolean;
  /** Channels that have members on other servers, and how many. */
  channelsElsewhere(): ReadonlyMap<string, number>;
}

/** What the network hands to the relay. */
export interface NetworkReceiver {
  /** An event of a member on another server. */
  deliver(event: ChannelEvent): void;
  /** A server is gone, and with it these members of a channel. `cause` completes 'server beta …'. */
  membersLost(channel: string, names: readonly string[], serverName: string, cause: string): void;
}

/** A server on its own. */
export const noNetwork: Network = {
  publish() {},
  membersElsewhere: () => [],
  holdsName: () => false,
  channelsElsewhere: () => new Map(),
};
