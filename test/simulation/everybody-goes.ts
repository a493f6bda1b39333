/**
 * The end of a run: one server after the other goes for good, then all users of the last one. No table of the last
 * server may have anything left of them.
 */
import { forgottenMs, idleMs, leftAlone, mentionsOf } from '../helpers/left-alone.js';
import { crashes } from './sim-server.js';
import type { Simulation } from './simulation.js';

export function everybodyGoes(sim: Simulation): void {
  if (!sim.isOn('empty-tables') || sim.running.length === 0) return;
  sim.fault('everybody goes');
  const last = sim.random.pick(sim.running);
  const gone = new Set(sim.hostiles.map(({ identity }) => identity.node));
  for (const server of sim.running) {
    if (server === last) continue;
    gone.add(server.running.id);
    if (sim.random.chance(0.3)) server.stop();
    else server.crash(sim.random.pick(crashes));
    sim.run(2_000 * sim.random.next());
  }
  sim.run(forgottenMs);
  const { mesh, users } = last.running;
  const mentions = mentionsOf(gone, mesh);
  const inWords = () => `${last.name} is alone, and mentions others in ${mentions.join(', ')}`;
  sim.expect('empty-tables', mentions.length === 0, inWords);
  users.allLeave();
  sim.run(idleMs);
  const left = leftAlone(mesh);
  sim.expect('empty-tables', left.length === 0, () => `${last.name} is alone, and has ${left.join(', ')}`);
}
