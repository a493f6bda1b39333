import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { checkChannelName } from '../../lib/wire/names.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { encodeEventFrame, encodeRouted } from '../../lib/wire/peer-event.js';
import {
  decodePeerFrame,
  encodePeerFrame,
  isRoutable,
  type JsonFrame,
  type PeerFrame,
} from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { jsonFrames, nodeA, nodeB, rawFrame } from '../helpers/peer-frames.js';

const head = {
  origin: nodeA,
  channel: 'tëa',
  number: 2 ** 41 + 5,
  seq: 2 ** 40 + 3,
  count: 1,
  view: 2 ** 48 - 1,
};
const eventHead = { ...head, presence: false };
const eventJson = '{"type":"msg","id":"x","text":"grüße 🎉"}';

/** Decodes a stream of bytes that comes in pieces of a given size. */
function decode(bytes: Buffer, pieceBytes: number): PeerFrame[] {
  const decoder = new PeerFrameDecoder(limits.peerFrameBytes);
  const frames: PeerFrame[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    decoder.push(bytes.subarray(at, at + pieceBytes), (frame) => frames.push(frame));
  }
  return frames;
}

describe('peer frames', () => {
  for (const frame of jsonFrames) {
    describe(frame.type, () => {
      const bytes = encodePeerFrame(frame);
      it('decodes to what was encoded', () => expect(decode(bytes, bytes.length)).to.deep.equal([frame]));
      it('decodes byte by byte', () => expect(decode(bytes, 1)).to.deep.equal([frame]));
      it('decodes with trailing data', () => {
        expect(decode(Buffer.concat([bytes, bytes, bytes.subarray(0, -1)]), 1000)).to.deep.equal([
          frame,
          frame,
        ]);
      });
    });
  }

  it('of every JSON type are among those looked at here', () => {
    const types = new Set(jsonFrames.map(({ type }) => type));
    const numbers = new Set(jsonFrames.map((frame) => encodePeerFrame(frame)[4]));
    expect(numbers.size).to.equal(types.size);
    for (let number = 0; number < 128; number++) {
      if (numbers.has(number) || [16, 17, 18].includes(number)) continue;
      expect(() => decodePeerFrame(rawFrame(number, '{}')), `type ${number}`).to.throw(
        PeerProtocolError,
        'unknown',
      );
    }
  });

  it('for one server, wherever it is, are told from those for a neighbour', () => {
    const routable = jsonFrames.filter(isRoutable).map(({ type }) => type);
    expect([...new Set(routable)]).to.deep.equal([
      'ask',
      'sync',
      'claim',
      'claimed',
      'release',
      'contest',
      'find',
      'found',
      'direct',
      'directed',
      'pull',
      'miss',
    ]);
    const binary = [encodeEventFrame(eventHead, eventJson), encodeRouted({ ...routedHead, inner: pong })];
    for (const bytes of binary) expect(decode(bytes, 1000).some(isRoutable)).to.equal(false);
  });

  it('of a mix of types come out in order, wherever the stream is cut', () => {
    const binary = [encodeEventFrame(eventHead, eventJson), encodeRouted({ ...routedHead, inner: pong })];
    const stream = Buffer.concat([...jsonFrames.map(encodePeerFrame), ...binary]);
    const types = [...jsonFrames.map((frame) => frame.type), 'event', 'routed'];
    for (const pieceBytes of [1, 2, 7, 64, stream.length]) {
      expect(decode(stream, pieceBytes).map((frame) => frame.type)).to.deep.equal(types);
    }
  });

  it('ignore fields of later versions', () => {
    for (const frame of jsonFrames) {
      if (frame.type === 'pong') continue;
      const number = encodePeerFrame(frame)[4] ?? 0;
      const { type: _, ...fields } = frame;
      expect(
        decode(rawFrame(number, JSON.stringify({ ...fields, later: { much: true } })), 1000),
      ).to.deep.equal([frame]);
    }
  });

  it('of a kind that a later version has are left out, and those after them are read', () => {
    for (const number of [128, 200, 255]) {
      const stream = Buffer.concat([pong, rawFrame(number, 'whatever it says'), rawFrame(number, ''), pong]);
      for (const pieceBytes of [1, stream.length]) {
        expect(decode(stream, pieceBytes)).to.deep.equal([
          { type: 'pong', view: 2, interest: 3 },
          { type: 'pong', view: 2, interest: 3 },
        ]);
      }
    }
  });

  it('that are none of a kind that can be left out are refused', () => {
    for (const number of [0, 13, 15, 19, 31, 44, 99, 127]) {
      expect(() => decode(rawFrame(number, ''), 1000), `type ${number}`).to.throw(
        PeerProtocolError,
        'unknown',
      );
    }
  });

  it('before HELLO may be no longer than a HELLO', () => {
    const decoder = new PeerFrameDecoder(limits.helloFrameBytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(limits.helloFrameBytes + 1);
    expect(() => decoder.push(length, () => {})).to.throw(PeerProtocolError);
  });

  it('end a HELLO with a line feed, so that a port for clients answers at once', () => {
    for (const frame of jsonFrames)
      expect(encodePeerFrame(frame).at(-1) === 0x0a, frame.type).to.equal(frame.type === 'hello');
  });

  it('at their longest fit into what a link takes', () => {
    const channel = '𠀀'.repeat(limits.channelNameCharacters);
    const longest: readonly JsonFrame[] = [
      {
        type: 'versions',
        servers: Array.from({ length: limits.nodes + 1 }, (_, i) => [
          i.toString(16).padStart(32, '0'),
          limits.version,
          limits.version,
        ]),
      },
      {
        type: 'interest',
        node: nodeA,
        from: 0,
        to: limits.version,
        digest: 'f'.repeat(32),
        signature: 'f'.repeat(128),
        changes: Array.from({ length: limits.interestPerFrame }, (_, i) => [
          String.fromCodePoint(0x20000 + i) + channel.slice(2),
          20_000,
        ]),
        part: 500,
        last: true,
      },
      {
        type: 'heads',
        origin: nodeA,
        hopsLeft: 255,
        heads: new Array(limits.headsPerFrame).fill([channel, 2 ** 47]),
      },
      {
        type: 'sync',
        origin: nodeA,
        channel,
        base: 2 ** 47,
        seq: 2 ** 47,
        members: new Array(limits.membersPerRoster).fill('𠀀'.repeat(limits.userNameCharacters)),
      },
    ];
    for (const frame of longest) {
      const bytes = encodePeerFrame(frame);
      expect(bytes.length, frame.type).to.be.at.most(limits.peerFrameBytes);
      expect(decode(bytes, bytes.length)).to.deep.equal([frame]);
    }
  });
});

const pong = encodePeerFrame({ type: 'pong', view: 2, interest: 3 });
const routedHead = { to: nodeA, from: nodeB, hopsLeft: 7 };

describe('the binary frames between servers:', () => {
  it('carry every name that a channel can have', () => {
    for (const letter of ['a', 'é', '㐀', '𠀀']) {
      const channel = checkChannelName(letter.repeat(limits.channelNameCharacters));
      const [frame] = decode(encodeEventFrame({ ...eventHead, channel }, eventJson), 1000);
      expect(frame).to.include({ type: 'event', channel });
    }
  });

  it('carry every text that a message can have, and refuse longer events', () => {
    const text = '"'.repeat(limits.textBytes);
    const name = '𠀀'.repeat(limits.userNameCharacters);
    const channel = '𠀀'.repeat(limits.channelNameCharacters);
    const event = { type: 'msg', id: 'x'.repeat(24), channel, from: name, text, at: 2 ** 50 };
    const longest = encodeEventFrame({ ...eventHead, channel }, JSON.stringify(event));
    expect(decode(longest, longest.length)).to.have.length(1);
    const longer = encodeEventFrame(eventHead, 'x'.repeat(limits.eventFrameBytes));
    expect(() => decode(longer, longer.length)).to.throw(PeerProtocolError, 'too long');
  });
});
