import type { Simulation } from '../simulation.js';

/** Something that happens to a network; what must hold all the while is checked while it does. */
export interface Scenario {
  readonly about: string;
  run(sim: Simulation): void;
}
