/**
 * Things by the time at which they are due, so that what is due is found without a look at all that is not. (A timing
 * wheel, without an end: G. Varghese and A. Lauck, 1987)
 */

interface Entry<T> {
  readonly thing: T;
  readonly dueMs: number;
}

/** About as long as one tick of the mesh, each of which looks into one slot or two. */
const slotMs = 64;

export class Timetable<T> {
  readonly #slots = new Map<number, Entry<T>[]>();
  /** All slots before this one are empty. */
  #first = Number.POSITIVE_INFINITY;

  /** Adds a thing, which may be there already for other times. */
  add(thing: T, dueMs: number): void {
    const slot = Math.floor(dueMs / slotMs);
    const entries = this.#slots.get(slot);
    if (entries) entries.push({ thing, dueMs });
    else this.#slots.set(slot, [{ thing, dueMs }]);
    this.#first = Math.min(this.#first, slot);
  }

  /** Takes out what is due by now. */
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
