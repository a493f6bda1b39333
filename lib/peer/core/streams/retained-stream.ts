/** Events of one stream kept in flight, in a ring: each at its number's remainder, the last so many numbers at most. */
import { limits } from '../../../limits.js';

interface Slot {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly atMs: number;
}

const smallest = 16;
/** Numbers may lie so far apart, on average: a few events do not get a ring for thousands. */
const sparsest = 8;

export class RetainedStream {
  /** As many as a power of two, so that a remainder is a mask. */
  #slots: (Slot | undefined)[] = new Array(smallest);
  /** All that are kept have numbers from here up to before the end. */
  #first = 0;
  #end = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether there is room for an event as the rest stand; without it `dropFirst` makes some. */
  hasRoomFor(seq: number): boolean {
    return this.#size === 0 || seq + 1 - this.#first <= this.#mostNumbers;
  }

  /** @returns whether it is kept from now on; not if it was already, or is older than those for which there is room */
  add(seq: number, bytes: Buffer, atMs: number): boolean {
    if (this.#size === 0) this.#first = this.#end = seq;
    const [first, end] = [Math.min(seq, this.#first), Math.max(seq + 1, this.#end)];
    if (end - first > this.#mostNumbers || this.#at(seq)) return false;
    if (end - first > this.#slots.length) this.#resize(end - first);
    // One that comes late goes with those that came when it should have.
    const keptFromMs = seq < this.#end ? Math.min(atMs, this.firstAtMs ?? atMs) : atMs;
    [this.#first, this.#end] = [first, end];
    this.#slots[seq & (this.#slots.length - 1)] = { seq, bytes, atMs: keptFromMs };
    this.#size++;
    return true;
  }

  get(seq: number): Buffer | undefined {
    return this.#at(seq)?.bytes;
  }

  /** When the event with the lowest number came. */
  get firstAtMs(): number | undefined {
    return this.#skipHoles()?.atMs;
  }

  /** Drops the event with the lowest number, and returns how many bytes it had. */
  dropFirst(): number {
    const slot = this.#skipHoles();
    if (!slot) return 0;
    this.#slots[slot.seq & (this.#slots.length - 1)] = undefined;
    this.#first = slot.seq + 1;
    this.#size--;
    const numbers = this.#end - this.#first;
    if (this.#slots.length > smallest && 4 * numbers < this.#slots.length) this.#resize(2 * numbers);
    return slot.bytes.length;
  }

  /** How far the numbers may reach with one more event. */
  get #mostNumbers(): number {
    return Math.min(limits.retainedMessages, Math.max(smallest, sparsest * (this.#size + 1)));
  }

  #at(seq: number): Slot | undefined {
    const slot = this.#slots[seq & (this.#slots.length - 1)];
    return slot?.seq === seq ? slot : undefined;
  }

  #skipHoles(): Slot | undefined {
    while (this.#first < this.#end) {
      const slot = this.#at(this.#first);
      if (slot) return slot;
      this.#first++;
    }
    return undefined;
  }

  #resize(atLeast: number): void {
    let length = smallest;
    while (length < atLeast) length *= 2;
    const slots = new Array<Slot | undefined>(length);
    for (const slot of this.#slots) if (slot) slots[slot.seq & (length - 1)] = slot;
    this.#slots = slots;
  }
}
