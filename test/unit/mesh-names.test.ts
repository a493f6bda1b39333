import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { checkUserName, normalForm } from '../../lib/wire/names.js';
import { NameNetwork, type NameServer, threeNameServers } from '../helpers/name-network.js';
import { forSeeds } from '../helpers/random.js';
import { shuffled } from '../helpers/random-graph.js';

describe('a name in the network of servers', () => {
  it('is granted by its keeper when nobody has it', () => {
    const { network, a, b, c } = threeNameServers();
    for (const keeper of [a, b, c]) {
      const name = network.nameKeptBy(keeper);
      const outcome = a.claim(name);
      expect(outcome.granted).to.deep.equal([]);
      network.deliver();
      expect(outcome.granted).to.deep.equal([true]);
      expect(keeper.names.whereIs(name)).to.equal(a.node);
    }
  });

  it('is claimed, found and released however long its normal form is', () => {
    const { network, a, b } = threeNameServers();
    // NFKC makes 18 characters of each of these.
    const typed = checkUserName('\ufdfa'.repeat(limits.userNameCharacters));
    const name = normalForm(typed);
    const first = a.claim(name);
    network.deliver();
    const second = b.claim(name);
    b.users.add(typed);
    network.deliver();
    expect([first.granted, second.granted]).to.deep.equal([[true], [false]]);
    a.names.release(name);
    network.deliver();
    b.claim(name);
    const outcomes = a.send(typed, 'hi');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
  });

  it('is granted on a server on its own', () => {
    const network = new NameNetwork(1);
    const [alone] = network.servers;
    const outcome = alone?.claim('ann');
    network.deliver();
    expect(outcome?.granted).to.deep.equal([true]);
  });

  it('is refused to a newcomer on another server, even if he says that he had it earlier', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name, 100);
    network.deliver();
    const later = b.claim(name, 50);
    network.deliver();
    expect(later.granted).to.deep.equal([false]);
    network.run(2 * limits.namesAgainMs);
    expect([a.lost, b.lost]).to.deep.equal([[], []]);
    expect(c.names.whereIs(name)).to.equal(a.node);
  });

  it('goes to one of two who claim it at the same moment', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    const outcomes = [a.claim(name), b.claim(name)];
    network.deliver();
    expect(outcomes.map(({ granted }) => granted)).to.deep.equal([[true], [false]]);
  });

  it('can be claimed again after it was released, and only by its holder is it released', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name);
    network.deliver();
    b.names.release(name);
    c.take({ type: 'release', name, sinceMs: network.nowMs }, b.node);
    const refused = b.claim(name);
    network.deliver();
    expect(refused.granted).to.deep.equal([false]);
    a.names.release(name);
    network.deliver();
    const granted = b.claim(name);
    network.deliver();
    expect(granted.granted).to.deep.equal([true]);
  });

  it('that is released before the claim was answered is free all the same', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name);
    a.names.release(name);
    network.deliver();
    expect(c.names.whereIs(name)).to.equal(undefined);
    const outcome = b.claim(name);
    network.deliver();
    expect(outcome.granted).to.deep.equal([true]);
  });

  it('is written down for each server up to its share, and for others all the same', () => {
    const { servers } = new NameNetwork(3);
    const [keeper, greedy, other] = servers;
    if (!keeper || !greedy || !other) throw new Error('there are three');
    const claim = (name: string, { node }: NameServer) =>
      keeper.names.receiveClaim({ type: 'claim', request: 1, fresh: true, claims: [[name, 1]] }, node, 0);
    for (let i = 0; i <= limits.namesPerServer; i++) claim(`name${i}`, greedy);
    claim('ann', other);
    const whereAre = (...names: readonly string[]) => names.map((name) => keeper.names.whereIs(name));
    const last = limits.namesPerServer;
    expect(whereAre('name0', `name${last - 1}`, `name${last}`, 'ann')).to.deep.equal([
      greedy.node,
      greedy.node,
      undefined,
      other.node,
    ]);
    keeper.names.receiveRelease('name0', 1, greedy.node);
    claim(`name${last}`, greedy);
    expect(whereAre('name0', `name${last}`)).to.deep.equal([undefined, greedy.node]);
  });

  it('is free when its holder’s server is out of reach', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c, [b, c]);
    a.claim(name);
    network.run(50);
    network.join([b, c], [a]);
    const outcome = b.claim(name);
    network.deliver();
    expect(outcome.granted).to.deep.equal([true]);
  });

  describe('whose keeper does not answer', () => {
    it('is claimed again, and granted after a while', () => {
      const { network, a, c } = threeNameServers();
      const name = network.nameKeptBy(c);
      network.loses = () => true;
      const outcome = a.claim(name);
      network.run(limits.claimMs - 50);
      expect(outcome.granted).to.deep.equal([]);
      expect(network.sent.length).to.be.within(3, 4);
      network.run(100);
      expect(outcome.granted).to.deep.equal([true]);
      network.loses = () => false;
      network.run(4 * limits.claimAgainMs);
      expect(c.names.whereIs(name)).to.equal(a.node);
      expect(outcome.granted).to.deep.equal([true]);
    });

    it('is not written down for one who has gone by the time that it is granted', () => {
      const { network, a, b, c } = threeNameServers();
      const name = network.nameKeptBy(c);
      network.loses = () => true;
      a.names.claim(name, 0, network.nowMs, () => a.names.release(name));
      network.run(limits.claimMs - 50);
      network.loses = () => false;
      network.join([a, b]);
      network.run(2 * limits.claimMs);
      expect([a, b].map(({ names }) => names.whereIs(name))).to.deep.equal([undefined, undefined]);
    });

    it('is taken away again if somebody else turns out to have it', () => {
      const { network, a, b, c } = threeNameServers();
      const name = network.nameKeptBy(c);
      a.claim(name, 100);
      network.deliver();
      network.loses = () => true;
      const outcome = b.claim(name, 200);
      network.run(limits.claimMs + 100);
      expect(outcome.granted).to.deep.equal([true]);
      network.loses = () => false;
      network.run(4 * limits.claimAgainMs);
      expect([a.lost, b.lost]).to.deep.equal([[], [name]]);
      expect(c.names.whereIs(name)).to.equal(a.node);
    });
  });

  describe('when servers come and go', () => {
    it('moves to its new keeper, who refuses it to others', () => {
      const { network, a, b, c } = threeNameServers();
      network.join([a, b], [c]);
      const name = network.nameKeptBy(c);
      a.claim(name);
      network.deliver();
      network.join([a, b, c]);
      network.run(50);
      expect(c.names.whereIs(name)).to.equal(a.node);
      const outcome = b.claim(name);
      network.deliver();
      expect(outcome.granted).to.deep.equal([false]);
      expect(a.lost).to.deep.equal([]);
    });

    it('is found with the next keeper when its keeper dies', () => {
      const { network, a, b, c } = threeNameServers();
      const name = network.nameKeptBy(c);
      a.claim(name);
      network.deliver();
      network.join([a, b]);
      network.run(50);
      const outcome = b.claim(name);
      network.deliver();
      expect(outcome.granted).to.deep.equal([false]);
    });

    for (const [sinceA, sinceB, loser] of [
      [100, 200, 'b'],
      [200, 100, 'a'],
      [100, 100, 'b'],
    ] as const) {
      it(`that both islands gave is left with the earlier one: ${loser} loses ${sinceA} against ${sinceB}`, () => {
        for (const order of ['as sent', 'turned round']) {
          const { network, a, b, c } = threeNameServers();
          network.join([a], [b], [c]);
          const name = network.nameKeptBy(c);
          const outcomes = [a.claim(name, sinceA), b.claim(name, sinceB)];
          network.deliver();
          expect(outcomes.map(({ granted }) => granted)).to.deep.equal([[true], [true]]);
          network.join([a, b, c]);
          for (const { names } of order === 'as sent' ? [a, b, c] : [c, b, a]) names.tick(network.nowMs);
          network.deliver();
          expect([a.lost, b.lost], order).to.deep.equal(loser === 'a' ? [[name], []] : [[], [name]]);
          network.run(2 * limits.namesAgainMs);
          expect([...a.lost, ...b.lost]).to.have.length(1);
        }
      });
    }

    it('is free for others when it is released while it moves to another keeper', () => {
      const { network, a, b, c } = threeNameServers();
      network.join([a, b], [c]);
      const name = network.nameKeptBy(c);
      a.claim(name);
      network.deliver();
      network.join([a, b, c]);
      a.names.tick(50);
      // The claim is on its way to the new keeper.
      a.names.release(name);
      network.deliver();
      const outcome = b.claim(name);
      network.deliver();
      expect(outcome.granted).to.deep.equal([true]);
    });

    it('is free for others when it was released after it had moved, and its first keeper keeps it once more', () => {
      const { network, a, b, c } = threeNameServers();
      network.join([a, b], [c]);
      const name = network.nameKeptBy(c);
      b.claim(name);
      network.deliver();
      network.join([a, b, c]);
      network.run(100);
      b.names.release(name);
      network.deliver();
      network.join([a, b], [c]);
      const outcome = a.claim(name);
      network.deliver();
      expect(outcome.granted).to.deep.equal([true]);
    });
  });

  it('is free for others when its release comes to the keeper before its claim; that is answered once', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name);
    a.names.release(name);
    network.inPost.reverse();
    network.deliver();
    expect(network.sent).to.deep.equal(['claim', 'release', 'claimed', 'release']);
    expect(c.names.whereIs(name)).to.equal(undefined);
    const outcome = b.claim(name);
    network.deliver();
    expect(outcome.granted).to.deep.equal([true]);
  });

  it('stays with its holder who gave it up and claimed it anew, in whatever order that comes to the keeper', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      const { network, a, b, c } = threeNameServers();
      const name = network.nameKeptBy(c);
      a.claim(name, 100);
      a.names.release(name);
      const anew = a.claim(name, 200);
      const letters = network.inPost.splice(0);
      network.inPost.push(...order.flatMap((i) => letters[i] ?? []));
      network.deliver();
      const other = b.claim(name);
      network.deliver();
      expect([anew.granted, other.granted], `${order}`).to.deep.equal([[true], [false]]);
      a.names.release(name);
      network.deliver();
      expect(c.names.whereIs(name), `${order}`).to.equal(undefined);
    }
  });

  it('becomes free after a while although the word of its release was lost', () => {
    const { network, a, b, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name);
    network.deliver();
    network.loses = () => true;
    a.names.release(name);
    network.deliver();
    network.loses = () => false;
    network.run(5 * limits.namesAgainMs);
    const outcome = b.claim(name);
    network.deliver();
    expect(outcome.granted).to.deep.equal([true]);
  });

  it('is not given up for a contest about an earlier claim', () => {
    const { a, network, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name, 100);
    network.deliver();
    a.take({ type: 'contest', name, sinceMs: 99 }, c.node);
    a.take({ type: 'contest', name: 'another', sinceMs: 100 }, c.node);
    expect(a.lost).to.deep.equal([]);
    a.take({ type: 'contest', name, sinceMs: 100 }, c.node);
    a.take({ type: 'contest', name, sinceMs: 100 }, c.node);
    expect(a.lost).to.deep.equal([name]);
  });

  it('is written down anew now and then, should its keeper have lost it', () => {
    const { network, a, c } = threeNameServers();
    const name = network.nameKeptBy(c);
    a.claim(name);
    network.deliver();
    c.names.forgetNode(a.node);
    expect(c.names.whereIs(name)).to.equal(undefined);
    network.run(limits.namesAgainMs + 100);
    expect(c.names.whereIs(name)).to.equal(a.node);
  });

  it('and many others move in few frames, none of which has too many', () => {
    const { network, a, b, c } = threeNameServers();
    network.join([a, b], [c]);
    const count = 5 * limits.namesPerClaim;
    for (let i = 0; i < count; i++) a.claim(`n${i}`);
    network.deliver();
    network.sent.length = 0;
    network.join([a, b, c]);
    network.run(1000);
    const claims = network.sent.filter((type) => type === 'claim').length;
    expect(claims).to.be.within(1, 5);
    const places = Array.from({ length: count }, (_, i) => {
      const keeper = network.servers.find(({ node }) => node === a.names.keeperOf(`n${i}`));
      return keeper?.names.whereIs(`n${i}`);
    });
    expect(new Set(places)).to.deep.equal(new Set([a.node]));
    expect(a.lost).to.deep.equal([]);
  });

  it('has at most one holder when the network is whole again, whatever came and went', () => {
    forSeeds(60, (random) => {
      const network = new NameNetwork(5);
      const holders = new Map(network.servers.map((server) => [server, new Set<string>()]));
      network.loses = () => random.chance(0.05);
      for (let step = 0; step < 60; step++) {
        const [server, name] = [random.pick(network.servers), random.pick(['x', 'y', 'z'])];
        const held = holders.get(server);
        if (random.chance(0.1)) {
          const cut = 1 + random.below(4);
          const mixed = shuffled(random, network.servers);
          network.join(mixed.slice(0, cut), mixed.slice(cut));
        } else if (held?.has(name)) {
          held.delete(name);
          server.names.release(name);
        } else {
          held?.add(name);
          const isTold = (granted: boolean): unknown => granted || held?.delete(name);
          server.names.claim(name, network.nowMs, network.nowMs, isTold);
        }
        network.run(random.pick([50, 100, 2000]));
        for (const [{ lost }, names] of holders) for (const gone of lost.splice(0)) names.delete(gone);
      }
      network.loses = () => false;
      network.join(network.servers);
      network.run(2 * limits.namesAgainMs);
      for (const [{ lost }, names] of holders) for (const gone of lost.splice(0)) names.delete(gone);
      for (const name of ['x', 'y', 'z'])
        expect([...holders.values()].filter((names) => names.has(name)).length, name).to.be.at.most(1);
    });
  });
});
