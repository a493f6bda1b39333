import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { checkChannelName } from '../../lib/wire/names.js';
import {
  decodePeerFrame,
  encodeEventFrame,
  encodePeerFrame,
  type PeerFrame,
  PeerFrameDecoder,
  PeerProtocolError,
} from '../../lib/wire/peer-frame.js';

const node = 'a1'.repeat(16);
const other = '0f'.repeat(16);

type JsonFrame = Parameters<typeof encodePeerFrame>[0];
const jsonFrames: readonly JsonFrame[] = [
  {
    ...{ type: 'hello', protocol: 2, oldest: 2, node, name: 'alpha', version: '0.2.0', host: '192.0.2.7' },
    ...{ port: 30303, probe: false, key: 'b2'.repeat(32), nonce: 'c3'.repeat(16) },
  },
  { type: 'bye', reason: 'duplicate', message: 'another link is in use' },
  { type: 'ping' },
  { type: 'pong' },
  {
    type: 'peers',
    addresses: [
      { host: '192.0.2.7', port: 30303 },
      { host: '2001:db8::1', port: 1 },
    ],
  },
  { type: 'advert', node, version: 7, name: 'alpha', neighbours: [other], leaving: false },
  { type: 'sync', origin: node, channel: 'tëa', seq: 12, members: ['ann', 'björn'] },
  { type: 'ask', origin: other },
  { type: 'auth', signature: 'd4'.repeat(64), mac: 'e5'.repeat(32) },
];
const head = { origin: node, channel: 'tëa', seq: 2 ** 40 + 3, first: true, presence: false };
const eventJson = '{"type":"msg","text":"grüße 🎉"}';

/** Decodes a stream of bytes, handed in in pieces of so many bytes. */
function decode(bytes: Buffer, pieceBytes: number): PeerFrame[] {
  const decoder = new PeerFrameDecoder(limits.peerFrameBytes);
  const frames: PeerFrame[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    decoder.push(bytes.subarray(at, at + pieceBytes), (frame) => frames.push(frame));
  }
  return frames;
}

