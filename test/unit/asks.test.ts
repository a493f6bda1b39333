import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { Answers } from '../../lib/peer/core/answers.js';
import { Asks } from '../../lib/peer/core/streams/asks.js';
import { encodeRouted } from '../../lib/wire/peer-event.js';
import { decodePeerFrame, encodePeerFrame, type PeerFrame } from '../../lib/wire/peer-frame.js';
import { networkOf, type TestNetwork, type TestNode, threeNodes } from '../helpers/mesh-network.js';

const typeWithin = (frame: PeerFrame | undefined): string | undefined =>
  frame?.type === 'routed' ? decodePeerFrame(frame.inner)?.type : undefined;

/** Makes a channel ready. @returns how long that took, and which members were known then */
function prepare(network: TestNetwork, node: TestNode, channel: string) {
  const startMs = network.nowMs;
  const ready: { afterMs: number | undefined; members: string[]; times: number } = {
    afterMs: undefined,
    members: [],
    times: 0,
  };
  node.mesh.prepare(channel, () => {
    ready.afterMs = network.nowMs - startMs;
    ready.members = node.members(channel);
    ready.times++;
  });
  return ready;
}

describe('a channel that somebody is about to join', () => {
  it('is ready at once when no other server has members in it', () => {
    const { network, a } = threeNodes('ab bc');
    expect(prepare(network, a, 'lobby')).to.include({ afterMs: 0, times: 1 });
  });

  it('is ready when every server with members has said who they are', () => {
    const { network, nodes } = networkOf('ab bc cd');
    for (const node of [nodes.b, nodes.c, nodes.d]) node?.join('lobby', `user-${node.name}`);
    network.run(1000);
    if (!nodes.a) throw new Error('no node a');
    const ready = prepare(network, nodes.a, 'lobby');
    network.run(3);
    expect(ready.times).to.equal(0);
    network.run(10);
    // The time to the server that is furthest away, and back.
    expect(ready).to.deep.equal({ afterMs: 6, members: ['user-b', 'user-c', 'user-d'], times: 1 });
  });

  it('is ready at once for a second one', () => {
    const { network, a, b } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    network.run(500);
    a.join('lobby', 'ann');
    network.run(500);
    expect(prepare(network, a, 'lobby')).to.include({ afterMs: 0 });
  });

  it('is ready at the same moment for two who come while it is not', () => {
    const { network, a, b } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    network.run(500);
    const first = prepare(network, a, 'lobby');
    network.run(1);
    const second = prepare(network, a, 'lobby');
    network.run(20);
    expect([first.afterMs, second.afterMs]).to.deep.equal([2, 1]);
  });

  it('is ready only when it is known who is in it, though it is known already where a stream begins', () => {
    const { network, a, b } = threeNodes('ab c');
    a.join('lobby', 'ann');
    network.run(500);
    // The event of the join is lost, and so is the first ASK. So the answer is ahead of the events that have come.
    let isFirst = true;
    network.loses = (frame, from) =>
      from === b ? frame?.type === 'event' : isFirst && typeWithin(frame) === 'ask';
    b.join('lobby', 'bob');
    network.run(5);
    isFirst = false;
    const stream = () => a.mesh.exchange.inbound.get(b.id, 'lobby');
    for (let ms = 0; ms < 2 * limits.askMs && !stream()?.synced; ms++) network.run(1);
    expect([stream()?.synced, stream()?.hasRoster]).to.deep.equal([true, false]);
    network.loses = undefined;
    const ready = prepare(network, a, 'lobby');
    network.run(500);
    expect(ready.members).to.deep.equal(['bob']);
    expect(ready.afterMs).to.be.below(limits.joinBarrierMs);
  });

  it('is asked for again when the first question or its answer was lost', () => {
    for (const lost of ['ask', 'sync']) {
      const { network, a, b } = threeNodes('ab bc');
      b.join('lobby', 'bob');
      network.run(500);
      network.loses = (frame) => typeWithin(frame) === lost;
      const ready = prepare(network, a, 'lobby');
      network.run(limits.askMs / 2);
      network.loses = undefined;
      network.run(limits.askMs);
      expect(ready.members, lost).to.deep.equal(['bob']);
    }
  });

  it('is ready after a while although somebody does not answer', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    c.join('lobby', 'cleo');
    network.run(500);
    network.loses = (frame, from) => from === c && typeWithin(frame) === 'sync';
    const ready = prepare(network, a, 'lobby');
    network.run(limits.joinBarrierMs + limits.peerTickMs);
    expect(ready.members).to.deep.equal(['bob']);
    expect(ready.afterMs).to.be.within(limits.joinBarrierMs, limits.joinBarrierMs + limits.peerTickMs);
    network.loses = undefined;
    network.run(limits.askMaxMs);
    expect(a.members('lobby')).to.deep.equal(['bob', 'cleo']);
    expect(ready.times).to.equal(1);
  });

  it('does not wait for a server that is gone meanwhile', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    c.join('lobby', 'cleo');
    network.run(500);
    network.loses = (frame) => typeWithin(frame) === 'sync';
    const ready = prepare(network, a, 'lobby');
    network.run(5);
    network.kill(c);
    network.run(4 * limits.peerTickMs);
    expect(b.neighbours).to.deep.equal(['a']);
    expect(ready.times).to.equal(1);
  });

  it('misses nothing of what is said while it gets ready', () => {
    const { network, a, b } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    network.run(500);
    a.join('lobby', 'ann');
    for (let i = 0; i < 10; i++) {
      b.say('lobby', 'bob', `${i}`);
      network.run(1);
    }
    b.say('lobby', 'bob', 'last');
    network.run(500);
    const first = Number(a.heard[0]);
    expect(first).to.be.within(0, 3);
    expect(a.heard).to.deep.equal([...Array.from({ length: 10 - first }, (_, i) => `${first + i}`), 'last']);
  });

  it('is known with the members of a server that was lost when somebody joined here, once it is back', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    c.join('lobby', 'cleo');
    network.run(500);
    network.cut(b, c);
    network.run(limits.lostAfterMs + 1000);
    a.join('lobby', 'ann');
    network.run(100);
    network.link(b, c);
    network.run(3000);
    expect([a.members('lobby'), c.members('lobby')]).to.deep.equal([['cleo'], ['ann']]);
  });

  it('is known with all members when two servers come to it at the same moment', () => {
    const { network, a, c } = threeNodes('ab bc');
    a.join('lobby', 'ann');
    c.join('lobby', 'cleo');
    network.run(1000);
    expect([a.members('lobby'), c.members('lobby')]).to.deep.equal([['cleo'], ['ann']]);
  });
});

