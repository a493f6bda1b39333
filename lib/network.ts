/**
 * How the relay and what joins it with other servers speak with each other: the mesh of `lib/peer`, or nothing at all. Each
 * knows the other by these words alone.
 *
 * What takes a journey through the network is answered by a callback, which may be called before the method returns.
 */
import type { ChannelEvent, DirectMessage, Presence } from './wire/messages.js';
import type { Published } from './wire/published.js';

/** What came of a direct message to somebody on another server. */
export type DirectOutcome = 'delivered' | 'no-such-user' | 'no-answer';

/** What the relay asks of the network. */
export interface Network {
  /**
   * A local member came, left or is called otherwise: from this moment on the network knows for whom what it has is meant.
   * Who is a member here is known to it by this alone. The other servers are told by `publish`, at the end of the turn.
   */
  noteMember(event: Presence): void;
  /**
   * Events of local members of a channel; the network passes them to the other servers, in their order and that of these
   * calls.
   */
  publish(channel: string, events: readonly Published<ChannelEvent>[]): void;
  /**
   * Gets a channel ready for a member here: its events come from now on, and its members on other servers get known.
   *
   * @param done is called once every server known to have members in it has said who they are, or has taken too long
   */
  prepare(channel: string, done: () => void): void;
  /** Names of a channel's members on other servers, in no order; complete for a channel that is prepared. */
  membersElsewhere(channel: string): Iterable<string>;
  /** Whether a channel has members on other servers. */
  isElsewhere(channel: string): boolean;
  /** Channels that have members on other servers, and how many, rounded. */
  channelsElsewhere(): ReadonlyMap<string, number>;
  /**
   * Claims a name in the whole network, until `releaseName`.
   *
   * @param nameKey its normal form
   * @param sinceMs when it was claimed, in milliseconds since 1970: of two who claim it, the earlier one has it
   * @param done is told whether it is free
   */
  claimName(nameKey: string, sinceMs: number, done: (granted: boolean) => void): void;
  /** Gives up a name that was granted; nothing happens if it is lost already. One that was refused is not released. */
  releaseName(nameKey: string): void;
  /** Takes a message to a user on another server; `done` is told what came of it. */
  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void;
}

/** What the network hands to the relay. */
export interface NetworkReceiver {
  /** Events of members of a channel on another server, in their order. */
  deliver(channel: string, events: readonly Published<ChannelEvent>[]): void;
  /** A message from another server to a user. Returns whether there is such a user here. */
  deliverDirect(message: DirectMessage): boolean;
  /** A server is gone, and with it these members of a channel. `cause` completes 'server beta …'. */
  membersLost(channel: string, names: readonly string[], serverName: string, cause: string): void;
  /**
   * Some of what was said in a channel on another server did not come, and will not.
   *
   * @param count how many events, joins and leaves among them; undefined where nobody knows
   */
  messagesLost(channel: string, count: number | undefined, serverName: string): void;
  /** Somebody elsewhere claimed the same name earlier: whoever has it here, since that moment, is to be renamed. */
  nameLost(nameKey: string, sinceMs: number): void;
}

/** A server on its own. */
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
