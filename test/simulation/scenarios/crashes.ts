/** Servers that end without a word, and come back. */
import { Chatter } from '../chatter.js';
import { converge, heal } from '../converge.js';
import { build, buildAny } from '../shapes.js';
import { crashes } from '../sim-server.js';
import type { Simulation } from '../simulation.js';
import type { Scenario } from './scenario.js';

/** How long a burst of messages is on its way, link by link. */
const burst = 20;

export const relayCrash: Scenario = {
  about: 'a server in the middle crashes while messages cross it, and there are other ways',
  run(sim) {
    const { random } = sim;
    sim.discovers = random.chance(0.3);
    const servers = build(sim, 4 + random.below(5), random.pick(['ring', 'web', 'full']));
    const chatter = new Chatter(sim);
    chatter.run(6_000);
    chatter.gather('lobby');
    sim.run(4_000);
    for (let round = 0; round < 3; round++) {
      sayBurst(sim, 'lobby');
      sim.run(10 * random.next());
      const relay = random.pick(servers);
      relay.crash(random.pick(crashes));
      chatter.run(1_000 + random.below(8_000));
      if (!relay.node) relay.start();
      chatter.run(3_000);
    }
    heal(sim);
    converge(sim);
  },
};

export const originCrash: Scenario = {
  about: 'a server crashes when only some of its links have taken what it said',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 4, 8);
    const chatter = new Chatter(sim);
    chatter.run(8_000);
    const origin = random.pick(servers);
    for (const other of servers)
      if (other !== origin && random.chance(0.5)) sim.internet.block(origin, other, true);
    const speaker = origin.running.users.enter(chatter.name(origin.running), 'lobby');
    sim.run(1_500 * random.next());
    for (let i = 0; i < burst; i++)
      if (speaker?.channels.has('lobby')) origin.running.users.say(speaker, 'lobby');
    sim.run(3 * random.next());
    origin.crash(random.pick(crashes));
    chatter.run(2_000 + random.below(12_000));
    heal(sim, { restart: random.chance(0.5) });
    converge(sim);
  },
};

export const quickRestart: Scenario = {
  about: 'a server is there again, at its address, within a second',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(6_000);
    for (let round = 0; round < 4; round++) {
      const server = random.pick(servers);
      server.crash(random.pick(crashes));
      sim.run(1_000 * random.next());
      server.start();
      chatter.run(random.below(5_000));
    }
    heal(sim);
    converge(sim);
  },
};

export const goodbyes: Scenario = {
  about: 'servers shut down in order, and others are started',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 4, 7);
    const chatter = new Chatter(sim);
    chatter.run(6_000);
    for (let round = 0; round < 3; round++) {
      random.pick(servers).stop();
      chatter.run(500 + random.below(4_000));
      const [first] = sim.running;
      if (first && random.chance(0.7)) sim.add().connect(first);
      chatter.run(random.below(4_000));
    }
    heal(sim, { restart: random.chance(0.5) });
    converge(sim);
  },
};

function sayBurst(sim: Simulation, channel: string): void {
  for (const { users } of sim.nodes) {
    const [speaker] = users.membersOf(channel);
    for (let i = 0; speaker && i < burst; i++) users.say(speaker, channel, sim.random.below(2_000));
  }
}
