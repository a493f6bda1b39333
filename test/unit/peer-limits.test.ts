import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { AddressBook } from '../../lib/peer/core/links/address-book.js';
import { Gossip } from '../../lib/peer/core/links/gossip.js';
import { Introductions } from '../../lib/peer/core/links/introductions.js';
import { LinkTable } from '../../lib/peer/core/links/link-table.js';
import { Topology } from '../../lib/peer/core/map/topology.js';
import { Rosters } from '../../lib/peer/core/streams/rosters.js';
import { formatTable } from '../../lib/prompt/format.js';
import { canonicalIp } from '../../lib/wire/address.js';
import { asResent, encodeEventFrame, encodeRouted } from '../../lib/wire/peer-event.js';
import { type Advertisement, encodePeerFrame } from '../../lib/wire/peer-frame.js';
import { threeNodes } from '../helpers/mesh-network.js';
import { sourceFiles, withoutComments } from '../helpers/source-files.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';

const own = nodeId(0);

function nodeId(i: number): string {
  return i.toString(16).padStart(8, '0').padEnd(32, '0');
}

/** A server's own ADVERT, signed. */
function advert(node: string, neighbours: readonly string[] = []): Advertisement {
  const topology = new Topology(
    testIdentity(node),
    testCrypto,
    `server-${Number.parseInt(node.slice(0, 8), 16)}`,
  );
  topology.setNeighbours(neighbours);
  return topology.advertise(false);
}

const msg = { type: 'msg', id: 'x', channel: 'lobby', from: 'eve' };

/** A run with a count of its events, which may be a lie. */
function eventsOf(origin: string, seq: number, count: number, lines: number): Buffer {
  const head = { origin, channel: 'lobby', number: 1000, seq, count, view: 0, presence: false };
  const all = Array.from({ length: lines }, (_, i) => ({ ...msg, text: String(i), at: i }));
  return encodeEventFrame(head, all.map((one) => JSON.stringify(one)).join('\n'));
}

