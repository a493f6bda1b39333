/** Networks of several shapes, made as operators make them, by `connect`. */
import type { Random } from '../helpers/random.js';
import { farAway, nearby } from './internet.js';
import type { ServerTraits, SimServer } from './sim-server.js';
import type { Simulation } from './simulation.js';

export const shapes = ['line', 'ring', 'star', 'tree', 'web', 'full'] as const;
export type Shape = (typeof shapes)[number];

/** Adds servers to a network, and tells them to connect in a shape. */
export function build(sim: Simulation, count: number, shape: Shape, traits: ServerTraits = {}): SimServer[] {
  const servers: SimServer[] = [];
  for (let i = 0; i < count; i++) {
    const server = sim.add(traits);
    servers.push(server);
    for (const other of linksOf(i, count, shape, sim.random)) {
      const to = servers[other];
      if (to && to !== server) server.connect(to);
    }
  }
  return servers;
}

/**
 * A random network: of any shape and size, with short or long delays, whose servers do or do not link by themselves.
 */
export function buildAny(sim: Simulation, least = 3, most = 7): SimServer[] {
  const { random } = sim;
  sim.distances = random.chance(0.3) ? farAway : nearby;
  sim.discovers = random.chance(0.5);
  const shape = random.pick(shapes);
  const servers = build(sim, least + random.below(most - least + 1), shape);
  sim.fault('built', `${servers.length} ${shape}${sim.discovers ? ' that discovers' : ''}`);
  return servers;
}

/** The earlier servers that a server connects to. */
function linksOf(i: number, count: number, shape: Shape, random: Random): number[] {
  if (i === 0) return [];
  switch (shape) {
    case 'line':
      return [i - 1];
    case 'ring':
      return i === count - 1 ? [i - 1, 0] : [i - 1];
    case 'star':
      return [0];
    case 'tree':
      return [(i - 1) >> 1];
    case 'web':
      return [...new Set([random.below(i), random.below(i)])];
    case 'full':
      return Array.from({ length: i }, (_, other) => other);
  }
}
