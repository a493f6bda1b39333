/** Clocks, pauses, other versions, and servers that mean harm. */
import { Chatter } from '../chatter.js';
import { converge, heal } from '../converge.js';
import { abilities, encodeRaw, peerProtocolVersion } from '../core.js';
import { Hostile } from '../hostile.js';
import { buildAny } from '../shapes.js';
import type { Simulation } from '../simulation.js';
import type { Scenario } from './scenario.js';

export const clockJumps: Scenario = {
  about: 'the servers’ clocks differ, and jump',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    for (const server of servers) server.wallOffsetMs = (random.next() - 0.5) * 4e6;
    const chatter = new Chatter(sim);
    for (let round = 0; round < 5; round++) {
      chatter.run(3_000);
      random.pick(servers).wallOffsetMs += random.pick([-3.6e6, -500, 500, 3.6e6, 1e12]);
    }
    heal(sim);
    converge(sim);
  },
};

export const longPauses: Scenario = {
  about: 'event loops stand still, for up to far longer than a link may be silent',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(5_000);
    for (let round = 0; round < 5; round++) {
      sim.pause(random.pick(servers), random.pick([150, 1_200, 2_900, 4_000, 15_000]));
      chatter.run(random.below(6_000));
    }
    chatter.run(15_000);
    heal(sim);
    converge(sim);
  },
};

export const hostileServers: Scenario = {
  about: 'servers of another make say what they must not, to whoever talks to them',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim, 3, 6);
    const chatter = new Chatter(sim);
    chatter.run(4_000);
    // A core that believes forged frames is lost, and says so itself.
    if (!abilities.signsAdverts) {
      heal(sim);
      converge(sim);
      return;
    }
    const hostiles = [1, 2].map(() => new Hostile(sim, peerProtocolVersion));
    // Servers are trusted to pass on what they get. [PEERING 9]
    sim.excusesLoss = true;
    for (let round = 0; round < 60; round++) {
      for (const hostile of hostiles) {
        if (random.chance(0.3)) hostile.dial(random.pick(servers));
        hostile.act();
      }
      chatter.run(random.below(400));
    }
    for (const hostile of hostiles) hostile.leave();
    chatter.run(2_000);
    sim.excusesLoss = false;
    chatter.run(10_000);
    heal(sim);
    converge(sim);
  },
};

export const mixedVersions: Scenario = {
  about: 'a server of another protocol version tries to take part, and is refused',
  run(sim) {
    const { random } = sim;
    const servers = buildAny(sim);
    const chatter = new Chatter(sim);
    chatter.run(4_000);
    const strangers = [peerProtocolVersion + 1, peerProtocolVersion + 9].map((protocol) => {
      const stranger = sim.add({ protocol });
      stranger.connect(random.pick(servers));
      random.pick(servers).connect(stranger);
      return stranger;
    });
    for (let i = 0; i < 20; i++) {
      sayOptional(sim);
      chatter.run(400);
    }
    for (const stranger of strangers) {
      stranger.crash('killed');
      stranger.protocol = peerProtocolVersion;
    }
    chatter.run(2_000);
    heal(sim);
    converge(sim);
  },
};

/** A newer server with the same protocol says things that older ones need not know. */
function sayOptional(sim: Simulation): void {
  const { optionalTypesFrom } = abilities;
  if (optionalTypesFrom === undefined) return;
  for (const { connections } of sim.nodes) {
    for (const connection of connections.values()) {
      const type = optionalTypesFrom + sim.random.below(256 - optionalTypesFrom);
      if (connection.isUp) connection.send(encodeRaw(type, sim.random.bytes(20)), 'control');
    }
  }
}
