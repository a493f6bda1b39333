/**
 * Rosters: the members of each channel at each server, as this server knows them. Its own are included, as of the last
 * event that was published in the channel. [PEERING 6.1]
 */
import { limits } from '../../../limits.js';
import type { Presence } from '../../../wire/messages.js';
import { normalForm } from '../../../wire/names.js';

/** Names by their normal forms. */
type Names = Map<string, string>;

export interface RosterChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

export class Rosters {
  readonly #byChannel = new Map<string, Map<string, Names>>();
  readonly #channelsOf = new Map<string, Set<string>>();
  /** How many members each origin has in all channels. */
  readonly #sizes = new Map<string, number>();

  /**
   * Applies a join, leave or nick, and returns what it changed: usually the event itself, and undefined if nothing. A nick
   * from a name that is not in the roster is a join, and one to a name that is already in it is a leave.
   */
  apply(origin: string, event: Presence): Presence | undefined {
    const { channel } = event;
    switch (event.type) {
      case 'join':
        return this.#add(origin, channel, event.name) ? event : undefined;
      case 'leave':
        return this.#remove(origin, channel, event.name) ? event : undefined;
      case 'nick': {
        const isGone = this.#remove(origin, channel, event.from);
        const isNew = this.#add(origin, channel, event.name);
        if (isGone && isNew) return event;
        if (isGone) return { type: 'leave', channel, name: event.from };
        return isNew ? { type: 'join', channel, name: event.name } : undefined;
      }
    }
  }

  /** Replaces the whole roster of a channel at an origin, and returns what changed. */
  replace(origin: string, channel: string, names: readonly string[]): RosterChange {
    const after = new Set(names.map(normalForm));
    const left = [...this.names(origin, channel)].filter((name) => !after.has(normalForm(name)));
    for (const name of left) this.#remove(origin, channel, name);
    const joined = names.filter((name) => this.#add(origin, channel, name));
    return { joined, left };
  }

  /** Forgets all rosters of an origin, and returns the names that were in each of its channels. */
  forgetOrigin(origin: string): ReadonlyMap<string, readonly string[]> {
    const gone = new Map<string, string[]>();
    for (const channel of this.#channelsOf.get(origin) ?? [])
      gone.set(channel, [...this.names(origin, channel)]);
    for (const [channel, names] of gone) for (const name of names) this.#remove(origin, channel, name);
    return gone;
  }

  names(origin: string, channel: string): Iterable<string> {
    return this.#byChannel.get(channel)?.get(origin)?.values() ?? [];
  }

  /** How many members all channels have at an origin; a user counts once for each of its channels. */
  membersAt(origin: string): number {
    return this.#sizes.get(origin) ?? 0;
  }

  /** The names in a channel at all origins except one. */
  *namesExceptAt(except: string, channel: string): Iterable<string> {
    for (const [origin, names] of this.#byChannel.get(channel) ?? [])
      if (origin !== except) yield* names.values();
  }

  #add(origin: string, channel: string, name: string): boolean {
    const names = this.#byChannel.get(channel)?.get(origin);
    const key = normalForm(name);
    const all = this.#sizes.get(origin) ?? 0;
    if (names?.has(key) || (names?.size ?? 0) >= limits.membersPerRoster || all >= limits.membersPerServer)
      return false;
    // Only now, so that a name which is refused leaves no empty roster behind.
    this.#namesFor(origin, channel).set(key, name);
    this.#sizes.set(origin, all + 1);
    return true;
  }

  #remove(origin: string, channel: string, name: string): boolean {
    const origins = this.#byChannel.get(channel);
    const names = origins?.get(origin);
    const key = normalForm(name);
    if (!origins || !names?.delete(key)) return false;
    const all = (this.#sizes.get(origin) ?? 0) - 1;
    if (all > 0) this.#sizes.set(origin, all);
    else this.#sizes.delete(origin);
    if (names.size > 0) return true;
    origins.delete(origin);
    if (origins.size === 0) this.#byChannel.delete(channel);
    const channels = this.#channelsOf.get(origin);
    channels?.delete(channel);
    if (channels?.size === 0) this.#channelsOf.delete(origin);
    return true;
  }

  #namesFor(origin: string, channel: string): Names {
    const names = getOrMake(
      getOrMake(this.#byChannel, channel, () => new Map<string, Names>()),
      origin,
      () => new Map(),
    );
    getOrMake(this.#channelsOf, origin, () => new Set<string>()).add(channel);
    return names;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}
