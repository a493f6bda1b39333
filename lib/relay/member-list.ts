/**
 * Who is in a channel, on all servers, as its members are told: each name once, sorted by its normal form.
 *
 * When networks join, two servers may each have a member of the same name. The list has it once, for as long as one
 * of them is there; so what such a member does may mean something else for the list, or nothing. `apply` says what:
 * a client that follows what it is told has the list that `names` would give it. [PROTOCOL 3]
 */
import type { ChannelEvent } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';

/** Who comes, goes, or is called otherwise. */
export type Presence = Exclude<ChannelEvent, { type: 'msg' }>;

export class MemberList {
  /** Normal forms, sorted; and at the same places the names as they are shown. */
  readonly #keys: string[];
  readonly #names: string[];
  /** By its normal form, the other members of a name that several have, each as it was typed. */
  readonly #namesakes = new Map<string, string[]>();

  /** @param names one for each member, in any order */
  constructor(names: Iterable<string> = []) {
    const byKey = new Map<string, string>();
    for (const name of names) {
      const key = normalForm(name);
      if (byKey.has(key)) this.#addNamesake(key, name);
      else byKey.set(key, name);
    }
    // By their UTF-16 units, which is what `compare` does, and faster.
    this.#keys = [...byKey.keys()].sort();
    this.#names = this.#keys.map((key) => byKey.get(key) ?? key);
  }

  /** The names as they are shown, sorted by their normal forms; changes with the list. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The name as the list shows it; undefined when nobody has it. */
  shown(name: string): string | undefined {
    return this.#shown(normalForm(name));
  }

  /** Takes in what a member did, and returns what that means for the list. */
  apply(event: Presence): readonly Presence[] {
    const keys = [...new Set(namesIn(event).map(normalForm))];
    const before = keys.map((key) => this.#shown(key));
    this.#change(event);
    const after = keys.map((key) => this.#shown(key));
    if (isWhole(event, before, after)) return [event];
    return keys.flatMap((_, i) => change(event.channel, before[i], after[i]));
  }

  #change(event: Presence): void {
    if (event.type === 'join') this.#addName(event.name);
    else if (event.type === 'leave') this.#remove(event.name);
    else if (this.#remove(event.from)) this.#addName(event.name);
  }

  #shown(key: string): string | undefined {
    const place = this.#placeOf(key);
    return this.#keys[place] === key ? this.#names[place] : undefined;
  }

  #addName(name: string): void {
    const key = normalForm(name);
    this.#add(this.#placeOf(key), key, name);
  }

  #add(place: number, key: string, name: string): void {
    if (this.#keys[place] !== key) {
      this.#keys.splice(place, 0, key);
      this.#names.splice(place, 0, name);
      return;
    }
    this.#addNamesake(key, name);
  }

  #addNamesake(key: string, name: string): void {
    const namesakes = this.#namesakes.get(key);
    if (namesakes) namesakes.push(name);
    else this.#namesakes.set(key, [name]);
  }

  /** Returns whether anybody had the name. */
  #remove(name: string): boolean {
    const key = normalForm(name);
    const place = this.#placeOf(key);
    if (this.#keys[place] !== key) return false;
    const all = [...this.#names.slice(place, place + 1), ...(this.#namesakes.get(key) ?? [])];
    const [shown, ...namesakes] = all.toSpliced(Math.max(0, all.indexOf(name)), 1);
    if (shown === undefined) {
      this.#keys.splice(place, 1);
      this.#names.splice(place, 1);
    } else {
      this.#names[place] = shown;
    }
    if (namesakes.length > 0) this.#namesakes.set(key, namesakes);
    else this.#namesakes.delete(key);
    return true;
  }

  /** The place of a key, or where it would be. */
  #placeOf(key: string): number {
    let low = 0;
    for (let high = this.#keys.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (compare(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function namesIn(event: Presence): string[] {
  return event.type === 'nick' ? [event.from, event.name] : [event.name];
}

type Shown = string | undefined;

/** Whether an event is just what happened to the list. */
function isWhole(event: Presence, [had, hadNew]: readonly Shown[], [has, hasNew]: readonly Shown[]): boolean {
  switch (event.type) {
    case 'join':
      return had === undefined;
    case 'leave':
      return had !== undefined && has === undefined;
    case 'nick':
      return had !== undefined && has === undefined && hadNew === undefined && hasNew !== undefined;
  }
}

/** What happened to one name of the list, as an event. */
function change(channel: string, before: Shown, after: Shown): Presence[] {
  if (before === after) return [];
  if (before === undefined) return after === undefined ? [] : [{ type: 'join', channel, name: after }];
  if (after === undefined) return [{ type: 'leave', channel, name: before }];
  return [{ type: 'nick', channel, name: after, from: before }];
}
