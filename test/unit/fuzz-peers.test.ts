import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { decodeChannelEvent } from '../../lib/wire/decode-channel-event.js';
import {
  encodeEventFrame,
  encodePeerFrame,
  type PeerFrame,
  PeerFrameDecoder,
  PeerProtocolError,
} from '../../lib/wire/peer-frame.js';
import { TestNetwork } from '../helpers/mesh-network.js';
import { forSeeds, type Random } from '../helpers/random.js';

const node = 'ab'.repeat(16);
const names = ['ann', 'bob', '\x1b[2J', '', 'x'.repeat(40), 'Ünïcode'];
const channels = ['lobby', 'tea', '#Lobby', 'a b', ''];

/** A frame with values that are right, nearly right, and wrong. */
function randomFrame(random: Random, nodes: readonly string[]): Buffer {
  const origin = random.pick(nodes);
  const channel = random.pick(channels);
  const seq = random.pick([0, 1, 2, 3, 1000, 2 ** 47]);
  switch (random.below(6)) {
    case 0:
      return encodePeerFrame({
        type: 'advert',
        node: origin,
        version: random.pick([0, 1, 5, 2 ** 47]),
        name: 'evil',
        neighbours: nodes.filter(() => random.chance(0.5)),
        leaving: random.chance(0.1),
      });
    case 1:
      return encodePeerFrame({
        type: 'sync',
        origin,
        channel,
        seq,
        members: names.filter(() => random.chance(0.3)),
      });
    case 2:
      return encodePeerFrame({
        type: 'peers',
        addresses: [{ host: '127.0.0.1', port: 1 + random.below(60_000) }],
      });
    case 3:
      return encodePeerFrame(random.chance(0.5) ? { type: 'ping' } : { type: 'pong' });
    default: {
      const type = random.pick(['msg', 'join', 'leave', 'nick', 'welcome']);
      const name = random.pick(names);
      const event = {
        type,
        id: 'x',
        channel,
        name,
        from: random.pick(names),
        text: random.pick(['hi', '\x07', '']),
        at: 1,
      };
      const presence = random.chance(0.1) ? type === 'msg' : type !== 'msg';
      const head = { origin, channel: channel || 'x', seq, first: random.chance(0.2), presence };
      return encodeEventFrame(head, random.chance(0.05) ? '{' : JSON.stringify(event));
    }
  }
}

/** What comes first on a connection, with values that are right, nearly right, and wrong. */
function randomGreeting(random: Random): Buffer {
  const hex = (bytes: number): string => random.bytes(bytes).toString('hex');
  switch (random.below(3)) {
    case 0:
      return encodePeerFrame({
        ...{ type: 'hello', protocol: random.pick([0, 1, 2, 3, 2 ** 40]), oldest: random.pick([0, 2, 9]) },
        ...{ node: hex(16), name: random.pick(['zoe', 'z z']), version: '', probe: random.chance(0.5) },
        ...{ host: random.pick(['192.0.2.7', 'x', '']), port: random.pick([0, 1, 65_536]) },
        ...{ key: hex(random.pick([31, 32])), nonce: hex(16) },
      });
    case 1:
      return encodePeerFrame({ type: 'auth', signature: hex(64), mac: random.pick(['', hex(32), 'x']) });
    default:
      return encodePeerFrame({ type: 'bye', reason: random.pick(['full', 'other']), message: hex(3) });
  }
}

describe('fuzzing what peers send', () => {
  it('decodes, or gives a protocol error, nothing else', () => {
    forSeeds(400, (random) => {
      const frame = random.chance(0.5) ? randomFrame(random, [node]) : randomGreeting(random);
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
      const decoded = decodeChannelEvent(JSON.stringify(event), random.pick(['lobby', 'tea']));
      if (!decoded) return;
      expect(decoded.channel).to.equal('lobby');
      expect(JSON.stringify(decoded)).to.not.match(/\\u001b|later/);
    });
  });

  it('cannot shake a server, nor its links with others', () => {
    forSeeds(60, (random) => {
      const network = new TestNetwork();
      network.canDial = false;
      const [good, target, hostile] = [network.add('good'), network.add('target'), network.add('hostile')];
      good.join('lobby', 'gus');
      target.join('lobby', 'tom');
      network.link(good, target);
      for (let round = 0; round < 5; round++) {
        network.link(hostile, target);
        network.run(5);
        const link = hostile.mesh.links.to(target.id);
        const ids = [hostile.id, node, 'cd'.repeat(16)];
        for (let i = 0; link && i < 20; i++) network.send(hostile, link.id, randomFrame(random, ids));
        network.run(20);
      }
      network.run(1000);
      target.say('lobby', 'tom', 'still here?');
      good.say('lobby', 'gus', 'yes');
      network.run(20);
      expect(good.heard.filter((text) => text !== 'hi')).to.deep.equal(['still here?']);
      expect(target.heard.filter((text) => text !== 'hi')).to.deep.equal(['yes']);
      expect(target.neighbours).to.include('good');
      for (const event of [...good.delivered, ...target.delivered]) {
        expect(JSON.stringify(event)).to.not.match(/\\u001b|\\u0007/);
      }
    });
  });
});
