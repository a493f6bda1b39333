/** The clock, which is handed in wherever it is needed, so that tests and simulations can supply their own. */
export interface Clock {
  /** The time of day, in milliseconds since 1970: for the `at` of messages and for log lines. */
  wallMs(): number;
  /** Milliseconds since some moment, which never go back: for all intervals and deadlines. */
  nowMs(): number;
  /**
   * Runs a task at the end of the current turn of the event loop, after everything has been taken in. A task that it
   * puts off in the same way runs after it, in the same turn.
   */
  endOfTurn(task: () => void): void;
  /**
   * Runs a task once some time has passed.
   *
   * @returns calls it off
   */
  after(ms: number, task: () => void): () => void;
}

/** The tasks that were put off until the end of this turn. */
const putOff: (() => void)[] = [];

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
  endOfTurn: (task) => {
    if (putOff.push(task) === 1) setImmediate(endTurn);
  },
};

function endTurn(): void {
  try {
    // The loop also runs tasks that are added meanwhile.
    for (const task of putOff) task();
  } finally {
    putOff.length = 0;
  }
}
