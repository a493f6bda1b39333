import { expect } from 'chai';
import { BatchWriter, type Framing, lineFraming, webSocketFraming } from '../../lib/wire/framing.js';
import { Random } from '../helpers/random.js';
import { opcodes, readFrames } from '../helpers/web-socket-frames.js';

const characters = { 1: 'x', 2: 'é', 3: '€', 4: '😀' } as const;

/** A text of just so many bytes, with as many of a character in it as go in. */
function textOf(bytes: number, character: string): string {
  const size = Buffer.byteLength(character);
  return character.repeat(Math.floor(bytes / size)) + 'x'.repeat(bytes % size);
}

function framed(framing: Framing, text: string): Buffer {
  const into = Buffer.alloc(framing.maxBytes(text.length));
  return into.subarray(0, framing.write(into, 0, text));
}

describe('webSocketFraming', () => {
  for (const bytes of [0, 1, 125, 126, 127, 65_535, 65_536, 100_000]) {
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
  for (const text of ['', 'hello', 'é€😀', 'x'.repeat(70_000)]) {
    it(`ends ${text.length} characters with a line feed`, () => {
      expect(framed(lineFraming, text).toString('utf8')).to.equal(`${text}\n`);
    });
  }
});

describe('A framing', () => {
  for (const framing of [lineFraming, webSocketFraming]) {
    it(`writes at the offset it is given, and nowhere else (${framing.transport})`, () => {
      const text = 'é€😀';
      const into = Buffer.alloc(100, 0xee);
      const end = framing.write(into, 7, text);
      expect(into.subarray(7, end)).to.deep.equal(framed(framing, text));
      expect([...into.subarray(0, 7), ...into.subarray(end)].every((byte) => byte === 0xee)).to.equal(true);
    });

    it(`never needs more than maxBytes (${framing.transport})`, () => {
      for (const character of Object.values(characters)) {
        for (const count of [0, 1, 41, 42, 125, 126, 21_845, 65_536]) {
          const text = character.repeat(count);
          const roomy = Buffer.alloc(text.length * 4 + 100);
          expect(framing.write(roomy, 0, text)).to.be.at.most(framing.maxBytes(text.length));
        }
      }
    });
  }
});

describe('BatchWriter', () => {
  it('gathers texts of different framings, in order', () => {
    const writer = new BatchWriter();
    writer.add(lineFraming, 'one');
    writer.add(webSocketFraming, 'two');
    writer.add(lineFraming, 'three');
    const expected = Buffer.concat([
      framed(lineFraming, 'one'),
      framed(webSocketFraming, 'two'),
      framed(lineFraming, 'three'),
    ]);
    expect(writer.length).to.equal(expected.length);
    expect(writer.take()).to.deep.equal(expected);
  });

  it('is empty once its batch was taken', () => {
    const writer = new BatchWriter();
    writer.add(lineFraming, 'old');
    writer.take();
    expect(writer.length).to.equal(0);
    expect(writer.take()).to.have.length(0);
  });

  it('leaves a batch that was taken as it was, whatever is gathered next', () => {
    const writer = new BatchWriter();
    writer.add(lineFraming, 'first');
    const taken = writer.take();
    writer.add(lineFraming, 'SECOND, and longer');
    expect(taken.toString()).to.equal('first\n');
  });

  it('hands out no more memory than the batch has', () => {
    const writer = new BatchWriter();
    writer.add(lineFraming, 'x'.repeat(50_000));
    const taken = writer.take();
    expect(taken.buffer.byteLength).to.equal(50_001);
  });

  it('grows as it must, and holds what it had', () => {
    const random = new Random(7);
    const writer = new BatchWriter();
    const texts = Array.from({ length: 400 }, () =>
      textOf(random.below(20_000), random.pick(Object.values(characters))),
    );
    for (const text of texts) writer.add(lineFraming, text);
    expect(writer.take().toString('utf8')).to.equal(texts.map((text) => `${text}\n`).join(''));
    writer.add(lineFraming, 'small again');
    expect(writer.take().toString('utf8')).to.equal('small again\n');
  });
});
