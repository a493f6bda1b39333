/** Plays one scenario with one seed from beginning to end, and describes it if it fails. */
import type { CheckName } from './checks.js';
import { everybodyGoes } from './everybody-goes.js';
import { type ScenarioName, scenarios } from './scenarios/all.js';
import { Simulation, type SimulationOptions } from './simulation.js';

export interface Outcome {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly hash: string;
  readonly events: number;
  /** Virtual time. */
  readonly ms: number;
  /** How often each check had something to look at. */
  readonly looked: Partial<Record<CheckName, number>>;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly error: Error;
  /** The last events, the latest at the end. */
  readonly last: readonly string[];
}

export function play(
  scenario: ScenarioName,
  seed: number,
  options: Omit<SimulationOptions, 'seed'> = {},
): Outcome {
  const sim = new Simulation({ ...options, seed });
  const startMs = sim.clock.nowMs;
  let failure: Failure | undefined;
  try {
    scenarios[scenario].run(sim);
    everybodyGoes(sim);
  } catch (error) {
    failure = { error: error instanceof Error ? error : new Error(String(error)), last: sim.trace.last() };
  }
  const { hash, count } = sim.trace;
  return { scenario, seed, hash, events: count, ms: sim.clock.nowMs - startMs, looked: sim.looked, failure };
}

/** The report of a failure, with what is needed to find its cause. */
export function report({ scenario, seed, hash, failure }: Outcome): string {
  if (!failure) return `${scenario} ${seed} ${hash}`;
  return [
    ...failure.last,
    '',
    `${failure.error.message}`,
    `  scenario ${scenario}, seed ${seed}, trace ${hash}`,
    `  again: npm run test:sim -- --scenario ${scenario} --seed ${seed}`,
  ].join('\n');
}
