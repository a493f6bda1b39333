import type { Simulation } from '../simulation.js';

/** Something that happens to a network. What must always hold is checked meanwhile. */
export interface Scenario {
  readonly about: string;
  run(sim: Simulation): void;
}
