import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { encodePeerFrame, type PeerFrame, type VersionRow } from '../../lib/wire/peer-frame.js';
import { networkOf, type TestNetwork, type TestNode, threeNodes } from '../helpers/mesh-network.js';
import { forSeeds } from '../helpers/random.js';

/** Long enough for PINGs to show a difference, and for it to be repaired. */
const healMs = 2 * limits.compareMs + 2 * limits.linkPingMs + 1000;

/** The digests of every server's knowledge in its next PINGs and PONGs. */
function digests(network: TestNetwork): string[] {
  const told = new Map<TestNode, string>();
  const before = network.loses;
  network.loses = (frame, from, to) => {
    if (frame?.type === 'ping' || frame?.type === 'pong') told.set(from, `${frame.view} ${frame.interest}`);
    return before?.(frame, from, to) ?? false;
  };
  network.run(limits.linkPingMs + limits.linkIdleMs);
  network.loses = before;
  return network.nodes.filter(({ alive }) => alive).map((node) => told.get(node) ?? 'nothing');
}

/** What a server knows of all others: their links and the channels that they are interested in. */
function known({ mesh }: TestNode, network: TestNetwork): unknown {
  return network.nodes
    .filter(({ alive }) => alive)
    .map((other) => [
      other.name,
      other.mesh === mesh ? mesh.topology.own.version : mesh.topology.advertOf(other.id)?.version,
      other.mesh === mesh ? 'itself' : [...mesh.interests.channelsOf(other.id)].sort(),
    ]);
}

function count(network: TestNetwork, type: PeerFrame['type']): { frames: number } {
  const counted = { frames: 0 };
  const before = network.loses;
  network.loses = (frame, from, to) => {
    if (frame?.type === type) counted.frames++;
    return before?.(frame, from, to) ?? false;
  };
  return counted;
}

function expectAgreement(network: TestNetwork): void {
  expect(new Set(digests(network)).size).to.equal(1);
  for (const node of network.nodes) {
    if (!node.alive) continue;
    for (const other of network.nodes) {
      if (!other.alive || other === node) continue;
      expect(node.mesh.topology.advertOf(other.id)).to.deep.equal(other.mesh.topology.own);
      for (const third of network.nodes) {
        if (third === node || third === other || !third.alive) continue;
        expect([...node.mesh.interests.channelsOf(third.id)].sort()).to.deep.equal(
          [...other.mesh.interests.channelsOf(third.id)].sort(),
        );
      }
    }
  }
}

