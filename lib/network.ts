/**
 * The contract between the relay and the network, which is the mesh of `lib/peer`, or nothing for a server on its own.
 * The two know each other only by these types.
 *
 * Methods that need other servers answer by a callback, which may be called before the method returns.
 */
import type { ChannelEvent, DirectMessage, Presence } from './wire/messages.js';
import type { Published } from './wire/published.js';

/** What became of a direct message to somebody on another server. */
export type DirectOutcome = 'delivered' | 'no-such-user' | 'no-answer';

/** A channel on other servers. */
export interface ChannelElsewhere {
  /** How many members it has there, rounded. */
  readonly members: number;
  /** The server that has most of them. */
  readonly server: string;
}

/** What the relay asks of the network. */
export interface Network {
  /**
   * Notes that a local member came, left or has another name. It is by this alone that the network knows who the
   * members here are, from this moment on. The other servers are told by `publish`, at the end of the turn.
   */
  noteMember(event: Presence): void;
  /**
   * Passes events of local members of a channel to the other servers, in their order and in the order of these calls.
   */
  publish(channel: string, events: readonly Published<ChannelEvent>[]): void;
  /**
   * Gets a channel ready for a member here. From now on its events come, and its members on other servers become known.
   *
   * @param done called once every server known to have members in the channel has said who they are, or took too long
   */
  prepare(channel: string, done: () => void): void;
  /**
   * The names of a channel's members on other servers, in no order. They are complete for a channel that is prepared.
   */
  membersElsewhere(channel: string): Iterable<string>;
  /** Whether a channel has members on other servers. */
  isElsewhere(channel: string): boolean;
  /** The channels that have members on other servers. */
  channelsElsewhere(): ReadonlyMap<string, ChannelElsewhere>;
  /**
   * Claims a name in the whole network, until `releaseName`.
   *
   * @param nameKey the normal form of the name
   * @param sinceMs when it was claimed, in milliseconds since 1970. Of two who claim a name, the earlier one gets it
   * @param done is told whether the claim is granted
   */
  claimName(nameKey: string, sinceMs: number, done: (granted: boolean) => void): void;
  /**
   * Gives up a name that was granted; if it is lost already, nothing happens. A name that was refused is not released.
   */
  releaseName(nameKey: string): void;
  /** Takes a message to a user on another server. @param done is told what became of it */
  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void;
}

/** What the network hands to the relay. */
export interface NetworkReceiver {
  /** Takes events of members of a channel on another server, in their order. */
  deliver(channel: string, events: readonly Published<ChannelEvent>[]): void;
  /** Takes a direct message from another server. @returns whether the user that it is for is here */
  deliverDirect(message: DirectMessage): boolean;
  /** Takes away members of a channel whose server is gone. @param cause completes the sentence 'server beta …' */
  membersLost(channel: string, names: readonly string[], serverName: string, cause: string): void;
  /**
   * Some events of a channel on another server did not come, and will not.
   *
   * @param count how many events, including joins and leaves; undefined if that is not known
   */
  messagesLost(channel: string, count: number | undefined, serverName: string): void;
  /**
   * Somebody elsewhere claimed the same name earlier, so the session that has it here is to be renamed.
   *
   * @param sinceMs when the session here claimed it; if that is not when the present holder did, nothing is to be done
   */
  nameLost(nameKey: string, sinceMs: number): void;
}

/** The network of a server on its own. */
export const noNetwork: Network = {
  noteMember() {},
  publish() {},
  prepare: (_channel, done) => done(),
  membersElsewhere: () => [],
  isElsewhere: () => false,
  channelsElsewhere: () => new Map(),
  claimName: (_nameKey, _sinceMs, done) => done(true),
  releaseName() {},
  sendDirect: (_message, done) => done('no-such-user'),
};
