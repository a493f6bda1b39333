/** Time and its passing, handed in wherever they are needed, so that tests and simulations can supply their own. */
export interface Clock {
  /** Milliseconds since 1970, as people read it: for the `at` of messages and for log lines. */
  wallMs(): number;
  /** Milliseconds since some moment; never goes back. For every interval and deadline. */
  nowMs(): number;
  /** Runs a task once the current turn of the event loop has taken in all it can. */
  endOfTurn(task: () => void): void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  endOfTurn: (task) => {
    setImmediate(task);
  },
};
