/** Time and its passing, handed in wherever they are needed, so that tests and simulations can supply their own. */
export interface Clock {
  /** Milliseconds since 1970, as people read it: for the `at` of messages and for log lines. */
  wallMs(): number;
  /** Milliseconds since some moment; never goes back. For every interval and deadline. */
  nowMs(): number;
  /**
   * Runs a task once the current turn of the event loop has taken in all it can; what such a task puts off comes after it,
   * in the same turn.
   */
  endOfTurn(task: () => void): void;
}

/** What is put off until the end of this turn. */
const putOff: (() => void)[] = [];

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  endOfTurn: (task) => {
    if (putOff.push(task) === 1) setImmediate(endTurn);
  },
};

function endTurn(): void {
  try {
    // Also what is added meanwhile.
    for (const task of putOff) task();
  } finally {
    putOff.length = 0;
  }
}