describe('what servers know of one another', () => {
  it('is the same on all of two islands that had their own histories, once they are joined', () => {
    const { network, nodes } = networkOf('ab bc de ef');
    for (const [i, node] of Object.values(nodes).entries())
      for (const channel of ['lobby', `own-${i}`, `of-island-${i % 3}`]) node.join(channel, `user${i}`);
    network.run(2000);
    const { a, b, c, d, e } = nodes;
    if (!a || !b || !c || !d || !e) throw new Error('nodes are missing');
    network.cut(a, b);
    network.run(500);
    network.link(a, b);
    network.cut(d, e);
    network.run(500);
    network.link(d, e);
    network.run(500);
    network.link(c, d);
    network.run(1000);
    expectAgreement(network);
    expect([...a.mesh.channelsElsewhere().keys()]).to.include.members(['lobby', 'own-3', 'own-5']);
  });

  for (const [what, goOn] of [
    ['other news keeps coming', (b: TestNode, _c: TestNode, i: number) => b.join(`tea${i}`, 'guest')],
    [
      'the link is never idle',
      (b: TestNode, c: TestNode, i: number) => {
        b.say('lobby', 'user-b', `${i}`);
        c.say('lobby', 'user-c', `${i}`);
      },
    ],
  ] as const) {
    it(`is made good also while ${what}`, () => {
      const { network, a, b, c } = threeNodes('ab bc');
      for (const node of [b, c]) node.join('lobby', `user-${node.name}`);
      network.run(5000);
      network.loses = (frame, from) => from === b && frame?.type === 'interest';
      a.join('lobby', 'ann');
      network.run(limits.joinBarrierMs + 500);
      network.loses = undefined;
      for (let i = 0; i < 100; i++) {
        goOn(b, c, i);
        network.run(500);
      }
      expect(c.mesh.interests.isInterested(a.id, 'lobby')).to.equal(true);
    });
  }

  it('is asked of another neighbour when the one that was asked dies, also while other news keeps coming', () => {
    const { network, nodes } = networkOf('ab ac bx cx');
    const { a, b, c, x } = nodes;
    if (!a || !b || !c || !x) throw new Error('nodes are missing');
    network.run(5000);
    let asked: TestNode | undefined;
    network.loses = (frame, from, to) => {
      if (frame?.type === 'want' && from === x) asked ??= to;
      return to === asked;
    };
    const channels = limits.pushedInterest + 1;
    for (let i = 0; i < channels; i++) a.join(`c${i}`, 'ann');
    network.run(200);
    network.loses = undefined;
    if (!asked) throw new Error('nobody was asked');
    network.kill(asked);
    const alive = asked === b ? c : b;
    for (let i = 0; i < 60; i++) {
      alive.join(`tea${i}`, 'guest');
      network.run(500);
    }
    expect([...x.mesh.interests.channelsOf(a.id)]).to.have.length(channels);
  });

  it('is told over a new link only as far as it differs', () => {
    const { network, nodes } = networkOf('ab bc cd da');
    for (const node of Object.values(nodes)) node.join('lobby', `user-${node.name}`);
    network.run(2000);
    const [wants, interests] = [count(network, 'want'), count(network, 'interest')];
    if (nodes.a && nodes.c) network.link(nodes.a, nodes.c);
    network.run(1000);
    expect([wants.frames, interests.frames]).to.deep.equal([0, 0]);
    expectAgreement(network);
  });

  for (const type of ['advert', 'interest'] as const) {
    it(`is made good by the digests of PINGs when ${type === 'advert' ? 'an advert' : 'a change of interest'} was lost`, () => {
      const { network, a, b, c } = threeNodes('ab bc');
      network.run(5000);
      network.loses = (frame, from) => from === b && frame?.type === type;
      if (type === 'interest') a.join('lobby', 'ann');
      else network.link(network.add('d'), a);
      network.run(200);
      network.loses = undefined;
      expect(known(c, network)).to.not.deep.equal(known(b, network));
      network.run(healMs);
      expectAgreement(network);
      if (type === 'interest') expect(c.mesh.interests.isInterested(a.id, 'lobby')).to.equal(true);
    });
  }

  it('begins on a new link with one advertisement of each end, also where it is too soon for a new one', () => {
    const { network, a, b, c } = threeNodes('ab c');
    const said: string[] = [];
    network.loses = (frame, from, to) => {
      if (frame && frame.type !== 'routed') said.push(`${from.name}${to.name} ${frame.type}`);
      return false;
    };
    network.link(a, c);
    const over = (way: string) => said.filter((line) => line.startsWith(way)).map((line) => line.slice(3));
    for (const way of ['ac', 'ca']) expect(over(way), way).to.deep.equal(['advert', 'versions', 'summary']);
    expect(over('ab')).to.deep.equal(['advert']);
    said.length = 0;
    // At this moment c may not yet advertise another link.
    network.run(10);
    network.link(b, c);
    expect(over('cb')).to.deep.equal(['advert', 'versions', 'summary']);
    network.run(limits.advertiseMs + limits.peerTickMs);
    expectAgreement(network);
  });

  it('is asked of one neighbour, though several tell that they have it', () => {
    const { network, nodes } = networkOf('ab ac ad bx cx dx');
    const channels = limits.pushedInterest + 1;
    const wants = count(network, 'want');
    for (let i = 0; i < channels; i++) nodes.a?.join(`c${i}`, 'ann');
    network.run(1000);
    expect([...(nodes.x?.mesh.channelsElsewhere() ?? [])]).to.have.length(channels);
    // Each tells twice: once of the interest, and once of the numbers of members.
    expect(wants.frames).to.be.at.most(2 * 4);
  });

  it('that was asked for is forgotten where a neighbour makes up more servers than there may be', () => {
    const { network, a, b } = threeNodes('ab c');
    const link = b.mesh.neighbours.links.to(a.id);
    const wants = count(network, 'want');
    const made = (i: number): VersionRow => [i.toString(16).padStart(32, '0'), 1, 1];
    const tell = (servers: readonly VersionRow[]): void => {
      if (link) network.send(b, link.id, encodePeerFrame({ type: 'versions', servers }));
      network.run(10);
    };
    tell([made(0)]);
    tell([made(0)]);
    expect(wants.frames).to.equal(1);
    tell(Array.from({ length: limits.nodes }, (_, i) => made(i + 1)));
    tell([made(0)]);
    expect(wants.frames).to.equal(3);
  });

  it('is known in full of a server with very many channels, which it tells in parts', () => {
    const { network, a, c } = threeNodes('ab bc');
    const channels = 2 * limits.interestPerFrame + 5;
    for (let i = 0; i < channels; i++) a.join(`c${i}`, 'ann');
    network.run(2000);
    expect([...c.mesh.interests.channelsOf(a.id)]).to.have.length(channels);
    expectAgreement(network);
  });

  it('is made good when one part of many was lost with its link', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    const channels = 2 * limits.interestPerFrame + 5;
    let parts = 0;
    network.loses = (frame, from) => from === b && frame?.type === 'interest' && ++parts === 2;
    for (let i = 0; i < channels; i++) a.join(`c${i}`, 'ann');
    network.run(1000 + healMs + limits.compareMs);
    expect([...c.mesh.interests.channelsOf(a.id)]).to.have.length(channels);
    expectAgreement(network);
  });

  it('does not come back after a server is gone for long, and is all there when it is back', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    a.join('lobby', 'ann');
    c.join('lobby', 'cleo');
    network.run(1000);
    network.cut(b, c);
    network.run(limits.lostAfterMs + limits.forgetNodeMs + 1000);
    expect([a.mesh.topology.advertOf(c.id), [...a.mesh.interests.channelsOf(c.id)]]).to.deep.equal([
      undefined,
      [],
    ]);
    network.link(b, c);
    network.run(2000);
    expectAgreement(network);
    expect(a.members('lobby')).to.deep.equal(['cleo']);
  });

  for (const [what, forge] of [
    ['an advert', (node: TestNode) => ({ ...node.mesh.topology.own, version: 77 })],
    [
      'an interest',
      (node: TestNode) => ({
        type: 'interest' as const,
        node: node.id,
        from: 0,
        to: 9,
        digest: '0'.repeat(32),
        signature: '0'.repeat(128),
        changes: [],
        part: 0,
        last: true,
      }),
    ],
  ] as const) {
    it(`is not changed by ${what} that its server did not sign: the link of who says so ends`, () => {
      const { network, a, b, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      network.run(500);
      const link = c.mesh.neighbours.links.to(b.id);
      if (link) network.send(c, link.id, encodePeerFrame(forge(a)));
      network.run(50);
      expect(b.neighbours).to.deep.equal(['a']);
      expect(b.mesh.interests.isInterested(a.id, 'lobby')).to.equal(true);
    });
  }

  it('is quiet while nothing happens', () => {
    const { network, nodes } = networkOf('ab bc cd da ac');
    for (const node of Object.values(nodes)) node.join('lobby', `user-${node.name}`);
    network.run(5000);
    const counted = (['advert', 'interest', 'versions', 'want', 'summary'] as const).map((type) =>
      count(network, type),
    );
    network.run(60_000);
    expect(counted.map(({ frames }) => frames)).to.deep.equal([0, 0, 0, 0, 0]);
  });

  it('ends the same everywhere, whatever links came and went and whatever news was lost', () => {
    forSeeds(25, (random) => {
      const { network, nodes } = networkOf('ab bc cd de');
      const all = Object.values(nodes);
      network.loses = (frame) =>
        (frame?.type === 'advert' || frame?.type === 'interest' || frame?.type === 'versions') &&
        random.chance(0.1);
      for (let step = 0; step < 40; step++) {
        const [one, other] = [random.pick(all), random.pick(all)];
        const deed = random.next();
        if (deed < 0.3) network.cut(one, other);
        else if (deed < 0.5 && one !== other) network.link(one, other);
        else if (deed < 0.8) one.join(random.pick(['lobby', 'tea', 'rust']), `user${step}`);
        network.run(random.below(300));
      }
      network.loses = undefined;
      for (const [i, node] of all.entries()) {
        const next = all[i + 1];
        if (next && !node.neighbours.includes(next.name)) network.link(node, next);
      }
      // A burst of news has used up what some servers may tell.
      network.run(limits.advertiseSustainedMs + 3 * healMs);
      expectAgreement(network);
    });
  }).timeout(60_000);
});