/** A frame of a type and a body as they are, right or wrong. */
function raw(type: number, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length + 1);
  return Buffer.concat([length, Buffer.from([type]), bytes]);
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

  describe('event', () => {
    const bytes = encodeEventFrame(head, eventJson);
    for (const pieceBytes of [1, 3, bytes.length]) {
      it(`decodes to what was encoded, in pieces of ${pieceBytes}`, () => {
        const [frame, second] = decode(Buffer.concat([bytes, bytes]), pieceBytes);
        expect(second).to.deep.equal(frame);
        if (frame?.type !== 'event') throw new Error('not an event');
        const { payload, bytes: whole, ...rest } = frame;
        expect(rest).to.deep.equal({ type: 'event', ...head });
        expect(payload.toString()).to.equal(eventJson);
        expect(whole.equals(bytes)).to.equal(true);
      });
    }

    it('is refused when it is cut short', () => {
      for (let length = 6; length < 4 + 26 + 4; length++) {
        const cut = Buffer.from(bytes.subarray(0, length));
        cut.writeUInt32BE(length - 4);
        expect(() => decodePeerFrame(cut), `${length} bytes`).to.throw(PeerProtocolError);
      }
    });
  });

  it('carry every name that a channel can have', () => {
    for (const letter of ['a', 'é', '㐀', '𠀀']) {
      const channel = checkChannelName(letter.repeat(limits.channelNameCharacters));
      const [frame] = decode(encodeEventFrame({ ...head, channel }, eventJson), 1000);
      expect(frame).to.include({ type: 'event', channel });
    }
  });

  it('carry every text that a message can have, and refuse longer events', () => {
    const text = '"'.repeat(limits.textBytes);
    const [name, channel] = [
      '𠀀'.repeat(limits.userNameCharacters),
      '𠀀'.repeat(limits.channelNameCharacters),
    ];
    const event = { type: 'msg', id: 'x'.repeat(24), channel, from: name, text, at: 2 ** 50 };
    const longest = encodeEventFrame({ ...head, channel }, JSON.stringify(event));
    expect(decode(longest, longest.length)).to.have.length(1);
    const longer = encodeEventFrame(head, 'x'.repeat(limits.eventFrameBytes));
    expect(() => decode(longer, longer.length)).to.throw(PeerProtocolError, 'too long');
  });

  it('of a mix of types come out in order, wherever the stream is cut', () => {
    const stream = Buffer.concat([...jsonFrames.map(encodePeerFrame), encodeEventFrame(head, eventJson)]);
    const types = [...jsonFrames.map((frame) => frame.type), 'event'];
    for (const pieceBytes of [1, 2, 7, 64, stream.length]) {
      expect(decode(stream, pieceBytes).map((frame) => frame.type)).to.deep.equal(types);
    }
  });

  it('ignore fields of later versions', () => {
    const [hello] = decode(raw(1, JSON.stringify({ ...jsonFrames[0], later: true })), 1000);
    expect(hello).to.deep.equal(jsonFrames[0]);
  });

  it('of kinds that only newer versions know are left out, from number 128 on', () => {
    const stream = Buffer.concat([raw(128, 'later'), encodePeerFrame({ type: 'ping' }), raw(255, '')]);
    expect(decode(stream, 3)).to.deep.equal([{ type: 'ping' }]);
    expect(() => decode(raw(127, ''), 9)).to.throw(PeerProtocolError, 'unknown type 127');
  });

  it('come with all their bytes', () => {
    const bytes = encodePeerFrame({ type: 'ask', origin: node });
    const seen: Buffer[] = [];
    const decoder = new PeerFrameDecoder(1000);
    for (const byte of Buffer.concat([bytes, bytes]))
      decoder.push(Buffer.of(byte), (_frame, whole) => seen.push(whole));
    expect(seen).to.deep.equal([bytes, bytes]);
  });

  it('tell of a HELLO of protocol 1, though it lacks what later ones have', () => {
    const old = { protocol: 1, node, name: 'old', version: '0.1.0', port: 30303, probe: false };
    expect(decode(raw(1, JSON.stringify(old)), 1000)).to.deep.equal([
      { type: 'hello', ...old, oldest: 1, key: '', nonce: '' },
    ]);
  });

  it('leave out of a HELLO a host that is no IP address in its one spelling', () => {
    for (const host of ['example.org', '127.1', '::FFFF:1.2.3.4', 5]) {
      const [hello] = decode(raw(1, JSON.stringify({ ...jsonFrames[0], host })), 1000);
      expect(hello).not.to.have.property('host');
    }
  });

  it('end a link for reasons of later versions, too', () => {
    const bye = raw(2, '{"reason":"whim","message":"they felt like it"}');
    expect(decode(bye, 1000)).to.deep.equal([{ type: 'bye', reason: 'other', message: 'they felt like it' }]);
  });

  describe('that are wrong are refused with a reason:', () => {
    const advert = { node, version: 1, name: 'a', neighbours: [] };
    for (const [what, bytes] of [
      ['no type', Buffer.from([0, 0, 0, 0])],
      ['too long', Buffer.from([0xff, 0, 0, 0])],
      ['a browser', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      ['unknown type', raw(99, '')],
      ['no JSON', raw(1, 'hello')],
      ['JSON that is no object', raw(1, '[1]')],
      ['JSON that is null', raw(6, 'null')],
      ['hello without fields', raw(1, '{}')],
      ['hello with a bad node id', raw(1, JSON.stringify({ ...jsonFrames[0], node: 'xyz' }))],
      ['hello whose name moves the cursor', raw(1, JSON.stringify({ ...jsonFrames[0], name: 'a\x1b[2J' }))],
      ['hello with a port beyond 65535', raw(1, JSON.stringify({ ...jsonFrames[0], port: 70000 }))],
      ['bye without a reason', raw(2, '{"message":""}')],
      ['auth whose signature is too short', raw(9, '{"signature":"abcd"}')],
      ['peers that are no addresses', raw(5, '{"addresses":[1]}')],
      ['peers with port 0', raw(5, '{"addresses":[{"host":"192.0.2.7","port":0}]}')],
      ['peers with a host that is none', raw(5, '{"addresses":[{"host":"a b","port":1}]}')],
      ['too many peers', raw(5, JSON.stringify({ addresses: new Array(65).fill({ host: 'a', port: 1 }) }))],
      ['advert with a negative version', raw(6, JSON.stringify({ ...advert, version: -1 }))],
      [
        'advert with too many neighbours',
        raw(6, JSON.stringify({ ...advert, neighbours: new Array(65).fill(node) })),
      ],
      ['sync with a broken number', raw(7, JSON.stringify({ ...jsonFrames[6], seq: 1.5 }))],
      [
        'sync with a number beyond the head of an event',
        raw(7, JSON.stringify({ ...jsonFrames[6], seq: 2 ** 48 })),
      ],
      ['sync whose members are no names', raw(7, JSON.stringify({ ...jsonFrames[6], members: [{}] }))],
    ] as const) {
      it(what, () => {
        expect(() => decode(bytes, bytes.length))
          .to.throw(PeerProtocolError)
          .with.property('message').that.is.not.empty;
      });
    }
  });

  it('before HELLO may be no longer than a HELLO', () => {
    const decoder = new PeerFrameDecoder(limits.helloFrameBytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(limits.helloFrameBytes + 1);
    expect(() => decoder.push(length, () => {})).to.throw(PeerProtocolError);
  });

  it('end a HELLO with a line feed, so that a port for clients answers at once', () => {
    const [hello] = jsonFrames;
    if (hello) expect(encodePeerFrame(hello).at(-1)).to.equal(0x0a);
  });
});
