/**
 * The list of a channel's members on all servers, as its members are told it: each name once, sorted by normal form.
 *
 * When networks join, two servers may each have a member of the same name. The list has that name once, as long as one
 * of the two is there. So what such a member does may change the list in another way, or not at all; `apply` returns
 * how. A client that follows what it is told has the same list that `names` would give it. [PROTOCOL 3]
 */
import type { Presence } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import { SortedNames } from './sorted-names.js';

export class MemberList {
  readonly #names: SortedNames;
  /** For a name that several members have, by its normal form: the names of the others, each as it was typed. */
  readonly #namesakes = new Map<string, string[]>();

  /** @param names the names of the members, one for each, in any order */
  constructor(names: Iterable<string> = []) {
    const byKey = new Map<string, string>();
    for (const name of names) {
      const key = normalForm(name);
      if (byKey.has(key)) this.#addNamesake(key, name);
      else byKey.set(key, name);
    }
    this.#names = new SortedNames(byKey);
  }

  /** How many names it has. */
  get size(): number {
    return this.#names.size;
  }

  /** The names as they are shown, sorted by their normal forms. */
  get names(): readonly string[] {
    return this.first(this.size, undefined);
  }

  /**
   * The first `count` names.
   *
   * @param own a name that has to be among them; if it would not be, it takes the place of the last one
   */
  first(count: number, own: string | undefined): string[] {
    return this.#leavesOut(own, count) ? [...this.#names.first(count - 1), own] : this.#names.first(count);
  }

  /** The names that `first` returns, as a JSON array. */
  jsonOfFirst(count: number, own: string | undefined): string {
    return this.#leavesOut(own, count)
      ? `[${this.#names.jsonOfFirst(count - 1)},${JSON.stringify(own)}]`
      : `[${this.#names.jsonOfFirst(count)}]`;
  }

  /** A name as the list shows it; undefined if nobody has it. */
  shown(name: string): string | undefined {
    return this.#names.get(normalForm(name));
  }

  /** Applies what a member did, and returns how that changed the list: as events, of which there may be none. */
  apply(event: Presence): readonly Presence[] {
    if (event.type === 'join' && this.#join(event.name)) return [event];
    if (event.type === 'leave' && this.#leave(event.name)) return [event];
    const keys = [...new Set(namesIn(event).map(normalForm))];
    const before = keys.map((key) => this.#names.get(key));
    this.#change(event);
    const after = keys.map((key) => this.#names.get(key));
    if (isWhole(event, before, after)) return [event];
    return keys.flatMap((_, i) => change(event.channel, before[i], after[i]));
  }

  /** Adds a name that nobody has yet, which is the most common case. @returns whether it was added */
  #join(name: string): boolean {
    return this.#names.add(normalForm(name), name);
  }

  /** Removes a name that only one member has, the other common case. @returns whether it was removed */
  #leave(name: string): boolean {
    const key = normalForm(name);
    return !this.#namesakes.has(key) && this.#names.delete(key);
  }

  /** Whether the first `count` names would not include the one that has to be among them. */
  #leavesOut(own: string | undefined, count: number): own is string {
    return own !== undefined && this.size > count && !this.#names.isAmongFirst(normalForm(own), count);
  }

  #change(event: Presence): void {
    if (event.type === 'join') this.#addName(event.name);
    else if (event.type === 'leave') this.#remove(event.name);
    else if (this.#remove(event.from)) this.#addName(event.name);
  }

  #addName(name: string): void {
    const key = normalForm(name);
    if (!this.#names.add(key, name)) this.#addNamesake(key, name);
  }

  #addNamesake(key: string, name: string): void {
    const namesakes = this.#namesakes.get(key);
    if (namesakes) namesakes.push(name);
    else this.#namesakes.set(key, [name]);
  }

  /** Removes one member of a name. @returns whether anybody had the name */
  #remove(name: string): boolean {
    const key = normalForm(name);
    const first = this.#names.get(key);
    if (first === undefined) return false;
    const all = [first, ...(this.#namesakes.get(key) ?? [])];
    const [shown, ...namesakes] = all.toSpliced(Math.max(0, all.indexOf(name)), 1);
    if (shown === undefined) this.#names.delete(key);
    else this.#names.replace(key, shown);
    if (namesakes.length > 0) this.#namesakes.set(key, namesakes);
    else this.#namesakes.delete(key);
    return true;
  }
}

function namesIn(event: Presence): string[] {
  return event.type === 'nick' ? [event.from, event.name] : [event.name];
}

type Shown = string | undefined;

/** Whether an event says exactly what happened to the list, so that it can be told as it is. */
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

/** The change of one name of the list, as an event. */
function change(channel: string, before: Shown, after: Shown): Presence[] {
  if (before === after) return [];
  if (before === undefined) return after === undefined ? [] : [{ type: 'join', channel, name: after }];
  if (after === undefined) return [{ type: 'leave', channel, name: before }];
  return [{ type: 'nick', channel, name: after, from: before }];
}
