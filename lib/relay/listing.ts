/**
 * What a reply lists when there may be more than it has room for: a part, and how many were left out. A reply of any
 * length would fill the outbox of a client that did nothing wrong. [PROTOCOL 3]
 *
 * A list of what is not kept in order takes much longer to make than to send. So a long one serves all who ask for it
 * within a second, and it is selected, not sorted. A short one is made anew each time.
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
  /** How many are left out; undefined if none are. */
  readonly more: number | undefined;
}

/**
 * The first of a channel's names, and always the asker's own.
 *
 * @param own the asker's, if it is a member
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

/** Lists that are made of everything there is. */
export class Listings {
  readonly #names: KeptLists<string>;
  readonly #channels: KeptLists<ChannelSummary>;

  /** @param nowMs for intervals, in milliseconds */
  constructor(nowMs: () => number) {
    this.#names = new KeptLists(nowMs);
    this.#channels = new KeptLists(nowMs);
  }

  /**
   * The first names of a channel, sorted by their normal forms.
   *
   * @param members of a channel that nobody here is in: one for each member, in any order
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
   * @param channels all there are, in any order
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

/** Long lists that were made of late, by a name. */
class KeptLists<T> {
  readonly #kept = new Map<string, { readonly list: List<T>; readonly madeAtMs: number }>();

  constructor(private readonly nowMs: () => number) {}

  /** @param make the items that are listed, and how many there are in all */
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

  /** They are in the order in which they were made. */
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
