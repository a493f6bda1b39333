import type { Clock } from '../../lib/clock.js';

/** A clock that a test moves by hand: time passes, and a turn ends, only when the test says so. */
export class HandClock implements Clock {
  #nowMs = 0;
  #tasks: (() => void)[] = [];
  readonly #timers = new Set<{ readonly dueMs: number; readonly task: () => void }>();

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  endOfTurn(task: () => void): void {
    this.#tasks.push(task);
  }

  after(ms: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** How many tasks wait for their time. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and runs what is due by then. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of this.#timers) {
      if (timer.dueMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      timer.task();
    }
  }

  /** Ends the turn, and the turns of the tasks that run because of it. */
  endTurn(): void {
    while (this.#tasks.length > 0) {
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) task();
    }
  }
}