describe('a stream of a server that has no members in its channel', () => {
  it('is forgotten with that server, at the latest', () => {
    const { network, a, b } = threeNodes('ab c');
    b.join('lobby', 'bob');
    network.run(500);
    // This is what happens when its interest ends just before it answers.
    const link = a.mesh.neighbours.links.to(b.id);
    const sync = { type: 'sync', origin: a.id, channel: 'lobby', base: 3, seq: 3, members: [] } as const;
    const bytes = encodeRouted({ to: b.id, from: a.id, hopsLeft: 5, inner: encodePeerFrame(sync) });
    if (link) network.send(a, link.id, bytes);
    network.run(100);
    network.kill(a);
    network.run(limits.lostAfterMs + limits.forgetNodeMs + 1000);
    expect(b.mesh.topology.advertOf(a.id)).to.equal(undefined);
    expect(b.mesh.exchange.inbound.size).to.equal(0);
  });
});

describe('a question where streams stand', () => {
  /** The Asks of a server without its mesh, and what they send. */
  function asksOf(node: TestNode) {
    const sent: string[] = [];
    const sendTo = (to: string, inner: Buffer): void => {
      const frame = decodePeerFrame(inner);
      sent.push(`${frame?.type} ${frame?.type === 'sync' ? frame.channel : ''} ${to.slice(0, 1)}`);
    };
    const answers = new Answers({ ownNode: node.id, reaches: () => true, sendTo, nowMs: () => 0 });
    const { exchange, interests } = node.mesh;
    return { asks: new Asks(exchange, interests, () => true, sendTo, answers), sent };
  }

  it('is answered when it is known that the other listens', () => {
    const { network, a, b } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    network.run(500);
    const { asks, sent } = asksOf(a);
    asks.receiveAsk(['lobby', 'tea'], b.id, network.nowMs);
    expect(sent).to.deep.equal([`sync lobby ${b.id.slice(0, 1)}`]);
  });

  it('that comes ahead of the other’s interest is answered once, as soon as that is known', () => {
    const { network, a, b } = threeNodes('ab bc');
    const { asks, sent } = asksOf(a);
    asks.receiveAsk(['lobby', 'tea'], b.id, network.nowMs);
    expect(sent).to.deep.equal([]);
    asks.becameInterested(b.id, 'tea', network.nowMs);
    asks.becameInterested(b.id, 'tea', network.nowMs + limits.syncAgainMs);
    asks.becameInterested(b.id, 'other', network.nowMs);
    expect(sent).to.deep.equal([`sync tea ${b.id.slice(0, 1)}`]);
    asks.forgetNode(b.id);
    asks.becameInterested(b.id, 'lobby', network.nowMs);
    expect(sent).to.have.length(1);
  });

  it('that is asked again and again is answered once in a while', () => {
    const { network, a, b } = threeNodes('ab bc');
    b.join('lobby', 'bob');
    b.join('tea', 'bob');
    network.run(500);
    const { asks, sent } = asksOf(a);
    const { nowMs } = network;
    for (let i = 0; i < 1000; i++) asks.receiveAsk(['lobby'], b.id, nowMs + i);
    expect(sent).to.have.length(1000 / limits.syncAgainMs);
    asks.receiveAsk(['tea'], b.id, nowMs + 1000);
    asks.tick(a.mesh.topology.freshView(nowMs), nowMs + 1000 + limits.syncAgainMs);
    asks.receiveAsk(['tea'], b.id, nowMs + 1000 + limits.syncAgainMs);
    expect(sent.slice(-2)).to.deep.equal(Array(2).fill(`sync tea ${b.id.slice(0, 1)}`));
  });

  it('of a channel of many is asked in frames of no more than the limit', () => {
    const { network, a, b } = threeNodes('ab c');
    const count = 2 * limits.channelsPerAsk + 1;
    for (let i = 0; i < count; i++) b.join(`c${i}`, 'bob');
    network.run(2000);
    const sizes: number[] = [];
    network.loses = (frame, from) => {
      const inner = frame?.type === 'routed' && from === a ? decodePeerFrame(frame.inner) : undefined;
      if (inner?.type === 'ask') sizes.push(inner.channels.length);
      return inner?.type === 'ask';
    };
    for (let i = 0; i < count; i++) a.mesh.prepare(`c${i}`, () => {});
    network.run(10);
    sizes.length = 0;
    network.run(limits.askMs + limits.peerTickMs);
    expect(Math.max(...sizes)).to.equal(limits.channelsPerAsk);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(count);
  });
});
