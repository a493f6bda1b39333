/**
 * Things by their size, of which one of the largest is found at once: they are kept apart by powers of two. (As segregated
 * free lists are)
 */

interface SizeClass<T> {
  readonly things: Set<T>;
  /** Goes round them, so that none is looked at twice before all others were. */
  round: Iterator<T>;
}

const classOf = (size: number): number => 32 - Math.clz32(size);

export class SizeClasses<T> {
  readonly #classes: readonly SizeClass<T>[] = Array.from({ length: 33 }, () => {
    const things = new Set<T>();
    return { things, round: things.values() };
  });

  /** The size of a thing, below 2^32, has become another; it is here as long as that is not 0. */
  resize(thing: T, before: number, after: number): void {
    const [from, to] = [classOf(before), classOf(after)];
    if (from === to) return;
    this.#classes[from]?.things.delete(thing);
    if (after > 0) this.#classes[to]?.things.add(thing);
  }

  /** A thing than which no other is more than twice as large; of several such, each in turn. */
  nextLargest(): T | undefined {
    const found = this.#classes.findLast(({ things }) => things.size > 0);
    if (!found) return undefined;
    let next = found.round.next();
    if (next.done) {
      found.round = found.things.values();
      next = found.round.next();
    }
    return next.done ? undefined : next.value;
  }
}
