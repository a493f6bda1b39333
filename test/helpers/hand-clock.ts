import type { Clock } from '../../lib/clock.js';

/** A clock that a test winds by hand: time stands still, and a turn ends, when the test says so. */
export class HandClock implements Clock {
  #nowMs = 0;
  #tasks: (() => void)[] = [];

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  endOfTurn(task: () => void): void {
    this.#tasks.push(task);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Ends the turn; what its tasks put off until the end of theirs is done too. */
  endTurn(): void {
    while (this.#tasks.length > 0) {
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const task of tasks) task();
    }
  }
}
