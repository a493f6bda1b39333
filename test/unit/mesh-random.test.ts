import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { TestNetwork, type TestNode } from '../helpers/mesh-network.js';
import { forSeeds, type Random } from '../helpers/random.js';

const channels = ['lobby', 'tea'];

/** The users of one server: what they do, and what they must know from what they were told. */
class Users {
  readonly members = new Map<string, Set<string>>(channels.map((channel) => [channel, new Set()]));
  #said = 0;
  #named = 0;

  constructor(readonly node: TestNode) {}

  act(random: Random): void {
    const channel = random.pick(channels);
    const members = this.members.get(channel) ?? new Set();
    const somebody = members.size > 0 ? random.pick([...members]) : undefined;
    const deed = random.below(6);
    if (somebody === undefined || deed === 0) {
      const name = `${this.node.name}_${this.#named++}`;
      members.add(name);
      this.node.join(channel, name);
    } else if (deed === 1) {
      members.delete(somebody);
      this.node.leave(channel, somebody);
    } else {
      this.node.say(channel, somebody, `${this.node.id}:${this.#said++}`);
    }
  }

  /** From now on nobody leaves, and somebody is in every channel, so as to be told of the others. */
  settle(): void {
    for (const [channel, members] of this.members) {
      if (members.size > 0) continue;
      const name = `${this.node.name}_${this.#named++}`;
      members.add(name);
      this.node.join(channel, name);
    }
  }

  expectOrderAndNoDuplicates(): void {
    const last = new Map<string, number>();
    for (const event of this.node.delivered) {
      if (event.type !== 'msg') continue;
      const [, number] = event.text.split(':');
      const key = `${event.from} ${event.channel}`;
      expect(Number(number), `${key} at ${this.node.name}`).to.be.greaterThan(last.get(key) ?? -1);
      last.set(key, Number(number));
    }
  }
}

describe('the mesh, whatever happens to its links and servers,', () => {
  it('delivers at most once and in order, and agrees on the members when it is whole again', () => {
    forSeeds(60, (random) => {
      const network = new TestNetwork();
      network.canDial = false;
      const users: Users[] = [];
      const addServer = (): void => {
        const name = `s${network.nodes.length}`;
        const users1 = new Users(network.add(name));
        const [other] = users.filter(({ node }) => node.alive);
        users.push(users1);
        if (other) network.link(users1.node, other.node, 1 + random.below(8));
      };
      const twoServers = (): [TestNode, TestNode] | undefined => {
        const alive = users.filter(({ node }) => node.alive).map(({ node }) => node);
        const [a, b] = [random.pick(alive), random.pick(alive)];
        return a === b ? undefined : [a, b];
      };
      for (let i = 0; i < 4; i++) addServer();
      for (let step = 0; step < 150; step++) {
        const pair = twoServers();
        if (random.chance(0.04) && pair) network.cut(...pair);
        else if (random.chance(0.05) && pair) network.link(...pair, 1 + random.below(8));
        else if (random.chance(0.02) && pair) network.kill(pair[0]);
        else if (random.chance(0.01)) addServer();
        else random.pick(users.filter(({ node }) => node.alive)).act(random);
        if (random.chance(0.6)) network.run(1 + random.below(20));
        if (random.chance(0.01)) network.run(limits.lostAfterMs);
      }

      const alive = users.filter(({ node }) => node.alive);
      for (const [i, { node }] of alive.entries()) {
        const next = alive[i + 1];
        if (next) network.link(node, next.node);
      }
      network.run(2000);
      for (const one of alive) one.settle();
      network.run(limits.lostAfterMs + 2000);

      for (const one of alive) {
        one.expectOrderAndNoDuplicates();
        for (const channel of channels) {
          const others = alive.filter((other) => other !== one);
          const truth = others.flatMap((other) => [...(other.members.get(channel) ?? [])]).sort();
          expect(one.node.members(channel).join(' '), `${channel} at ${one.node.name}`).to.equal(
            truth.join(' '),
          );
        }
      }
      const before = alive.map(({ node }) => node.heard.length);
      for (const { node, members } of alive) {
        for (const [name = ''] of [[...(members.get('lobby') ?? [])]])
          node.say('lobby', name, `${node.id}:999999`);
      }
      network.run(200);
      expect(alive.map(({ node }, i) => node.heard.length - (before[i] ?? 0))).to.deep.equal(
        alive.map(() => alive.length - 1),
      );
    });
  }).timeout(60_000);
});
