import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import {
  asResent,
  encodeEventFrame,
  encodeRouted,
  isEventBytes,
  oneHopOn,
} from '../../lib/wire/peer-event.js';
import { decodePeerFrame, encodePeerFrame, type PeerFrame } from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { nodeA, nodeB } from '../helpers/peer-frames.js';

const head = {
  origin: nodeA,
  channel: 'tëa',
  number: 2 ** 41 + 5,
  seq: 2 ** 40 + 3,
  count: 3,
  view: 2 ** 48 - 1,
  presence: false,
};
const eventJson = Array(3).fill('{"type":"msg","id":"x","text":"grüße 🎉"}').join('\n');
const event = encodeEventFrame(head, eventJson);
const inner = encodePeerFrame({ type: 'find', request: 1, name: 'ann' });
const routed = encodeRouted({ to: nodeA, from: nodeB, hopsLeft: 7, inner });

function decodeInPieces(bytes: Buffer, pieceBytes: number): PeerFrame[] {
  const decoder = new PeerFrameDecoder(100_000);
  const frames: PeerFrame[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    decoder.push(bytes.subarray(at, at + pieceBytes), (frame) => frames.push(frame));
  return frames;
}

/** The first bytes of a frame, with a length that says that these are all. */
function cutTo(bytes: Buffer, length: number): Buffer {
  const cut = Buffer.from(bytes.subarray(0, length));
  cut.writeUInt32BE(length - 4);
  return cut;
}

describe('an EVENT', () => {
  for (const [type, bytes, resent] of [
    ['EVENT', event, false],
    ['RESENT', asResent(event), true],
  ] as const) {
    for (const pieceBytes of [1, 3, bytes.length]) {
      it(`sent as ${type} decodes to what was encoded, in pieces of ${pieceBytes}`, () => {
        const [frame, second, ...more] = decodeInPieces(
          Buffer.concat([bytes, bytes, bytes.subarray(0, 9)]),
          pieceBytes,
        );
        expect(second).to.deep.equal(frame);
        expect(more).to.deep.equal([]);
        if (frame?.type !== 'event') throw new Error('not an event');
        const { payload, bytes: whole, ...rest } = frame;
        expect(rest).to.deep.equal({ type: 'event', ...head, resent });
        expect(payload.toString()).to.equal(eventJson);
        expect(whole.equals(bytes)).to.equal(true);
      });
    }
  }

  it('says whether it is presence', () => {
    const bytes = encodeEventFrame({ ...head, presence: true }, eventJson);
    expect(decodePeerFrame(bytes)).to.include({ presence: true });
    expect(decodePeerFrame(event)).to.include({ presence: false });
  });

  it('has flags that later versions may add to', () => {
    const later = Buffer.from(event);
    later[5] = 0xff;
    expect(decodePeerFrame(later)).to.include({ presence: true, seq: head.seq });
  });

  it('is refused when it is cut short', () => {
    // Length, type, flags, origin, three numbers and how many, length of the channel's name, the name.
    const whole = 4 + 1 + 1 + 16 + 3 * 6 + 2 + 2 + Buffer.byteLength(head.channel);
    for (let length = 5; length < whole; length++)
      expect(() => decodePeerFrame(cutTo(event, length)), `${length} bytes`).to.throw(PeerProtocolError);
    // Room for three events of the least length.
    const least = whole + 3 * Buffer.byteLength('{"type":"join","channel":"c","name":"n"}');
    expect(() => decodePeerFrame(cutTo(event, least - 1))).to.throw(PeerProtocolError);
    expect(decodePeerFrame(cutTo(event, least))).to.include({ channel: head.channel });
  });

  for (const count of [0, limits.runEvents + 1]) {
    it(`is refused with ${count} events`, () => {
      expect(() => decodePeerFrame(encodeEventFrame({ ...head, count }, eventJson))).to.throw(
        PeerProtocolError,
        `${count} events`,
      );
    });
  }

  it('is refused without a channel', () => {
    expect(() => decodePeerFrame(encodeEventFrame({ ...head, channel: '' }, eventJson))).to.throw(
      PeerProtocolError,
    );
  });

  it('is resent as a copy, and as it is when it was resent already', () => {
    const resent = asResent(event);
    expect(decodePeerFrame(event)).to.include({ resent: false });
    expect(asResent(resent)).to.equal(resent);
    expect([event, resent, inner, routed].map(isEventBytes)).to.deep.equal([true, true, false, false]);
  });
});

describe('a ROUTED', () => {
  for (const pieceBytes of [1, 3, routed.length]) {
    it(`decodes to what was encoded, in pieces of ${pieceBytes}`, () => {
      const frames = decodeInPieces(Buffer.concat([routed, routed, routed.subarray(0, -1)]), pieceBytes);
      expect(frames).to.have.length(2);
      for (const frame of frames) {
        if (frame.type !== 'routed') throw new Error('not a routed frame');
        const { inner: within, ...rest } = frame;
        expect(rest).to.deep.equal({ type: 'routed', to: nodeA, from: nodeB, hopsLeft: 7 });
        expect(within.equals(inner)).to.equal(true);
      }
    });
  }

  it('carries an event too', () => {
    const frame = decodePeerFrame(encodeRouted({ to: nodeA, from: nodeB, hopsLeft: 1, inner: event }));
    if (frame?.type !== 'routed') throw new Error('not a routed frame');
    expect(decodePeerFrame(frame.inner)).to.include({ type: 'event', seq: head.seq });
  });

  it('is refused when it is cut short, wherever that is', () => {
    for (let length = 5; length < routed.length; length++)
      expect(() => decodePeerFrame(cutTo(routed, length)), `${length} bytes`).to.throw(PeerProtocolError);
  });

  it('is refused when more follows on the frame within', () => {
    const bytes = encodeRouted({ to: nodeA, from: nodeB, hopsLeft: 7, inner: Buffer.concat([inner, inner]) });
    expect(() => decodePeerFrame(bytes)).to.throw(PeerProtocolError, 'length');
  });

  it('has one hop less after each link, down to none, and nothing else of it changes', () => {
    let bytes = routed;
    for (const hopsLeft of [6, 5, 4, 3, 2, 1, 0, 0]) {
      bytes = oneHopOn(bytes);
      expect(decodePeerFrame(bytes)).to.include({ hopsLeft, to: nodeA, from: nodeB });
    }
    expect(decodePeerFrame(routed)).to.include({ hopsLeft: 7 });
  });
});
