/** Servers and users that come: behind NAT, from another island, into many channels, while others come too. */
import { Chatter } from '../chatter.js';
import { converge, heal } from '../converge.js';
import { farAway } from '../internet.js';
import { build, buildAny } from '../shapes.js';
import type { Simulation } from '../simulation.js';
import type { Scenario } from './scenario.js';

export const behindNat: Scenario = {
  about: 'some servers can dial and not be dialled',
  run(sim) {
    const { random } = sim;
    const servers = build(sim, 2 + random.below(3), 'line');
    for (let i = 0; i < 3; i++) sim.add({ nat: true }).connect(random.pick(servers));
    const chatter = new Chatter(sim);
    chatter.run(8_000);
    random.pick(servers).crash('silent');
    chatter.run(10_000);
    heal(sim);
    converge(sim);
  },
};

export const twoIslands: Scenario = {
  about: 'two networks that know nothing of each other are joined by one `connect`',
  run(sim) {
    const { random } = sim;
    sim.discovers = random.chance(0.7);
    const one = build(sim, 2 + random.below(4), 'ring');
    const two = build(sim, 2 + random.below(4), 'web');
    const chatter = new Chatter(sim);
    chatter.run(8_000);
    random.pick(one).connect(random.pick(two));
    chatter.run(6_000);
    heal(sim);
    converge(sim);
  },
};

export const restlessInterest: Scenario = {
  about: 'users come and go all the time while the ways change',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 4, 7);
    const chatter = new Chatter(sim, {
      channels: ['a', 'b', 'c', 'd', 'e'],
      perSecond: 60,
      restless: 0.7,
      longest: 20,
    });
    chatter.run(5_000);
    for (let round = 0; round < 6; round++) {
      const server = random.pick(servers);
      const other = random.pick(servers.filter((one) => one !== server));
      sim.internet.cut(server, other);
      chatter.run(random.below(2_500));
      server.connect(other);
      chatter.run(random.below(2_500));
    }
    heal(sim);
    converge(sim);
  },
};

export const joinDuringSync: Scenario = {
  about: 'users join a channel while servers still learn who is in it, on slow links',
  run(sim) {
    const { random } = sim;
    sim.distances = farAway;
    sim.discovers = random.chance(0.5);
    const servers = build(sim, 3 + random.below(4), random.pick(['line', 'star', 'ring']));
    const chatter = new Chatter(sim);
    for (let round = 0; round < 6; round++) {
      const newcomer = sim.add();
      newcomer.connect(random.pick(servers));
      for (let i = 0; i < 12; i++) {
        const node = random.chance(0.5) ? newcomer.running : random.pick(servers).running;
        node.users.enter(chatter.name(node), 'lobby');
        chatter.deed();
        sim.run(150 * random.next());
      }
    }
    chatter.run(4_000);
    heal(sim);
    converge(sim);
  },
};

export const sameNames: Scenario = {
  about: 'users claim the same names on several servers, while the network is whole and while it is not',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 3, 6);
    sim.run(4_000);
    const names = ['ann', 'bob', 'cleo', 'dora'];
    const enterSome = (): void => {
      for (let i = 0; i < 12; i++) {
        random.pick(sim.nodes).users.enter(random.pick(names), random.pick(['lobby', 'tea']));
        sim.run(random.pick([0, 5, 400]));
      }
    };
    enterSome();
    for (const server of servers)
      for (const other of servers)
        if (server !== other && random.chance(0.3)) sim.internet.block(server, other, true);
    sim.run(12_000);
    enterSome();
    heal(sim);
    converge(sim);
  },
};

export const manyChannels: Scenario = {
  about: 'a server with 100,000 channels meets another one, and links that are slow',
  run(sim) {
    crowd(sim, 100_000);
  },
};

/** The same with less load, for every day. */
export const severalChannels: Scenario = {
  about: 'a server with 3,000 channels meets others',
  run(sim) {
    crowd(sim, 3_000);
  },
};

function crowd(sim: Simulation, channels: number): void {
  const { random } = sim;
  sim.discovers = false;
  sim.distances = { delayMs: [5, 40], jitterMs: [0, 5], bytesPerMs: 2_000 };
  const [big, ...others] = build(sim, 3, 'line');
  if (!big) return;
  const chatter = new Chatter(sim, {
    channels: ['c1', 'c2', 'c3', 'lobby'],
    perSecond: 10,
    restless: 0.2,
    longest: 50,
  });
  const perUser = Math.max(50, channels / 100);
  for (let i = 0; i < channels; i += perUser) {
    const user = big.running.users.enter(`u${i}`, `c${i}`);
    for (let j = 1; user && j < perUser; j++) big.running.users.join(user, `c${i + j}`);
    if (i % (20 * perUser) === 0) chatter.run(500);
  }
  chatter.run(5_000);
  const newcomer = sim.add();
  newcomer.connect(random.pick(others));
  chatter.run(3_000);
  others[0]?.crash('killed');
  chatter.run(3_000);
  heal(sim);
  converge(sim);
}

export const newcomersSpeak: Scenario = {
  about: 'who has just joined says something at once, and all who were there before hear it',
  run(sim) {
    const { random } = sim;
    // The servers are so far apart that a join does not wait until all have answered.
    sim.distances = { delayMs: [300, 700], jitterMs: [0, 50], bytesPerMs: 10_000 };
    sim.discovers = false;
    const servers = build(sim, 3 + random.below(4), random.pick(['line', 'star', 'ring']));
    sim.run(20_000);
    const chatter = new Chatter(sim);
    for (let round = 0; round < 6; round++) {
      const channel = `room${round}`;
      const [newcomers, ...others] = servers.map(({ running }) => running);
      for (const node of others) node.users.enter(chatter.name(node), channel);
      sim.run(10_000);
      if (!newcomers) break;
      const newcomer = newcomers.users.enter(chatter.name(newcomers), channel);
      for (let ms = 0; ms < 2_000 && !newcomer?.channels.has(channel); ms++) sim.run(1);
      if (!newcomer?.channels.has(channel)) continue;
      const ids = [1, 2, 3].map(() => newcomers.users.say(newcomer, channel));
      sim.run(10_000);
      for (const id of ids) {
        const receivers = sim.truth.said.get(id)?.receivers;
        for (const node of others)
          sim.expect(
            'probes',
            receivers?.has(node) === true,
            () => `${id} in ${channel} did not come to ${node.name}`,
          );
      }
    }
  },
};
