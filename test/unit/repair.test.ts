import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import {
  decodePeerFrame,
  encodePeerFrame,
  type PeerFrame,
  type RoutableFrame,
} from '../../lib/wire/peer-frame.js';
import { networkOf, type TestNetwork, type TestNode, threeNodes } from '../helpers/mesh-network.js';
import { nodeA } from '../helpers/peer-frames.js';
import { forSeeds } from '../helpers/random.js';

/** Servers that all have a member in one channel, and know it of each other. */
function inLobby(network: TestNetwork): void {
  for (const node of network.nodes) node.join('lobby', `user-${node.name}`);
  network.run(1000);
}

function sayMany(node: TestNode, ...texts: readonly string[]): void {
  for (const text of texts) node.say('lobby', `user-${node.name}`, text);
}

const isEvent = (frame: PeerFrame | undefined, text: string): boolean =>
  frame?.type === 'event' && frame.payload.toString().includes(`"${text}"`);

/** The frame within a ROUTED frame. */
function innerOf(frame: PeerFrame | undefined): PeerFrame | undefined {
  return frame?.type === 'routed' ? decodePeerFrame(frame.inner) : undefined;
}

/** Records ROUTED frames of some types, once for each link that they cross. */
function watch(network: TestNetwork, ...types: readonly RoutableFrame['type'][]): string[] {
  const seen: string[] = [];
  const before = network.loses;
  network.loses = (frame, from, to) => {
    const inner = innerOf(frame);
    if (types.some((type) => type === inner?.type)) seen.push(`${inner?.type} ${from.name}${to.name}`);
    return before?.(frame, from, to) ?? false;
  };
  return seen;
}

