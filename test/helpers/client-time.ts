/** A clock and a timer in one, whose time passes when a test says so. */
import type { Timer } from '../../lib/client/timer.js';
import type { Clock } from '../../lib/clock.js';

export class ManualTime implements Timer, Clock {
  #nowMs = 0;
  readonly #tasks = new Set<{ readonly dueMs: number; readonly run: () => void }>();

  /** @param startMs what `wallMs` says at the beginning, in milliseconds since 1970 */
  constructor(private readonly startMs = new Date(2026, 0, 2, 12, 34).getTime()) {}

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.startMs + this.#nowMs;
  }

  endOfTurn(task: () => void): void {
    task();
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { dueMs: this.#nowMs + delayMs, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** How long each timer still has to go, the shortest first. */
  get waits(): number[] {
    return [...this.#tasks].map(({ dueMs }) => dueMs - this.#nowMs).sort((a, b) => a - b);
  }

  /** Lets time pass, and runs what is due by then with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#tasks].sort((a, b) => a.dueMs - b.dueMs);
      if (!next || next.dueMs > endMs) break;
      this.#tasks.delete(next);
      this.#nowMs = next.dueMs;
      next.run();
      await settled();
    }
    this.#nowMs = endMs;
    await settled();
  }
}

/** Lets promises that are resolved by now, and in-memory streams, run their callbacks. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
