import { expect } from 'chai';
import { LinkTable } from '../../lib/peer/core/links/link-table.js';
import { Interests } from '../../lib/peer/core/map/interest.js';
import { OwnInterest } from '../../lib/peer/core/map/own-interest.js';
import { Routes } from '../../lib/peer/core/map/routes.js';
import { Post } from '../../lib/peer/core/post.js';
import { encodeEventFrame, encodeRouted } from '../../lib/wire/peer-event.js';
import { decodePeerFrame, encodePeerFrame } from '../../lib/wire/peer-frame.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';
import { viewOf } from '../helpers/views.js';

const [own, near, far, lonely] = ['1', '2', '3', '4'].map((digit) => digit.padEnd(32, '0'));

/** The Post of a server with one neighbour, which has another neighbour behind it; and what the Post sent. */
function post(...moreLinks: readonly string[]) {
  if (!own || !near || !far || !lonely) throw new Error('no nodes');
  const links = new LinkTable(own);
  for (const [i, node] of [near, ...moreLinks].entries())
    links.add(
      {
        id: i + 1,
        node,
        name: node,
        listensAt: { host: '::1', port: 1 },
        dialled: undefined,
        encrypted: false,
      },
      0,
    );
  const seen = [
    [own, [near]],
    [near, [own, far]],
    [far, [near]],
    [lonely, []],
  ] as const;
  const view = viewOf(
    own,
    new Map(seen.map(([node, neighbours]) => [node, { version: 1, neighbours: new Set(neighbours) }])),
  );
  const sent: string[] = [];
  const send = (link: number, bytes: Buffer, urgency: string): void => {
    const frame = decodePeerFrame(bytes);
    sent.push(
      `${frame?.type === 'routed' ? `${frame.hopsLeft} hops` : frame?.type} over ${link}: ${urgency}`,
    );
  };
  const interests = new Interests(testCrypto, () => {});
  const office = new Post({
    ownNode: own,
    links,
    routes: new Routes(interests),
    topology: { view: () => view },
    nowMs: () => 0,
    effects: { send },
    receiveOwn: (inner) => sent.push(`${decodePeerFrame(inner)?.type} to itself`),
  });
  return { post: office, sent, own, near, far, lonely, interests, digest: view.digest };
}

const eventBytes = encodeEventFrame(
  { origin: 'ab'.repeat(16), channel: 'lobby', number: 1, seq: 1, count: 1, view: 0, presence: false },
  '{"type":"leave","channel":"lobby","name":"ann"}',
);

/** Makes a server have a member in the lobby. */
function listenAt(node: string, interests: Interests): void {
  const identity = testIdentity(node);
  const interest = new OwnInterest(identity, testCrypto);
  interest.setMembers('lobby', 1, 0);
  interests.accept(interest.takeNews(0), identity.publicKey);
}

const pong = encodePeerFrame({ type: 'pong', view: 2, interest: 3 });

describe('frames for one server', () => {
  it('leave by the neighbour on the way to it, with enough hops for a way round', () => {
    const { post: office, sent, near, far } = post();
    office.toServer(near, pong, 'control');
    office.toServer(far, pong, 'data');
    expect(sent).to.deep.equal(['6 hops over 1: control', '8 hops over 1: data']);
  });

  it('leave by its own link, even if the map does not show it yet', () => {
    const { post: office, sent, lonely } = post('4'.padEnd(32, '0'));
    office.toServer(lonely, pong, 'control');
    expect(sent).to.deep.equal(['4 hops over 2: control']);
  });

  it('that is this one are taken in at once', () => {
    const { post: office, sent, own } = post();
    office.toServer(own, pong, 'control');
    expect(sent).to.deep.equal(['pong to itself']);
  });

  it('that no way leads to are dropped and counted', () => {
    const { post: office, sent, lonely } = post();
    office.toServer(lonely, pong, 'control');
    office.toServer('unknown', pong, 'control');
    expect(sent).to.deep.equal([]);
    expect(office.undelivered).to.equal(2);
  });

  it('are passed on with one hop less, until none is left', () => {
    const { post: office, sent, own, far, near } = post();
    for (const hopsLeft of [3, 2, 1, 0]) {
      const bytes = encodeRouted({ to: far, from: near, hopsLeft, inner: pong });
      office.passOn({ type: 'routed', to: far, from: own, hopsLeft, inner: pong }, bytes);
    }
    expect(sent).to.deep.equal(['2 hops over 1: control', '1 hops over 1: control']);
    expect(office.undelivered).to.equal(2);
  });

  it('are data when an event is within, which a full link may drop', () => {
    const { post: office, sent, own, far } = post();
    const head = { origin: own, channel: 'lobby', number: 1, seq: 1, count: 1, view: 0, presence: false };
    const inner = encodeEventFrame(head, '{"type":"leave","channel":"lobby","name":"ann"}');
    const bytes = encodeRouted({ to: far, from: own, hopsLeft: 5, inner });
    office.passOn({ type: 'routed', to: far, from: own, hopsLeft: 5, inner }, bytes);
    expect(sent).to.deep.equal(['4 hops over 1: data']);
  });

  it('for a neighbour or for all go over the links that there are', () => {
    const { post: office, sent, near, far } = post('4'.padEnd(32, '0'));
    office.toNeighbour(near, pong, 'data');
    office.toNeighbour(far, pong, 'data');
    office.toAllNeighbours(pong);
    expect(sent).to.deep.equal(['pong over 1: data', 'pong over 1: control', 'pong over 2: control']);
  });
});

describe('events on their way', () => {
  const run = { channel: 'lobby', count: 3, resent: false, bytes: eventBytes };

  it('go down their origin’s tree, to where members are', () => {
    const { post: office, sent, own, near, far, interests, digest } = post();
    office.forward({ ...run, origin: own, view: digest }, 0);
    expect(sent).to.deep.equal([]);
    listenAt(far, interests);
    office.forward({ ...run, origin: own, view: digest }, 0);
    // In the tree of that origin no server is beyond this one.
    office.forward({ ...run, origin: near, view: digest }, 0, near);
    expect(sent).to.deep.equal(['event over 1: data']);
    expect(office.forwarded).to.equal(3);
  });

  it('go to all neighbours where the maps differ, but for whom they came from and who said them', () => {
    const { post: office, sent, near, far, lonely, digest } = post('4'.padEnd(32, '0'));
    const frame = { ...run, view: digest + 1 };
    office.forward({ ...frame, origin: far }, 0, near);
    expect(sent.splice(0)).to.deep.equal(['event over 2: data']);
    office.forward({ ...frame, origin: near }, 0, lonely);
    expect(sent).to.deep.equal([]);
  });

  it('that are sent again go down the tree, whatever map they were first sent by', () => {
    const { post: office, sent, own, digest } = post();
    office.forward({ ...run, origin: own, view: digest + 1, resent: true }, 0);
    expect(sent).to.deep.equal([]);
  });
});
