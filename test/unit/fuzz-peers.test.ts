import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { entryHash, signedInterest } from '../../lib/peer/core/map/interest-frames.js';
import { Topology } from '../../lib/peer/core/map/topology.js';
import { decodeChannelEvents } from '../../lib/wire/decode-channel-event.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { asResent, encodeEventFrame, encodeRouted } from '../../lib/wire/peer-event.js';
import {
  encodePeerFrame,
  type InterestChange,
  type JsonFrame,
  type PeerFrame,
  type Ranges,
} from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { type TestNetwork, type TestNode, threeNodes } from '../helpers/mesh-network.js';
import { forSeeds, type Random } from '../helpers/random.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';

const stranger = 'ab'.repeat(16);
const names = ['ann', 'bob', 'gus', 'tom', '\x1b[2J', '', 'x'.repeat(40), 'Ünïcode'];
const channels = ['lobby', 'tea', '#Lobby', 'a b', '', '__proto__'];

/** Makes frames with valid, nearly valid and invalid values. */
class Liar {
  /**
   * @param nodes the servers that it speaks of and for; the first is itself
   * @param others further servers that it speaks to
   */
  constructor(
    private readonly random: Random,
    private readonly nodes: readonly string[],
    private readonly others: readonly string[],
  ) {}

  frame(): Buffer {
    const { random } = this;
    const kind = random.below(10);
    if (kind < 2) return this.#event();
    if (kind < 6) return encodePeerFrame(random.pick(this.#forNeighbours())());
    const inner = kind === 6 ? this.#event() : encodePeerFrame(random.pick(this.#forAnybody())());
    // Now and then the frame is sent outside of a ROUTED frame, which is not allowed.
    if (random.chance(0.02)) return inner;
    const hopsLeft = random.pick([0, 1, 5, 255]);
    return encodeRouted({
      to: random.pick([...this.others, this.#node()]),
      from: this.#node(),
      hopsLeft,
      inner,
    });
  }

  #node(): string {
    return this.random.pick(this.nodes);
  }

  #count(): number {
    return this.random.pick([0, 1, 2, 3, 1000, 5000, limits.version, 2 ** 47, 2 ** 48 - 1]);
  }

  #version(): number {
    return this.random.pick([0, 1, 2, 5, limits.version]);
  }

  #channel(): string {
    return this.random.pick(channels);
  }

