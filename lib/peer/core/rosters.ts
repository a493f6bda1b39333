/**
 * Rosters: who is in which channel at which server, as this server knows it, its own members included. [PEERING 5]
 */
import { limits } from '../../limits.js';
import type { ChannelEvent } from '../../wire/messages.js';
import { normalForm } from '../../wire/names.js';

/** Names by their normal forms. */
type Names = Map<string, string>;

export interface RosterChange {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

export class Rosters {
  readonly #byChannel = new Map<string, Map<string, Names>>();
  readonly #channelsOf = new Map<string, Set<string>>();
  /** How often a name stands in the rosters of each origin, by its normal form. */
  readonly #uses = new Map<string, Map<string, number>>();

  /** Applies a join, leave or nick. Returns whether that changed anything; a message never does. */
  apply(origin: string, event: ChannelEvent): boolean {
    switch (event.type) {
      case 'join':
        return this.#add(origin, event.channel, event.name);
      case 'leave':
        return this.#remove(origin, event.channel, event.name);
      case 'nick': {
        const isGone = this.#remove(origin, event.channel, event.from);
        return this.#add(origin, event.channel, event.name) || isGone;
      }
      case 'msg':
        return false;
    }
  }

  /** Sets the whole roster of a channel at an origin, and returns what that changed. */
  replace(origin: string, channel: string, names: readonly string[]): RosterChange {
    const after = new Set(names.map(normalForm));
    const left = [...this.names(origin, channel)].filter((name) => !after.has(normalForm(name)));
    for (const name of left) this.#remove(origin, channel, name);
    const joined = names.filter((name) => this.#add(origin, channel, name));
    return { joined, left };
  }

  /** Forgets all of an origin, and returns who was in its channels. */
  forgetOrigin(origin: string): ReadonlyMap<string, readonly string[]> {
    const gone = new Map<string, string[]>();
    for (const channel of this.#channelsOf.get(origin) ?? [])
      gone.set(channel, [...this.names(origin, channel)]);
    for (const [channel, names] of gone) for (const name of names) this.#remove(origin, channel, name);
    return gone;
  }

  has(origin: string, channel: string): boolean {
    return this.#byChannel.get(channel)?.has(origin) ?? false;
  }

  names(origin: string, channel: string): Iterable<string> {
    return this.#byChannel.get(channel)?.get(origin)?.values() ?? [];
  }

  /** Names in a channel at all origins but one. */
  *namesExceptAt(except: string, channel: string): Iterable<string> {
    for (const [origin, names] of this.#byChannel.get(channel) ?? [])
      if (origin !== except) yield* names.values();
  }

  /** Channels and their members at all origins but one. */
  countsExceptAt(except: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [channel, origins] of this.#byChannel) {
      let count = 0;
      for (const [origin, names] of origins) if (origin !== except) count += names.size;
      if (count > 0) counts.set(channel, count);
    }
    return counts;
  }

  /** Origins that have a member of this name (a normal form). */
  originsOf(nameKey: string): Iterable<string> {
    return this.#uses.get(nameKey)?.keys() ?? [];
  }

  #add(origin: string, channel: string, name: string): boolean {
    const names = this.#namesFor(origin, channel);
    const key = normalForm(name);
    if (names.has(key) || names.size >= limits.membersPerRoster) return false;
    names.set(key, name);
    this.#countUse(key, origin, 1);
    return true;
  }

  #remove(origin: string, channel: string, name: string): boolean {
    const origins = this.#byChannel.get(channel);
    const names = origins?.get(origin);
    const key = normalForm(name);
    if (!origins || !names?.delete(key)) return false;
    this.#countUse(key, origin, -1);
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

  #countUse(key: string, origin: string, change: 1 | -1): void {
    const origins = getOrMake(this.#uses, key, () => new Map<string, number>());
    const count = (origins.get(origin) ?? 0) + change;
    if (count > 0) origins.set(origin, count);
    else origins.delete(origin);
    if (origins.size === 0) this.#uses.delete(key);
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}
