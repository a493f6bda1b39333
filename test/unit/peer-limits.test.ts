import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { AddressBook } from '../../lib/peer/core/address-book.js';
import { Gossip } from '../../lib/peer/core/gossip.js';
import { Introductions } from '../../lib/peer/core/introductions.js';
import { LinkTable } from '../../lib/peer/core/link-table.js';
import { Rosters } from '../../lib/peer/core/rosters.js';
import { Topology } from '../../lib/peer/core/topology.js';
import { formatTable } from '../../lib/prompt/format.js';
import { canonicalIp } from '../../lib/wire/address.js';
import { type Advertisement, encodeEventFrame } from '../../lib/wire/peer-frame.js';
import { TestNetwork } from '../helpers/mesh-network.js';
import { sourceFiles } from '../helpers/source-files.js';

function advert(node: string, neighbours: readonly string[] = [], version = 1): Advertisement {
  return { type: 'advert', node, version, name: `server-${node}`, neighbours, leaving: false };
}

describe('what other servers can have us do is bounded:', () => {
  it('every limit is used somewhere', () => {
    const texts = sourceFiles(['lib']).filter(({ path }) => path !== 'lib/limits.ts');
    const all = texts.map(({ text }) => text).join('\n');
    const unused = Object.keys(limits).filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
    expect(unused).to.deep.equal([]);
  });

  it('an event that is none ends the link of the server that said it, and is not passed on', () => {
    const network = new TestNetwork();
    network.canDial = false;
    const [good, target, hostile] = [network.add('good'), network.add('target'), network.add('hostile')];
    good.join('lobby', 'gus');
    network.link(good, target);
    network.link(hostile, target);
    network.run(50);
    const link = hostile.mesh.links.to(target.id);
    const sentBefore = network.eventsSent;
    const head = { origin: hostile.id, channel: 'lobby', seq: 1, first: true, presence: false };
    if (link) network.send(hostile, link.id, encodeEventFrame(head, 'garbage'));
    network.run(50);
    expect(target.neighbours).to.deep.equal(['good']);
    expect(network.eventsSent - sentBefore).to.equal(1);
  });

  it('the map has room for a newcomer, whatever made-up servers fill it', () => {
    const topology = new Topology('own', 'own');
    for (let i = 0; i < limits.nodes; i++) expect(topology.accept(advert(`x${i}`), i).isNews).to.equal(true);
    topology.recompute([], limits.nodes);
    const { isNews, evicted } = topology.accept(advert('new', ['own']), limits.nodes);
    expect(isNews).to.equal(true);
    expect(evicted).to.include({ node: 'x0' });
    topology.recompute(['new'], limits.nodes);
    expect(topology.isReachable('new')).to.equal(true);
  });

  it('servers in reach are not pushed out of a full map', () => {
    const topology = new Topology('own', 'own');
    const ids = Array.from({ length: limits.nodes }, (_, i) => `x${i}`);
    for (const id of ids) topology.accept(advert(id), 0);
    topology.recompute(ids, 0);
    expect(topology.accept(advert('more'), 1)).to.deep.equal({ isNews: false });
    expect(topology.reachableCount).to.equal(limits.nodes);
  });

  it('one server is kept track of in no more channels than the limit', () => {
    const network = new TestNetwork();
    network.canDial = false;
    const [target, hostile] = [network.add('target'), network.add('hostile')];
    network.link(hostile, target);
    network.run(50);
    const link = hostile.mesh.links.to(target.id);
    for (let i = 0; link && i < limits.channelsPerNode + 100; i++) {
      const channel = `c${i}`;
      const json = JSON.stringify({ type: 'join', channel, name: 'x' });
      const head = { origin: hostile.id, channel, seq: 1, first: true, presence: true };
      network.send(hostile, link.id, encodeEventFrame(head, json));
      if (i % 1000 === 0) network.run(1);
    }
    network.run(50);
    expect(target.mesh.channelsElsewhere().size).to.equal(limits.channelsPerNode);
  }).timeout(30_000);

  it('a roster has no more members than the limit, and each but once', () => {
    const rosters = new Rosters();
    for (let i = 0; i <= limits.membersPerRoster; i++)
      rosters.apply('o', { type: 'join', channel: 'c', name: `n${i}` });
    expect([...rosters.names('o', 'c')]).to.have.length(limits.membersPerRoster);
    expect(rosters.replace('o', 'd', ['ann', 'Ann', 'ann']).joined).to.deep.equal(['ann']);
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
    introductions.begin(1, 'everything', frames);
    expect(sent).to.have.length(4);
    introductions.begin(1, 'everything', frames);
    for (const expected of [8, 10, 10]) {
      waiting = 0;
      introductions.goOn(1);
      expect(sent).to.have.length(expected);
    }
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
