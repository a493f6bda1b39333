/** Links that break, stall, flap, carry one way only, or are made twice. */
import { Chatter } from '../chatter.js';
import { converge, heal } from '../converge.js';
import { firstHop } from '../core.js';
import { farAway } from '../internet.js';
import { build, buildAny } from '../shapes.js';
import type { SimServer } from '../sim-server.js';
import type { Simulation } from '../simulation.js';
import type { Scenario } from './scenario.js';

/** Two different servers. */
export function twoOf(sim: Simulation, servers: readonly SimServer[]): [SimServer, SimServer] {
  const a = sim.random.pick(servers);
  return [a, sim.random.pick(servers.filter((server) => server !== a))];
}

export const cutAndHeal: Scenario = {
  about: 'the network is cut in two, for less or longer than it takes to be noticed, and healed',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 4, 8);
    const chatter = new Chatter(sim);
    chatter.run(8_000);
    for (let round = 0; round < 2; round++) {
      const isLeft = servers.map(() => random.chance(0.5));
      const isReset = random.chance(0.5);
      eachPair(servers, (a, b, i, j) => {
        if (isLeft[i] === isLeft[j]) return;
        sim.internet.block(a, b, true);
        sim.internet.block(b, a, true);
        if (isReset) sim.internet.cut(a, b);
      });
      chatter.run(random.pick([300, 1_500, 5_000, 14_000]) * (0.5 + random.next()));
      sim.internet.unblockAll();
      chatter.run(random.below(6_000));
    }
    heal(sim);
    converge(sim);
  },
};

export const asymmetric: Scenario = {
  about: 'between some servers what is sent gets through one way only',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(6_000);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2; i++) sim.internet.block(...twoOf(sim, servers), true);
      chatter.run(random.pick([500, 3_500, 8_000]) * (0.5 + random.next()));
      if (random.chance(0.5)) sim.internet.unblockAll();
    }
    heal(sim);
    converge(sim);
  },
};

export const flapping: Scenario = {
  about: 'one link breaks again and again',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(5_000);
    const [a, b] = twoOf(sim, servers);
    a.connect(b);
    for (let round = 0; round < 30; round++) {
      chatter.run(50 + random.below(1_200));
      sim.internet.cut(a, b);
      if (random.chance(0.5)) a.connect(b);
    }
    heal(sim);
    converge(sim);
  },
};

export const silentInTurn: Scenario = {
  about:
    'the ways between two servers go silent one after the other, but for one that is in order all the time',
  run(sim) {
    const { random } = sim;
    sim.discovers = false;
    const [a, b] = [sim.add(), sim.add()];
    const middles = Array.from({ length: 3 + random.below(2) }, () => {
      const middle = sim.add();
      for (const end of [a, b]) random.chance(0.5) ? middle.connect(end) : end.connect(middle);
      return middle;
    });
    const chatter = new Chatter(sim, { channels: ['lobby'], perSecond: 30, restless: 0.05, longest: 300 });
    chatter.run(3_000);
    chatter.gather('lobby');
    chatter.run(4_000);
    for (let round = 0; round < 3; round++) {
      const left = new Set(middles);
      while (left.size > 1) {
        // Usually the way that is in use now, by which all repair goes too.
        const used = [...left].find(({ running }) => running.id === firstHop(a.running.mesh, b.running.id));
        const middle = used && random.chance(0.8) ? used : random.pick([...left]);
        left.delete(middle);
        if (random.chance(0.5)) sim.internet.block(a, middle, true);
        else sim.internet.block(middle, b, true);
        chatter.run(random.pick([100, 3_200]) * random.next());
      }
      chatter.run(12_000);
      sim.internet.unblockAll();
      chatter.run(6_000);
    }
    heal(sim);
    converge(sim);
  },
};

