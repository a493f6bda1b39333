/**
 * A queue of what waits, the first come at its front. Used for a client's commands, the frames of a link, and the runs of
 * a stream.
 *
 * Taking from the front does not move the rest: the place stays empty, and once most places are empty all that waits is
 * moved together. So each operation at the ends takes the same time however many wait, and a queue that is never quite
 * empty takes no more memory than one that is. How much may wait is the owner's to limit, in the unit that costs it.
 */

/** To move so few together is not worth it. */
const fewPlaces = 32;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** How many places at the front are empty. */
  #empty = 0;

  /** How many wait. */
  get length(): number {
    return this.#items.length - this.#empty;
  }

  /** How many places are kept for them: at most twice as many as wait, and a few. */
  get places(): number {
    return this.#items.length;
  }

  /**
   * What waits at a place.
   *
   * @param place from 0, the front
   */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#empty + place];
  }

  /** Adds something at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Adds something ahead of what waits at a place; this moves all that waits behind it. */
  insert(place: number, item: T): void {
    this.#items.splice(this.#empty + place, 0, item);
  }

  /** Takes what is at the front; undefined when nothing waits. */
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
