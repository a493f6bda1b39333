/**
 * Virtual time, which passes only when told to. What is due happens in the order of its time; at the same time, in the
 * order in which it was planned.
 */

export interface Timer {
  readonly atMs: number;
  readonly order: number;
  /** Undefined when it has happened or was cancelled. */
  task: (() => void) | undefined;
}

export class VirtualClock {
  #nowMs = 1_000_000;
  #planned = 0;
  /** A binary heap: no timer is due before its parent, which is at half its place. */
  readonly #heap: Timer[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  at(timeMs: number, task: () => void): Timer {
    const timer = { atMs: Math.max(timeMs, this.#nowMs), order: this.#planned++, task };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  after(ms: number, task: () => void): Timer {
    return this.at(this.#nowMs + ms, task);
  }

  /** Does everything that is due up to a time, and what becomes due because of it, and stops at that time. */
  runUntil(timeMs: number): void {
    for (let next = this.#heap[0]; next && next.atMs <= timeMs; next = this.#heap[0]) {
      this.#removeFirst();
      this.#nowMs = next.atMs;
      const { task } = next;
      next.task = undefined;
      task?.();
    }
    this.#nowMs = timeMs;
  }

  #rise(place: number): void {
    const heap = this.#heap;
    const timer = heap[place];
    while (timer && place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(timer, parent)) break;
      heap[place] = parent;
      heap[above] = timer;
      place = above;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left && right && isBefore(right, left)) below++;
      const child = heap[below];
      if (!child || !isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
