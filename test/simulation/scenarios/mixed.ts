/** Whatever can happen, at random, one thing after the other and several at a time. */
import { Chatter } from '../chatter.js';
import { converge, heal } from '../converge.js';
import { buildAny } from '../shapes.js';
import { crashes } from '../sim-server.js';
import type { Simulation } from '../simulation.js';
import { twoOf } from './links.js';
import type { Scenario } from './scenario.js';

const mostServers = 12;

export const mixed: Scenario = {
  about: 'any faults at any time',
  run(sim) {
    const { random } = sim;
    buildAny(sim);
    const chatter = new Chatter(sim, {
      channels: ['lobby', 'tea', 'zürich'].slice(0, 1 + random.below(3)),
      perSecond: 5 + random.below(40),
      restless: random.next() * 0.5,
      longest: random.pick([0, 300, 4_000]),
    });
    chatter.run(random.below(5_000));
    for (let round = 4 + random.below(10); round > 0; round--) {
      fault(sim);
      chatter.run(random.pick([20, 300, 2_000, 5_000]) * random.next());
    }
    heal(sim, { restart: random.chance(0.7) });
    chatter.run(random.below(3_000));
    chatter.gather('lobby');
    converge(sim);
  },
};

function fault(sim: Simulation): void {
  const { random, internet, running } = sim;
  if (running.length < 2) {
    for (const server of sim.servers) if (!server.node) server.start();
    return;
  }
  const [a, b] = twoOf(sim, running);
  const faults: Readonly<Record<string, () => void>> = {
    cuts: () => internet.cut(a, b),
    freezes: () => internet.freeze(a, b),
    blocks: () => internet.block(a, b, true),
    unblocks: () => internet.unblockAll(),
    thaws: () => internet.thaw(),
    crashes: () => a.crash(random.pick(crashes)),
    restarts: () => {
      a.crash(random.pick(crashes));
      sim.run(1_500 * random.next());
      a.start();
    },
    returns: () => {
      for (const server of sim.servers) if (!server.node) server.start();
    },
    stops: () => a.stop(),
    adds: () => {
      if (sim.servers.length < mostServers) sim.add({ nat: random.chance(0.3) }).connect(a);
    },
    connects: () => a.connect(b),
    pauses: () => sim.pause(a, random.pick([120, 900, 3_500, 8_000])),
    jumps: () => {
      a.wallOffsetMs += random.pick([-60_000, 1_000, 3.6e6]);
    },
  };
  const what = random.pick(Object.keys(faults));
  sim.fault(what, `${a.name} ${b.name}`);
  faults[what]?.();
}
