/**
 * The directory: which channels there are and who is in them, here and on all other servers, as clients and the
 * operator are told it.
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import type { ChannelSummary } from '../wire/messages.js';
import type { Channel } from './channel.js';
import { type List, type ListedChannel, Listings, listMembers } from './listing.js';
import type { NameList } from './names-reply.js';

export class Directory {
  /** The other servers. */
  network: Network = noNetwork;
  readonly #listings: Listings;

  /** @param channels the channels with members here, by name */
  constructor(
    clock: Pick<Clock, 'nowMs'>,
    private readonly channels: ReadonlyMap<string, Channel>,
  ) {
    this.#listings = new Listings(() => clock.nowMs());
  }

  /**
   * The names of a channel's members, as many as a reply has room for.
   *
   * @param own the asker's name, if it is a member
   */
  names(channelName: string, own: string | undefined): NameList {
    const channel = this.channels.get(channelName);
    if (channel) return listMembers(channel.list, own);
    return this.#listings.names(channelName, () => this.network.membersElsewhere(channelName));
  }

  /** Whether a channel has members on other servers. */
  isElsewhere(channelName: string): boolean {
    return this.network.isElsewhere(channelName);
  }

  /** The largest channels, as many as a reply has room for; each server has a fair share of them. */
  largest(): List<ChannelSummary> {
    return this.#listings.channels(() => this.#withServers());
  }

  /** All channels, in no order. */
  *all(): Iterable<ChannelSummary> {
    for (const { channel, members } of this.#withServers()) yield { channel, members };
  }

  /** All channels and the servers that they count for; those with members here count as this server's. */
  *#withServers(): Iterable<ListedChannel> {
    const elsewhere = this.network.channelsElsewhere();
    for (const [channel, { members, server }] of elsewhere) {
      const here = this.channels.get(channel)?.size ?? 0;
      yield { channel, members: members + here, server: here > 0 ? undefined : server };
    }
    for (const { name, size } of this.channels.values())
      if (!elsewhere.has(name)) yield { channel: name, members: size, server: undefined };
  }
}