describe('what other servers can have us do is bounded:', () => {
  it('every limit is used somewhere', () => {
    const files = sourceFiles(['lib']).filter(({ path }) => path !== 'lib/limits.ts');
    const all = files.map(({ text }) => withoutComments(text)).join('\n');
    const unused = Object.keys(limits).filter((name) => !new RegExp(`\\blimits\\.${name}\\b`).test(all));
    expect(unused).to.deep.equal([]);
  });

  it('an event that is none ends the link of the server that said it, and is not passed on', () => {
    const { network, a: good, b: target, c: hostile } = threeNodes('ab bc');
    good.join('lobby', 'gus');
    network.run(500);
    const link = hostile.mesh.neighbours.links.to(target.id);
    const sentBefore = network.eventsSent;
    const head = {
      origin: hostile.id,
      channel: 'lobby',
      number: 1,
      seq: 1,
      count: 1,
      view: 0,
      presence: false,
    };
    if (link) network.send(hostile, link.id, encodeEventFrame(head, 'garbage '.repeat(10)));
    network.run(50);
    expect(target.neighbours).to.deep.equal(['a']);
    expect(network.eventsSent - sentBefore).to.equal(1);
  });

  it('a run that has not as many events as it says ends the link of its origin', () => {
    for (const [count, lines] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const { network, b: target, c: hostile } = threeNodes('ab bc');
      const link = hostile.mesh.neighbours.links.to(target.id);
      if (link) network.send(hostile, link.id, eventsOf(hostile.id, 1, count, lines));
      network.run(50);
      expect(target.neighbours).to.deep.equal(['a']);
    }
  });

  it('a run that has more events than it says, and came by way of others, is good for as many as it says', () => {
    const { network, a: target, b, c: hostile } = threeNodes('ab bc');
    for (const node of [target, hostile]) node.join('lobby', `user-${node.name}`);
    network.run(1000);
    const { seq } = hostile.mesh.exchange.own.standFor(target.id, 'lobby', network.nowMs);
    const inner = asResent(eventsOf(hostile.id, seq + 1, 2, 40));
    const link = hostile.mesh.neighbours.links.to(b.id);
    const routed = encodeRouted({ to: target.id, from: hostile.id, hopsLeft: 5, inner });
    if (link) network.send(hostile, link.id, routed);
    network.run(50);
    expect(target.heard).to.deep.equal(['0', '1']);
    expect(target.neighbours).to.deep.equal(['b']);
  });

  it('the map has room for a newcomer, whatever made-up servers fill it', () => {
    const topology = new Topology(testIdentity(own), testCrypto, 'own');
    for (let i = 1; i <= limits.nodes; i++)
      expect(topology.accept(advert(nodeId(i)), i, `neighbour ${i % 2}`)?.isNews).to.equal(true);
    topology.freshView(limits.nodes);
    const newcomer = nodeId(limits.nodes + 1);
    const taken = topology.accept(advert(newcomer, [own]), limits.nodes);
    expect(taken?.isNews).to.equal(true);
    expect(taken?.evicted).to.include({ node: nodeId(1), name: 'server-1' });
    topology.setNeighbours([newcomer]);
    expect(topology.freshView(limits.nodes).reaches(newcomer)).to.equal(true);
  });

  it('one neighbour alone does not fill the map, and has room again for as many as are forgotten', () => {
    const topology = new Topology(testIdentity(own), testCrypto, 'own');
    for (let i = 1; i <= limits.nodesPerNeighbour; i++) topology.accept(advert(nodeId(i)), 0, 'hostile');
    const [next, nextOfOther] = [nodeId(5000), nodeId(5001)].map((node) => advert(node));
    if (!next || !nextOfOther) throw new Error('there are two');
    expect(topology.accept(next, 0, 'hostile')?.isNews).to.equal(false);
    expect(topology.accept(nextOfOther, 0, 'good')?.isNews).to.equal(true);
    topology.freshView(0);
    topology.forgetOld(limits.forgetNodeMs + 1);
    expect(topology.accept(next, limits.forgetNodeMs + 1, 'hostile')?.isNews).to.equal(true);
  });

  it('a server that goes on telling of itself is taken at its word more seldom', () => {
    const topology = new Topology(testIdentity(own), testCrypto, 'own');
    const other = new Topology(testIdentity(nodeId(1)), testCrypto, 'other');
    const taken = (nowMs: number): boolean => topology.accept(other.advertise(false), nowMs)?.isNews ?? false;
    let times = 0;
    for (let i = 0; i < 1000; i++) if (taken(0)) times++;
    expect(times).to.equal(limits.advertsAtOnce + 1);
    expect([taken(limits.advertsMs / 2), taken(limits.advertsMs)]).to.deep.equal([false, true]);
  });

  it('PINGs and SUMMARYs are answered so often, and no more', () => {
    const { network, a, b } = threeNodes('ab c');
    const link = b.mesh.neighbours.links.to(a.id);
    if (!link) throw new Error('no link');
    const answers: string[] = [];
    network.loses = (frame, from) => {
      if (from === a && (frame?.type === 'pong' || frame?.type === 'versions')) answers.push(frame.type);
      return false;
    };
    for (const type of ['ping', 'summary'] as const)
      for (let i = 0; i < 1000; i++)
        network.send(b, link.id, encodePeerFrame({ type, view: 1, interest: 1 }));
    network.run(10);
    expect(answers.filter((type) => type === 'pong')).to.have.length(limits.pongsAtOnce);
    expect(answers.filter((type) => type === 'versions').length).to.be.within(1, limits.summariesAtOnce);
    network.run(1000);
    answers.length = 0;
    for (let i = 0; i < 10; i++)
      network.send(b, link.id, encodePeerFrame({ type: 'ping', view: 1, interest: 1 }));
    network.run(10);
    expect(answers.filter((type) => type === 'pong').length).to.be.within(3, 6);
  });

  it('a link that floods is not read for a while, and is not ended for it', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    const link = c.mesh.neighbours.links.to(b.id);
    if (!link) throw new Error('no link');
    const flood = encodePeerFrame({ type: 'peers', addresses: [{ host: '192.0.2.1', port: 1 }] });
    for (let i = 0; i < limits.linkTokensAtOnce / 10; i++)
      b.mesh.frame(
        b.mesh.neighbours.links.to(c.id)?.id ?? 0,
        { type: 'peers', addresses: [{ host: '192.0.2.1', port: 1 }] },
        flood,
      );
    expect(Math.max(...b.rests)).to.be.within(1, 1000);
    expect(a.rests).to.deep.equal([]);
    network.run(100);
    expect(b.neighbours).to.deep.equal(['a', 'c']);
  });

  it('servers in reach are not pushed out of a full map', () => {
    const topology = new Topology(testIdentity(own), testCrypto, 'own');
    const ids = Array.from({ length: limits.nodes }, (_, i) => nodeId(i + 1));
    for (const [i, id] of ids.entries()) topology.accept(advert(id, [own]), 0, `neighbour ${i % 2}`);
    topology.setNeighbours(ids);
    topology.freshView(0);
    expect(topology.accept(advert(nodeId(limits.nodes + 1)), 1)).to.deep.equal({ isNews: false });
    expect(topology.freshView(1).size).to.equal(limits.nodes + 1);
  });

  it('what a server says of itself counts only with its signature, and only if it is newer', () => {
    const topology = new Topology(testIdentity(own), testCrypto, 'own');
    const genuine = advert(nodeId(1));
    for (const forged of [
      { ...genuine, name: 'another' },
      { ...genuine, version: 9 },
      { ...genuine, leaving: true },
      { ...genuine, neighbours: [own] },
      { ...genuine, key: testIdentity(nodeId(2)).publicKey },
      { ...genuine, node: nodeId(2) },
    ])
      expect(topology.accept(forged, 0)).to.equal(undefined);
    expect(topology.accept(genuine, 0)).to.deep.equal({ isNews: true });
    expect(topology.accept(genuine, 0)).to.deep.equal({ isNews: false });
  });

  it('a roster has no more members than the limit, and each but once', () => {
    const rosters = new Rosters();
    for (let i = 0; i <= limits.membersPerRoster; i++)
      rosters.apply('o', { type: 'join', channel: 'c', name: `n${i}` });
    expect([...rosters.names('o', 'c')]).to.have.length(limits.membersPerRoster);
    expect(rosters.replace('o', 'd', ['ann', 'Ann', 'ann']).joined).to.deep.equal(['ann']);
  });

  it('members of one server in all channels are counted, whatever comes and goes', () => {
    const rosters = new Rosters();
    for (const channel of ['c', 'd'])
      for (const name of ['ann', 'bob']) rosters.apply('o', { type: 'join', channel, name });
    rosters.apply('o', { type: 'join', channel: 'c', name: 'Ann' });
    rosters.apply('o', { type: 'leave', channel: 'c', name: 'zoe' });
    rosters.replace('o', 'd', ['cleo']);
    expect(rosters.membersAt('o')).to.equal(3);
    rosters.forgetOrigin('o');
    expect(rosters.membersAt('o')).to.equal(0);
  });

  it('what a link is told at length waits while the link has no room', () => {
    const frames = Array.from({ length: 10 }, () => Buffer.alloc(limits.introductionBytes / 4));
    const sent: Buffer[] = [];
    let waiting = 0;
    const introductions = new Introductions(
      (_link, bytes) => {
        sent.push(bytes);
        waiting += bytes.length;
      },
      () => waiting,
    );
    introductions.begin(1, frames);
    expect(sent).to.have.length(4);
    for (const expected of [8, 10, 10]) {
      waiting = 0;
      introductions.goOn(1);
      expect(sent).to.have.length(expected);
    }
  });

  it('only so many things are told to a link at length at a time, whatever it asks for', () => {
    let sent = 0;
    let waiting: number = limits.introductionBytes;
    const introductions = new Introductions(
      () => sent++,
      () => waiting,
    );
    for (let i = 0; i < limits.tellings + 10; i++) introductions.begin(1, [Buffer.alloc(1)]);
    waiting = 0;
    introductions.goOn(1);
    expect(sent).to.equal(limits.tellings);
  });

  it('a table at the prompt shows its first rows and counts the rest', () => {
    const rows = Array.from({ length: 150_000 }, (_, i) => [`channel-${i}`, String(i)]);
    const lines = formatTable(['channel', 'members'], rows);
    expect(lines).to.have.length(limits.promptRows + 2);
    expect(lines.at(-1)).to.equal(`  … and ${150_000 - limits.promptRows} more`);
  });
});

