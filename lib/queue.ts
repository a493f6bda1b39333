/**
 * A queue: first in, first out. It is used for a client's commands, the frames of a link, and the runs of a stream.
 *
 * Taking an item from the front does not move the others. Its place stays empty, and once most places are empty, all
 * items are moved together. So an operation at either end takes the same time on average however many items wait, and a
 * queue that is never quite empty does not grow. The owner bounds how much may wait, in the unit that matters to it.
 */

/** Up to this many empty places are left, because moving the items would not be worth it. */
const fewPlaces = 32;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** How many places at the front are empty. */
  #empty = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length - this.#empty;
  }

  /** How many places there are for them, including empty ones: at most twice as many as items, and a few. */
  get places(): number {
    return this.#items.length;
  }

  /**
   * The item at a place; undefined if there is none.
   *
   * @param place counted from 0, the front
   */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#empty + place];
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Adds an item before the one at a place. This moves all items behind it. */
  insert(place: number, item: T): void {
    this.#items.splice(this.#empty + place, 0, item);
  }

  /** Removes the item at the front, and returns it; undefined if none waits. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#empty];
    this.#items[this.#empty++] = undefined;
    if (this.length === 0) this.clear();
    else if (this.#empty > fewPlaces && this.#empty > this.length) {
      this.#items = this.#items.slice(this.#empty);
      this.#empty = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#empty = 0;
  }
}