  #name(): string {
    return this.random.pick(names);
  }

  #names(): string[] {
    return names.filter(() => this.random.chance(0.3));
  }

  #ranges(): Ranges {
    return Array.from({ length: this.random.below(4) }, () => {
      const from = this.#count();
      return [from, Math.min(2 ** 48 - 1, from + this.random.pick([0, 1, 600, 2 ** 47]))] as const;
    });
  }

  readonly #forNeighbours = (): readonly (() => JsonFrame)[] => [
    () => this.#advert(),
    () => this.#interest(),
    () => ({ type: 'peers', addresses: [{ host: '127.0.0.1', port: 1 + this.random.below(60_000) }] }),
    () => ({ type: 'ping', view: this.#count(), interest: this.#count() }),
    () => ({ type: 'pong', view: 2, interest: 3 }),
    () => ({ type: 'summary', view: this.#count(), interest: this.#count() }),
    () => ({
      type: 'versions',
      servers: this.nodes.map((node) => [node, this.#version(), this.#version()] as const),
    }),
    () => ({
      type: 'want',
      servers: this.nodes.map((node) => [node, this.#version(), this.#version()] as const),
    }),
    () => ({
      type: 'heads',
      origin: this.#node(),
      hopsLeft: this.random.pick([0, 1, 255]),
      heads: channels.map((channel) => [channel, this.#count()] as const),
    }),
    () => ({ type: 'bye', reason: 'full', message: this.#name() }),
  ];

  readonly #forAnybody = (): readonly (() => JsonFrame)[] => [
    () => ({ type: 'ask', channels: channels.filter(() => this.random.chance(0.5)) }),
    () => ({
      type: 'sync',
      origin: this.#node(),
      channel: this.#channel(),
      base: this.random.pick([0, 1, this.#count()]),
      seq: this.#count(),
      members: this.#names(),
    }),
    () => ({ type: 'pull', origin: this.#node(), channel: this.#channel(), ranges: this.#ranges() }),
    () => ({ type: 'miss', origin: this.#node(), channel: this.#channel(), ranges: this.#ranges() }),
    () => ({
      type: 'claim',
      request: this.#count(),
      fresh: this.random.chance(0.5),
      claims: names.map((name) => [name, this.#count()] as const),
    }),
    () => ({
      type: 'claimed',
      request: this.random.below(10),
      granted: this.#names().map((name) => [name, this.#count()] as const),
      refused: this.#names(),
    }),
    () => ({ type: 'release', name: this.#name(), sinceMs: this.#count() }),
    () => ({ type: 'contest', name: this.#name(), sinceMs: this.#count() }),
    () => ({ type: 'find', request: this.#count(), name: this.#name() }),
    () => ({
      type: 'found',
      request: this.random.below(5),
      node: this.random.chance(0.2) ? undefined : this.#node(),
    }),
    () => ({
      type: 'direct',
      request: this.#count(),
      message: this.random.pick(['{', '{}', this.#direct()]),
    }),
    () => ({ type: 'directed', request: this.random.below(5), delivered: this.random.chance(0.5) }),
  ];

  /** One that it signed for itself, one of somebody else, or a forged one. */
  #advert(): JsonFrame {
    const node = this.random.chance(0.8) ? (this.nodes[0] ?? '') : this.#node();
    const topology = new Topology(testIdentity(node), testCrypto, 'evil');
    topology.setNeighbours(this.nodes.filter(() => this.random.chance(0.5)));
    const advert = topology.advertise(this.random.chance(0.1));
    return this.random.chance(0.9) ? advert : { ...advert, version: this.#version() };
  }

  #interest(): JsonFrame {
    const node = this.random.chance(0.8) ? (this.nodes[0] ?? '') : this.#node();
    const counts = [-1, 0, 1, 100_000, 2 ** 48 - 1];
    const changes = channels.map((channel): InterestChange => [channel, this.random.pick(counts)]);
    let sum = 0n;
    for (const [channel, count] of changes) if (count >= 0) sum += entryHash(testCrypto, channel, count);
    const digest = (sum % 2n ** 128n).toString(16).padStart(32, '0');
    const from = this.random.pick([0, 0, 0, 1, 2]);
    const to = from + 1 + this.random.below(3);
    const signer = testIdentity(this.random.chance(0.95) ? node : stranger);
    const signature = signer.sign(signedInterest(node, to, digest));
    const part = this.random.pick([0, 0, 0, 1, 2, 1000]);
    return {
      type: 'interest',
      node,
      from,
      to,
      digest,
      signature,
      changes,
      part,
      last: this.random.chance(0.7),
    };
  }

  #direct(): string {
    return JSON.stringify({ type: 'msg', id: 'x', to: this.#name(), from: this.#name(), text: 'hi', at: 1 });
  }

  #event(): Buffer {
    const { random } = this;
    const type = random.pick(['msg', 'join', 'leave', 'nick', 'welcome']);
    const [channel, text] = [this.#channel() || 'x', random.pick(['hi', '\x07', ''])];
    const event = { type, id: 'x', channel, name: this.#name(), from: this.#name(), text, at: 1 };
    const presence = random.chance(0.02) ? type === 'msg' : type !== 'msg';
    const head = {
      origin: this.#node(),
      channel,
      number: this.#count(),
      seq: this.#count(),
      count: random.chance(0.8) ? 1 + random.below(3) : random.below(limits.runEvents + 5),
      view: this.#count(),
      presence,
    };
    const line = random.chance(0.02) ? '{' : JSON.stringify(event);
    const lines = Array.from({ length: random.chance(0.95) ? head.count : random.below(4) }, () => line);
    const bytes = encodeEventFrame(head, lines.join('\n'));
    return random.chance(0.3) ? asResent(bytes) : bytes;
  }
}

describe('fuzzing what peers send', () => {
  it('decodes, or gives a protocol error, nothing else', () => {
    forSeeds(1500, (random) => {
      const frame = new Liar(random, [stranger], []).frame();
      if (random.chance(0.7)) frame[random.below(frame.length)] = random.below(256);
      const bytes = random.chance(0.2) ? random.bytes(1 + random.below(64)) : Buffer.concat([frame, frame]);
      const decoder = new PeerFrameDecoder(limits.helloFrameBytes);
      const frames: PeerFrame[] = [];
      try {
        for (const piece of random.cut(bytes)) decoder.push(piece, (decoded) => frames.push(decoded));
      } catch (error) {
        expect(error).to.be.instanceOf(PeerProtocolError);
      }
      expect(frames.length).to.be.at.most(bytes.length / 5);
    });
  });

  it('takes no event that would not be said to clients, nor one of another channel', () => {
    forSeeds(400, (random) => {
      const fields = { type: random.pick(['msg', 'join', 'nick']), id: 'x', at: 1, later: 1 };
      const event = {
        ...fields,
        channel: 'lobby',
        name: random.pick(names),
        from: random.pick(names),
        text: 'hi',
      };
      const channel = random.pick(['lobby', 'tea']);
      for (const { message, json } of decodeChannelEvents(JSON.stringify(event), channel, 1).events) {
        expect([message.channel, channel]).to.deep.equal(['lobby', 'lobby']);
        expect(JSON.stringify(message) + json).to.not.match(/\\u001b|later/);
      }
    });
  });

  it('cannot shake a server, nor what it has to do with others', () => {
    forSeeds(100, (random) => {
      const { network, good, target, hostile } = besieged(random, ({ hostile }) => [
        hostile.id,
        stranger,
        'cd'.repeat(16),
      ]);
      const before = [good.heard.length, target.heard.length];
      for (let i = 0; i < 2; i++) {
        target.say('lobby', 'tom', `still here ${i}?`);
        good.say('lobby', 'gus', `yes ${i}`);
      }
      network.run(50);
      expect(hostile.alive).to.equal(true);
      expect(good.heard.slice(before[0])).to.deep.equal(['still here 0?', 'still here 1?']);
      expect(target.heard.slice(before[1])).to.deep.equal(['yes 0', 'yes 1']);
    });
  }).timeout(60_000);

  it('ends no link but its own, and brings no client anything that is none, even in the names of others', () => {
    forSeeds(100, (random) => {
      const { good, target } = besieged(random, ({ hostile, good, target }) => [
        hostile.id,
        hostile.id,
        good.id,
        target.id,
      ]);
      expect(target.neighbours).to.include('a');
      for (const event of [...good.delivered, ...target.delivered])
        expect(JSON.stringify(event)).to.not.match(/\\u001b|\\u0007/);
    });
  }).timeout(60_000);
});

interface Besieged {
  readonly network: TestNetwork;
  readonly good: TestNode;
  readonly target: TestNode;
  readonly hostile: TestNode;
}

/** Two servers that talk with each other after a third has sent lies to one of them for a while. */
function besieged(random: Random, speaksFor: (besieged: Besieged) => readonly string[]): Besieged {
  const { network, a: good, b: target, c: hostile } = threeNodes('ab c');
  good.join('lobby', 'gus');
  target.join('lobby', 'tom');
  network.run(500);
  const all = { network, good, target, hostile };
  for (let round = 0; round < 5; round++) {
    network.link(hostile, target);
    network.run(5);
    const liar = new Liar(random, speaksFor(all), [good.id, target.id]);
    const link = hostile.mesh.neighbours.links.to(target.id);
    for (let i = 0; link && i < 20; i++) network.send(hostile, link.id, liar.frame());
    network.run(60);
  }
  network.run(1000);
  return all;
}
