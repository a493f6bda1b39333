/** Plays runs, one after the other: here, or in threads of their own, so that all processors are used. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type Outcome, play } from './play.js';
import type { ScenarioName } from './scenarios/all.js';
import type { SimulationOptions } from './simulation.js';

export interface Run {
  readonly scenario: ScenarioName;
  readonly seed: number;
}

type Options = Omit<SimulationOptions, 'seed'>;

/** What a thread is told to play. */
interface Order extends Run {
  readonly options: Options;
}

/**
 * Plays runs, and hands on the outcome of each as soon as it is known.
 *
 * @param runs asked for the next one only when it can be played
 * @param jobs how many are played at a time
 * @param onOutcome returns whether to go on
 */
export async function playAll(
  runs: Iterable<Run>,
  jobs: number,
  options: Options,
  onOutcome: (outcome: Outcome) => boolean,
): Promise<void> {
  const left = runs[Symbol.iterator]();
  let goesOn = true;
  const playOn = async (playOne: (run: Run) => Outcome | Promise<Outcome>): Promise<void> => {
    while (goesOn) {
      const { value: run, done } = left.next();
      if (done) return;
      const outcome = await playOne(run);
      // Runs that are still being played when another run ends everything do not count.
      if (goesOn) goesOn = onOutcome(outcome);
    }
  };
  if (jobs === 1) {
    await playOn(({ scenario, seed }) => play(scenario, seed, options));
    return;
  }
  const threads = Array.from({ length: jobs }, () => new Worker(new URL(import.meta.url)));
  try {
    await Promise.all(threads.map((thread) => playOn((run) => playIn(thread, { ...run, options }))));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function playIn(thread: Worker, order: Order): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const onMessage = (outcome: Outcome): void => {
      thread.off('error', reject);
      resolve(outcome);
    };
    thread.once('message', onMessage);
    thread.once('error', reject);
    thread.postMessage(order);
  });
}

if (!isMainThread) {
  const port = parentPort;
  port?.on('message', ({ scenario, seed, options }: Order) =>
    port.postMessage(play(scenario, seed, options)),
  );
}
