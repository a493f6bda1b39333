/**
 * The lists in replies. When there is more than a reply has room for, it lists a part and says how many are left out:
 * without such a bound, a reply could fill the outbox of a client that did nothing wrong. [PROTOCOL 3]
 *
 * A list whose items are not kept in order takes much longer to make than to send. So a long list serves all who ask
 * for it within a second (`limits.listKeptMs`), and its items are selected instead of sorted. A short list is made anew
 * each time.
 */
import { limits } from '../limits.js';
import type { ChannelSummary } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import { fairFirst, firstInOrder } from './first-in-order.js';
import type { MemberList } from './member-list.js';
import type { NameList } from './names-reply.js';

/** A channel that may be listed. */
export interface ListedChannel extends ChannelSummary {
  /** The server that it counts for; undefined for this one. */
  readonly server: string | undefined;
}

export interface List<T> {
  readonly listed: readonly T[];
  /** How many items are left out; undefined if none are. */
  readonly more: number | undefined;
}

/**
 * Lists the first of a channel's names, and always the asker's own.
 *
 * @param own the asker's name, if it is a member
 */
export function listMembers(list: MemberList, own: string | undefined): NameList {
  const more = list.size - limits.namesPerReply;
  return {
    count: Math.min(list.size, limits.namesPerReply),
    more: more > 0 ? more : undefined,
    names: () => list.first(limits.namesPerReply, own),
    json: () => list.jsonOfFirst(limits.namesPerReply, own),
  };
}

/** The lists that have to be made from all items there are, in no order. */
export class Listings {
  readonly #names: KeptLists<string>;
  readonly #channels: KeptLists<ChannelSummary>;

  /** @param nowMs the time for intervals, in milliseconds */
  constructor(nowMs: () => number) {
    this.#names = new KeptLists(nowMs);
    this.#channels = new KeptLists(nowMs);
  }

  /**
   * Lists the first names of a channel, sorted by their normal forms.
   *
   * @param members makes the names in a channel that nobody here is in: one for each member, in any order
   */
  names(channel: string, members: () => Iterable<string>): NameList {
    const { listed, more } = this.#names.get(channel, () => {
      const byKey = new Map<string, string>();
      for (const name of members()) {
        const key = normalForm(name);
        if (!byKey.has(key)) byKey.set(key, name);
      }
      const { first, total } = firstInOrder(byKey, limits.namesPerReply, ([a], [b]) => compare(a, b));
      return { first: first.map(([, name]) => name), total };
    });
    return { count: listed.length, more, names: () => listed, json: () => JSON.stringify(listed) };
  }

  /**
   * The channels with the most members, sorted by name; of equally large ones the first by name. Each server has a fair
   * share of the list, so that none can push out the channels of all others by claiming many large ones.
   *
   * @param channels makes a summary of each channel there is, in any order
   */
  channels(channels: () => Iterable<ListedChannel>): List<ChannelSummary> {
    return this.#channels.get('', () => {
      const { first, total } = fairFirst(
        channels(),
        limits.channelsPerReply,
        (a, b) => b.members - a.members || compare(a.channel, b.channel),
        ({ server }) => server,
      );
      first.sort((a, b) => compare(a.channel, b.channel));
      return { first: first.map(({ channel, members }) => ({ channel, members })), total };
    });
  }
}

/** The long lists that were made within the last second, by a name. */
class KeptLists<T> {
  readonly #kept = new Map<string, { readonly list: List<T>; readonly madeAtMs: number }>();

  constructor(private readonly nowMs: () => number) {}

  /**
   * The list of a name: the one that is kept, or else a new one.
   *
   * @param make makes the items that are listed, and says how many there are in all
   */
  get(name: string, make: () => { readonly first: readonly T[]; readonly total: number }): List<T> {
    const nowMs = this.nowMs();
    this.#forgetOld(nowMs);
    const kept = this.#kept.get(name);
    if (kept) return kept.list;
    const { first, total } = make();
    const list = { listed: first, more: total > first.length ? total - first.length : undefined };
    if (total > limits.listedAnew) this.#kept.set(name, { list, madeAtMs: nowMs });
    return list;
  }

  /** Forgets lists that are too old or too many. The map has them in the order in which they were made. */
  #forgetOld(nowMs: number): void {
    for (const [name, { madeAtMs }] of this.#kept) {
      if (nowMs - madeAtMs < limits.listKeptMs && this.#kept.size < limits.listsKept) return;
      this.#kept.delete(name);
    }
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