describe('addresses that other servers tell of', () => {
  const link = (host: string) => {
    const links = new LinkTable('own');
    links.add(
      { id: 1, node: 'n', name: 'n', listensAt: { host, port: 1 }, dialled: undefined, encrypted: false },
      0,
    );
    const state = links.get(1);
    if (!state) throw new Error('no link');
    return state;
  };
  const believed = (from: string, host: string): boolean => {
    const book = new AddressBook(() => 0);
    new Gossip(book).believe([{ host, port: 30303 }], link(from), 0);
    return book.due(1000, { isLinked: () => false, isReachable: () => false, ownLinks: 0 }).length === 1;
  };

  for (const host of [
    'localhost',
    '127.0.0.1',
    '127.1',
    '0.0.0.0',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::',
    'example.org',
  ]) {
    it(`are not believed when a server elsewhere says ${host}`, () => {
      expect(believed('192.0.2.7', host)).to.equal(false);
    });
  }

  it('are believed when they are addresses elsewhere, or when the server is on this machine', () => {
    expect(believed('192.0.2.7', '198.51.100.4')).to.equal(true);
    expect(believed('192.0.2.7', '2001:db8::4')).to.equal(true);
    expect(believed('127.0.0.1', '127.0.0.1')).to.equal(true);
    expect(believed('127.0.0.1', 'localhost')).to.equal(false);
  });

  it('have one spelling', () => {
    for (const [text, expected] of [
      ['127.1', '127.0.0.1'],
      ['2001:DB8:0::1', '2001:db8::1'],
      ['::ffff:192.0.2.7', '192.0.2.7'],
      ['fe80::1%eth0', undefined],
      ['example.org', undefined],
      ['999.1.1.1', undefined],
      ['', undefined],
    ] as const) {
      expect(canonicalIp(text), text).to.equal(expected);
    }
  });
});
