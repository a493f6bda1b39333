/**
 * Things by their size, kept in classes of powers of two, so that one of the largest is found at once. (Segregated free
 * lists of memory allocators are kept in the same way)
 */

interface SizeClass<T> {
  readonly things: Set<T>;
  /** Goes round the things, so that none is returned twice before all others were. */
  round: Iterator<T>;
}

const classOf = (size: number): number => 32 - Math.clz32(size);

export class SizeClasses<T> {
  readonly #classes: readonly SizeClass<T>[] = Array.from({ length: 33 }, () => {
    const things = new Set<T>();
    return { things, round: things.values() };
  });

  /**
   * Notes that the size of a thing, which is below 2^32, has changed. A thing is in here as long as its size is not 0.
   */
  resize(thing: T, before: number, after: number): void {
    const [from, to] = [classOf(before), classOf(after)];
    if (from === to) return;
    this.#classes[from]?.things.delete(thing);
    if (after > 0) this.#classes[to]?.things.add(thing);
  }

  /**
   * One of the largest things: no other is more than twice as large. If there are several such things, each has its
   * turn.
   */
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