describe('what was missed of a stream', () => {
  it('is asked for, and delivered in order', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    network.loses = (frame, from) => from === a && isEvent(frame, 'two');
    sayMany(a, 'one', 'two', 'three');
    network.run(10);
    expect([b.heard, c.heard]).to.deep.equal([['one'], ['one']]);
    network.loses = undefined;
    network.run(200);
    expect([b.heard, c.heard]).to.deep.equal([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ]);
  });

  it('is asked for by the server nearest to the gap, and once', () => {
    const { network, nodes } = networkOf('ab bc cd de');
    inLobby(network);
    network.loses = (frame, from) =>
      from === nodes.a && isEvent(frame, 'two') && frame?.type === 'event' && !frame.resent;
    if (nodes.a) sayMany(nodes.a, 'one', 'two', 'three');
    network.run(1000);
    expect(Object.values(nodes).map(({ mesh }) => mesh.repair.counters.pulled)).to.deep.equal([
      0, 1, 0, 0, 0,
    ]);
    expect(nodes.e?.heard).to.deep.equal(['one', 'two', 'three']);
  });

  it('is told of no further by a server that hears it from elsewhere than up the tree', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    sayMany(a, 'one');
    network.run(10_000);
    const told: string[] = [];
    network.loses = (frame, from, to) => {
      if (frame?.type === 'heads') told.push(from.name + to.name);
      return false;
    };
    const heads = encodePeerFrame({ type: 'heads', origin: a.id, hopsLeft: 9, heads: [['lobby', 1]] });
    network.send(c, network.linkBetween(c, b), heads);
    network.run(10);
    expect(told).to.deep.equal(['cb']);
    network.send(a, network.linkBetween(a, b), heads);
    network.run(10);
    expect(told).to.deep.equal(['cb', 'ab', 'bc']);
  });

  it('at its end, after which nothing more was said, is found by HEADS', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    network.loses = (frame, from) => from === a && (isEvent(frame, 'two') || isEvent(frame, 'three'));
    sayMany(a, 'one', 'two', 'three');
    network.run(100);
    network.loses = undefined;
    network.run(limits.headsMs + 2 * limits.peerTickMs + limits.pullAfterMs + 50);
    expect([b.heard, c.heard]).to.deep.equal([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ]);
  });

  it('with the first HEADS is found by the second', () => {
    const { network, a, b } = threeNodes('ab c');
    inLobby(network);
    network.loses = (frame) => isEvent(frame, 'one') || frame?.type === 'heads';
    sayMany(a, 'one');
    network.run(1000);
    network.loses = undefined;
    network.run(limits.headsAgainMs);
    expect(b.heard).to.deep.equal(['one']);
  });

  it('while a link was lost and made anew is found', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    sayMany(a, 'one');
    network.cut(b, c);
    sayMany(a, 'two');
    network.run(300);
    network.link(b, c);
    network.run(1000);
    expect(c.heard).to.deep.equal(['one', 'two']);
  });

  it('comes from a neighbour when its origin is gone', () => {
    const { network, a, b, c } = threeNodes('ab bc ca');
    inLobby(network);
    network.loses = (frame, from, to) => from === a && to === c && isEvent(frame, 'two');
    sayMany(a, 'one', 'two', 'three');
    network.run(10);
    network.kill(a);
    network.run(1000);
    expect(b.heard).to.deep.equal(['one', 'two', 'three']);
    expect(c.heard).to.deep.equal(['one', 'two', 'three']);
  });

  it('is asked of somebody else when the first has no answer', () => {
    const { network, a, b, c } = threeNodes('ab bc ca');
    inLobby(network);
    network.loses = (frame, from, to) =>
      (from === a && to === c && isEvent(frame, 'two')) || (to === a && innerOf(frame)?.type === 'pull');
    sayMany(a, 'one', 'two', 'three');
    network.run(3 * limits.pullAnswerMs);
    expect(b.heard).to.deep.equal(['one', 'two', 'three']);
    expect(c.heard).to.deep.equal(['one', 'two', 'three']);
  });

  it('is given up after a while when nobody can be asked, and what follows is delivered', () => {
    const { network, a, b } = threeNodes('ab c');
    inLobby(network);
    network.loses = (frame) => isEvent(frame, 'two') || innerOf(frame)?.type === 'pull';
    sayMany(a, 'one', 'two', 'three');
    network.run(limits.gapMs - 100);
    expect(b.heard).to.deep.equal(['one']);
    network.run(200 + limits.peerTickMs);
    expect(b.heard).to.deep.equal(['one', 'three']);
    expect(b.mesh.repair.counters.missed).to.equal(1);
    network.run(limits.lossGatherMs + limits.peerTickMs);
    expect(b.missed).to.deep.equal(['lobby 1 of a']);
  });

  it('is given up at once when its origin has it no more', () => {
    const { network, a, b } = threeNodes('ab c');
    inLobby(network);
    const seen = watch(network, 'pull', 'miss');
    const { loses } = network;
    network.loses = (frame, from, to) => (loses?.(frame, from, to) ?? false) || isEvent(frame, 'two');
    sayMany(a, 'one', 'two', 'three');
    a.mesh.exchange.retained.expire(network.nowMs + limits.retainedMs);
    network.run(300);
    expect(seen).to.deep.equal(['pull ba', 'miss ab']);
    expect(b.heard).to.deep.equal(['one', 'three']);
  });

  for (const [what, outageMs, missed] of [
    ['so short an outage that its server is not lost', limits.lostAfterMs / 2, []],
    ['an outage in which its server was lost', 3 * limits.lostAfterMs, ['lobby 3 of a']],
    ['an outage in which its server was forgotten', 2 * limits.forgetNodeMs, ['lobby some of a']],
  ] as const)
    it(`is told to members who were there all the time, after ${what}`, () => {
      const { network, a, b } = threeNodes('ab bc');
      for (const node of [a, b]) node.join('lobby', `user-${node.name}`);
      network.run(1000);
      sayMany(a, 'before');
      network.run(1000);
      network.cut(a, b);
      network.run(100);
      sayMany(a, 'one', 'two', 'three');
      network.run(outageMs);
      network.link(a, b);
      network.run(limits.gapMs + limits.lossGatherMs + 1000);
      sayMany(a, 'after');
      network.run(1000);
      expect(b.missed).to.deep.equal(missed);
      const said = missed.length > 0 ? ['before', 'after'] : ['before', 'one', 'two', 'three', 'after'];
      expect(b.heard).to.deep.equal(said);
      expect(a.missed).to.deep.equal([]);
    });

  it('is not given up on the word of somebody who is not its origin', () => {
    const { network, a, b } = threeNodes('ab c');
    inLobby(network);
    network.loses = (frame) => isEvent(frame, 'two') || innerOf(frame)?.type === 'pull';
    sayMany(a, 'one', 'two', 'three');
    network.run(10);
    const { watermark } = b.mesh.exchange.inbound.get(a.id, 'lobby') ?? { watermark: 0 };
    const ranges = [[watermark + 1, watermark + 1]] as const;
    b.mesh.repair.receiveMiss(
      { type: 'miss', origin: a.id, channel: 'lobby', ranges },
      'somebody',
      network.nowMs,
    );
    network.loses = undefined;
    network.run(1000);
    expect(b.heard).to.deep.equal(['one', 'two', 'three']);
  });

  it('of coming and going is made good by a SYNC when it had to be given up', () => {
    const { network, a, b } = threeNodes('ab c');
    inLobby(network);
    network.loses = (frame) => (frame?.type === 'event' && frame.presence) || innerOf(frame)?.type === 'pull';
    a.join('lobby', 'anton');
    a.leave('lobby', 'user-a');
    network.run(10);
    network.loses = (frame) => innerOf(frame)?.type === 'pull';
    a.say('lobby', 'anton', 'here I am');
    network.run(limits.gapMs + 500);
    expect(b.members('lobby')).to.deep.equal(['anton']);
    expect(b.heard).to.deep.equal(['here I am']);
    const seen = b.delivered.flatMap((event) =>
      event.type === 'msg' ? [] : [`${event.type} ${event.name}`],
    );
    expect(seen.slice(-2)).to.have.members(['leave user-a', 'join anton']);
  });

  it('is not missed when it comes a second time', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    sayMany(a, 'one', 'two');
    network.run(50);
    const { watermark } = c.mesh.exchange.inbound.get(a.id, 'lobby') ?? { watermark: 0 };
    const ranges = [[1, watermark]] as const;
    b.mesh.repair.receivePull({ type: 'pull', origin: a.id, channel: 'lobby', ranges }, c.id);
    network.run(50);
    expect(b.mesh.repair.counters.resent).to.equal(2);
    expect(c.heard).to.deep.equal(['one', 'two']);
  });

  it('is answered with what is there, and with a MISS for the rest, whatever is asked for', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    sayMany(a, 'one');
    network.run(50);
    const seen: PeerFrame[] = [];
    network.loses = (frame, _from, to) => {
      const inner = innerOf(frame);
      if (to === c && inner) seen.push(inner);
      return false;
    };
    const head = b.mesh.exchange.inbound.get(a.id, 'lobby')?.watermark ?? 0;
    const ranges = [[head, 2 ** 47]] as const;
    b.mesh.repair.receivePull({ type: 'pull', origin: a.id, channel: 'lobby', ranges }, c.id);
    expect(seen.map(({ type }) => type)).to.deep.equal(['event', 'miss']);
    const [, miss] = seen;
    if (miss?.type !== 'miss') throw new Error('no MISS');
    expect(miss.ranges[0]?.[0]).to.equal(head + 1);
  });

  it('is sent once in each answer, however many ranges touch it', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    a.sayAll(
      'lobby',
      'user-a',
      Array.from({ length: 200 }, (_, i) => `text ${i}`),
    );
    network.run(50);
    const seen: PeerFrame[] = [];
    network.loses = (frame, _from, to) => {
      const inner = innerOf(frame);
      if (to === c && inner) seen.push(inner);
      return false;
    };
    const head = b.mesh.exchange.inbound.get(a.id, 'lobby')?.watermark ?? 0;
    const ranges = Array.from({ length: 64 }, (_, i) => [head - 199 + 3 * i, head - 199 + 3 * i] as const);
    b.mesh.repair.receivePull({ type: 'pull', origin: a.id, channel: 'lobby', ranges }, c.id);
    expect(seen.map((frame) => frame.type === 'event' && frame.count)).to.deep.equal([200]);
  });

  it('is told to servers that are interested in the channel, and to no others', () => {
    const { network, nodes } = networkOf('ab bc cd');
    const { a, b, c, d } = nodes;
    if (!a || !b || !c || !d) throw new Error('no four nodes');
    for (const node of [a, b, c]) node.join('lobby', `user-${node.name}`);
    network.run(1000);
    sayMany(a, 'one');
    network.run(50);
    const answered = watch(network, 'miss');
    const before = network.loses;
    network.loses = (frame, from, to) => {
      if (innerOf(frame)?.type === 'event') answered.push(`resent ${from.name}${to.name}`);
      return before?.(frame, from, to) ?? false;
    };
    const head = b.mesh.exchange.inbound.get(a.id, 'lobby')?.watermark ?? 0;
    const pull = { type: 'pull', origin: a.id, channel: 'lobby', ranges: [[head, head + 1]] } as const;
    for (const from of [d.id, nodeA]) b.mesh.repair.receivePull(pull, from);
    expect(answered).to.deep.equal([]);
    b.mesh.repair.receivePull(pull, c.id);
    expect(answered).to.deep.equal(['resent bc', 'miss bc']);
  });

  it('comes to no more bytes than each server’s share, whoever asks in its name, and goes on after a while', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    inLobby(network);
    for (let i = 0; i < 8; i++)
      a.sayAll(
        'lobby',
        'user-a',
        Array.from({ length: 512 }, (_, n) => `${i} ${n} ${'x'.repeat(50)}`),
      );
    network.run(50);
    let bytes = 0;
    network.loses = (frame) => {
      const inner = innerOf(frame);
      if (inner?.type === 'event') bytes += inner.bytes.length;
      return true;
    };
    const head = b.mesh.exchange.inbound.get(a.id, 'lobby')?.watermark ?? 0;
    const pull = (): void => {
      const ranges = [[head - 1023, head]] as const;
      b.mesh.repair.receivePull({ type: 'pull', origin: a.id, channel: 'lobby', ranges }, c.id);
    };
    for (let i = 0; i < 1000; i++) pull();
    expect(bytes).to.be.within(limits.answerBurstBytes, limits.answerBurstBytes + limits.eventFrameBytes);
    network.nowMs += 1000;
    bytes = 0;
    for (let i = 0; i < 1000; i++) pull();
    expect(bytes).to.be.within(limits.answerBytesPerSecond / 2, 2 * limits.answerBytesPerSecond);
  });

  it('is nothing while no link loses anything: then nobody asks', () => {
    const { network, nodes } = networkOf('ab bc cd da');
    inLobby(network);
    const seen = watch(network, 'pull', 'miss');
    for (let i = 0; i < 100; i++) {
      for (const node of Object.values(nodes)) sayMany(node, `${node.name}${i}`);
      network.run(i % 7);
    }
    network.run(10_000);
    expect(seen).to.deep.equal([]);
  });
});

describe('a stream over links that lose events', () => {
  it('arrives complete and in order all the same', () => {
    forSeeds(30, (random) => {
      const { network, nodes } = networkOf(
        random.pick(['ab bc cd', 'ab bc cd da', 'ab ac ad', 'ab bc cd da ac bd']),
      );
      inLobby(network);
      network.loses = (frame) => frame?.type === 'event' && random.chance(0.2);
      const all = Object.values(nodes);
      for (let i = 0; i < 20; i++) {
        for (const node of all) sayMany(node, `${node.name}${i}`);
        network.run(random.below(30));
      }
      network.run(3000);
      for (const node of all) {
        for (const speaker of all) {
          if (speaker === node) continue;
          const heard = node.heard.filter((text) => text.startsWith(speaker.name));
          expect(heard).to.deep.equal(Array.from({ length: 20 }, (_, i) => `${speaker.name}${i}`));
        }
      }
    });
  }).timeout(60_000);
});
