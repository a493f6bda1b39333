/** The passing of time, handed in, so that tests need not wait for it. */
export interface Timer {
  /** Runs a task once, later. Returns what takes it back. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemTimer: Timer = {
  after(delayMs, task) {
    const timeout = setTimeout(task, delayMs);
    return () => clearTimeout(timeout);
  },
};
