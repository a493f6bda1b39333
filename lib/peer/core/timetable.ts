/**
 * A timetable: things ordered by the time at which they are due, so that those that are due are found without looking
 * at all others. (A timing wheel that is not bounded: G. Varghese and A. Lauck, 1987)
 */

interface Entry<T> {
  readonly thing: T;
  readonly dueMs: number;
}

/** The length of a slot: about one tick of the mesh, so that a tick looks into one or two slots. */
const slotMs = 64;

export class Timetable<T> {
  readonly #slots = new Map<number, Entry<T>[]>();
  /** All slots before this one are empty. */
  #first = Number.POSITIVE_INFINITY;

  /** Adds a thing. It may be there already, for other times. */
  add(thing: T, dueMs: number): void {
    const slot = Math.floor(dueMs / slotMs);
    const entries = this.#slots.get(slot);
    if (entries) entries.push({ thing, dueMs });
    else this.#slots.set(slot, [{ thing, dueMs }]);
    this.#first = Math.min(this.#first, slot);
  }

  /** Takes the things that are due by now. */
  takeDue(nowMs: number): T[] {
    const due: T[] = [];
    const slotOfNow = Math.floor(nowMs / slotMs);
    for (; this.#slots.size > 0 && this.#first <= slotOfNow; this.#first++) {
      const entries = this.#slots.get(this.#first);
      if (!entries) continue;
      this.#slots.delete(this.#first);
      for (const { thing, dueMs } of entries) if (dueMs <= nowMs) due.push(thing);
      const later = this.#first === slotOfNow ? entries.filter(({ dueMs }) => dueMs > nowMs) : [];
      if (later.length === 0) continue;
      this.#slots.set(this.#first, later);
      break;
    }
    if (this.#slots.size === 0) this.#first = Number.POSITIVE_INFINITY;
    return due;
  }
}