export const stalledReader: Scenario = {
  about: 'a server takes nothing more from its links, while much is said',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 4, 6);
    const chatter = new Chatter(sim, { channels: ['lobby'], perSecond: 100, restless: 0.05, longest: 4_000 });
    chatter.run(5_000);
    for (let round = 0; round < 3; round++) {
      const reader = random.pick(servers);
      sim.fault('reads no more', reader.name);
      for (const other of servers) if (other !== reader) sim.internet.block(other, reader, true);
      chatter.run(random.pick([800, 2_500, 6_000]));
      for (const other of servers) if (other !== reader) sim.internet.block(other, reader, false);
      chatter.run(2_000);
    }
    heal(sim);
    converge(sim);
  },
};

export const frozenLinks: Scenario = {
  about: 'connections go dead without a word, while new ones can be made',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(5_000);
    for (let round = 0; round < 4; round++) {
      sim.internet.freeze(...twoOf(sim, servers));
      chatter.run(1_000 + random.below(6_000));
    }
    heal(sim);
    converge(sim);
  },
};

/** Time for two dials and what follows them, over the longest ways. */
const settledMs = 1_000;

/** One of the two dials makes a link, and no further dial is to be made. */
function expectLink(sim: Simulation, a: SimServer, b: SimServer): void {
  const isThere = [...sim.reach.neighboursOf(a.running)].includes(b.running);
  sim.expect('one-link', isThere, () => `${a.name} and ${b.name} dialled one another, and have no link`);
}

export const simultaneousDials: Scenario = {
  about: 'servers dial one another in the same moment, again and again',
  run(sim) {
    const { random } = sim;
    if (random.chance(0.5)) sim.distances = farAway;
    sim.discovers = random.chance(0.5);
    const servers = build(sim, 3 + random.below(4), 'line');
    const chatter = new Chatter(sim);
    eachPair(servers, (a, b) => {
      a.connect(b);
      if (random.chance(0.3)) sim.run(100 * random.next());
      b.connect(a);
    });
    sim.run(settledMs);
    eachPair(servers, (a, b) => expectLink(sim, a, b));
    chatter.run(5_000);
    for (let round = 0; round < 5; round++) {
      const [a, b] = twoOf(sim, servers);
      sim.internet.cut(a, b);
      sim.run(200 * random.next());
      a.connect(b);
      if (random.chance(0.3)) sim.run(50 * random.next());
      b.connect(a);
      sim.run(settledMs);
      expectLink(sim, a, b);
      chatter.run(random.below(3_000));
    }
    heal(sim);
    converge(sim);
  },
};

export const narrowLinks: Scenario = {
  about: 'links carry less than is said, for a while',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 3, 5);
    const chatter = new Chatter(sim, {
      channels: ['lobby', 'tea'],
      perSecond: 60,
      restless: 0.1,
      longest: 4_000,
    });
    chatter.run(4_000);
    sim.excusesLoss = true;
    eachPair(servers, (a, b) => {
      if (random.chance(0.5)) return;
      for (const lane of [sim.internet.lane(a, b), sim.internet.lane(b, a)])
        lane.bytesPerMs = 20 + random.below(60);
      sim.touched(a);
    });
    chatter.run(15_000);
    eachPair(servers, (a, b) => {
      for (const lane of [sim.internet.lane(a, b), sim.internet.lane(b, a)]) lane.bytesPerMs = 100_000;
      sim.touched(a);
    });
    // What the links had taken before still goes out at the old rate, and then what waited behind it.
    do chatter.run(1_000);
    while (sim.reach.lateAtMs() > sim.clock.nowMs - 1_000);
    sim.excusesLoss = false;
    chatter.run(10_000);
    heal(sim);
    converge(sim);
  },
};

export function eachPair(
  servers: readonly SimServer[],
  task: (a: SimServer, b: SimServer, i: number, j: number) => void,
): void {
  for (const [i, a] of servers.entries()) for (const [j, b] of servers.entries()) if (i < j) task(a, b, i, j);
}
