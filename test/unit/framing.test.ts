import { expect } from 'chai';
import { type Framing, frameAll, lineFraming, webSocketFraming } from '../../lib/wire/framing.js';
import { forSeeds } from '../helpers/random.js';
import { opcodes, readFrames } from '../helpers/web-socket-frames.js';

const characters = { 1: 'x', 2: 'é', 3: '€', 4: '😀' } as const;

/** A text of exactly that many bytes, which has a character as often as there is room for it. */
function textOf(bytes: number, character: string): string {
  const size = Buffer.byteLength(character);
  return character.repeat(Math.floor(bytes / size)) + 'x'.repeat(bytes % size);
}

function framed(framing: Framing, text: string): Buffer {
  return frameAll(framing, [text]).bytes;
}

describe('webSocketFraming', () => {
  for (const bytes of [1, 125, 126, 127, 65_535, 65_536, 100_000]) {
    for (const [size, character] of Object.entries(characters)) {
      it(`makes one text frame of ${bytes} bytes in characters of ${size}`, () => {
        const text = textOf(bytes, character);
        const { frames, rest } = readFrames(framed(webSocketFraming, text));
        expect(rest).to.have.length(0);
        expect(frames.map(({ payload: _, ...head }) => head)).to.deep.equal([
          {
            final: true,
            opcode: opcodes.text,
            masked: false,
            end: frames[0] && framed(webSocketFraming, text).length,
          },
        ]);
        expect(frames[0]?.payload).to.have.length(bytes);
        expect(frames[0]?.payload.toString('utf8')).to.equal(text);
      });
    }
  }

  it('takes the shortest length field that does', () => {
    const headers = [125, 126, 65_535, 65_536].map((n) => framed(webSocketFraming, 'x'.repeat(n)).length - n);
    expect(headers).to.deep.equal([2, 4, 4, 10]);
  });
});

describe('lineFraming', () => {
  for (const text of ['hello', 'é€😀', 'x'.repeat(70_000)]) {
    it(`ends ${text.length} characters with a line feed`, () => {
      expect(framed(lineFraming, text).toString('utf8')).to.equal(`${text}\n`);
    });
  }
});

for (const framing of [lineFraming, webSocketFraming]) {
  describe(`Texts framed together (${framing.transport})`, () => {
    it('are the same as each by itself, and end where each ends', () => {
      forSeeds(100, (random) => {
        const texts = Array.from({ length: random.below(50) }, () =>
          textOf(1 + random.below(300), random.pick(Object.values(characters))),
        );
        const { bytes, ends } = frameAll(framing, texts);
        const each = texts.map((text) => framed(framing, text));
        expect(bytes.equals(Buffer.concat(each))).to.equal(true);
        let end = 0;
        expect(ends).to.deep.equal(
          each.map(({ length }) => {
            end += length;
            return end;
          }),
        );
      });
    });

    it('are so, too, when all of them are ASCII, however long', () => {
      const texts = [1, 125, 126, 65_535, 65_536].map((length) => 'x'.repeat(length));
      const { bytes } = frameAll(framing, texts);
      expect(bytes.equals(Buffer.concat(texts.map((text) => framed(framing, text))))).to.equal(true);
    });

    it('leave out an empty one, for which there are no words', () => {
      const { bytes, ends } = frameAll(framing, ['', 'ä', '', 'b', '']);
      expect(bytes.equals(Buffer.concat([framed(framing, 'ä'), framed(framing, 'b')]))).to.equal(true);
      expect(ends).to.deep.equal([0, ends[1], ends[1], bytes.length, bytes.length]);
    });

    it('are no bytes at all, if there are none', () => {
      expect(frameAll(framing, []).bytes).to.have.length(0);
    });
  });
}
