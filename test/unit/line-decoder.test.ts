import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { ProtocolError } from '../../lib/wire/errors.js';
import { LineDecoder } from '../../lib/wire/line-decoder.js';
import { collectGarbage } from '../helpers/garbage.js';
import { forSeeds } from '../helpers/random.js';

type Line = string | undefined;

/** The lines of a stream that comes in these pieces, and the error that ended it, if there was one. */
function decode(pieces: readonly Buffer[], maxBytes?: number): { lines: Line[]; error?: string } {
  const decoder = new LineDecoder(maxBytes);
  const lines: Line[] = [];
  try {
    for (const piece of pieces) decoder.push(piece, (line) => lines.push(line));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { lines, error: error.code };
  }
  return { lines };
}

const byteByByte = (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]));

const cases: readonly { what: string; bytes: string | Buffer; lines: Line[] }[] = [
  { what: 'one line', bytes: 'hello\n', lines: ['hello'] },
  { what: 'several lines', bytes: 'a\nbb\nccc\n', lines: ['a', 'bb', 'ccc'] },
  { what: 'a carriage return before the line feed', bytes: 'a\r\nb\r\n', lines: ['a', 'b'] },
  { what: 'only the last of two carriage returns', bytes: 'a\r\r\n', lines: ['a\r'] },
  { what: 'a carriage return in the midst of a line', bytes: 'a\rb\n', lines: ['a\rb'] },
  { what: 'empty lines of both kinds', bytes: '\n\r\n\na\n\r\n', lines: ['a'] },
  { what: 'a line of spaces', bytes: '  \n', lines: ['  '] },
  { what: 'characters of two, three and four bytes', bytes: 'é€😀\n', lines: ['é€😀'] },
  { what: 'a line that is not UTF-8', bytes: Buffer.from([0xff, 0x0a, 0x61, 0x0a]), lines: [undefined, 'a'] },
  { what: 'a character cut off by the end', bytes: Buffer.from([0xe2, 0x82, 0x0a]), lines: [undefined] },
  { what: 'a surrogate in UTF-8', bytes: Buffer.from([0xed, 0xa0, 0x80, 0x0a]), lines: [undefined] },
  { what: 'an overlong slash', bytes: Buffer.from([0xc0, 0xaf, 0x0a]), lines: [undefined] },
  { what: 'a zero byte', bytes: 'a\0b\n', lines: ['a\0b'] },
];

describe('LineDecoder', () => {
  it('tells of each empty line, of either kind, however the bytes come', () => {
    const stream = Buffer.from('\n\r\na\n\n\xff\n\r\nb', 'latin1');
    for (const pieces of [[stream], byteByByte(stream)]) {
      const decoder = new LineDecoder();
      let empty = 0;
      for (const piece of pieces)
        decoder.push(
          piece,
          () => {},
          () => empty++,
        );
      expect(empty).to.equal(4);
    }
  });

  for (const { what, bytes, lines } of cases) {
    const stream = Buffer.from(bytes);

    it(`reads ${what}`, () => {
      expect(decode([stream]).lines).to.deep.equal(lines);
    });

    it(`reads ${what}, byte by byte`, () => {
      expect(decode(byteByByte(stream)).lines).to.deep.equal(lines);
    });

    it(`reads ${what}, and keeps what follows for its own line`, () => {
      const decoder = new LineDecoder();
      const got: Line[] = [];
      decoder.push(Buffer.concat([stream, Buffer.from('tra')]), (line) => got.push(line));
      expect(got).to.deep.equal(lines);
      decoder.push(Buffer.from('iling\n'), (line) => got.push(line));
      expect(got).to.deep.equal([...lines, 'trailing']);
    });
  }

  it('gives nothing for a line without its end', () => {
    expect(decode([Buffer.from('no end')])).to.deep.equal({ lines: [] });
  });

  describe('with lines of at most 8 bytes', () => {
    const edges: readonly { what: string; text: string; lines: Line[]; error?: string }[] = [
      { what: 'takes 8 bytes', text: '12345678\n', lines: ['12345678'] },
      { what: 'takes 8 bytes and a carriage return', text: '12345678\r\n', lines: ['12345678'] },
      { what: 'takes 8 bytes that are not UTF-8', text: '1234567\xff\n', lines: [undefined] },
      {
        what: 'takes 8 bytes that are not, and a carriage return',
        text: '1234567\xff\r\n',
        lines: [undefined],
      },
      { what: 'refuses 9 bytes that are not', text: '12345678\xff\n', lines: [], error: 'too-long' },
      { what: 'refuses 9 bytes', text: '123456789\n', lines: [], error: 'too-long' },
      { what: 'refuses 9 bytes and a carriage return', text: '123456789\r\n', lines: [], error: 'too-long' },
      { what: 'refuses 10 bytes without an end', text: '1234567890', lines: [], error: 'too-long' },
      { what: 'counts bytes, not characters', text: '€€€\n', lines: [], error: 'too-long' },
      {
        what: 'gives the lines before the long one',
        text: 'a\nb\n1234567890',
        lines: ['a', 'b'],
        error: 'too-long',
      },
      {
        what: 'counts each line for itself',
        text: '1234567\n1234567\n1234567\n',
        lines: Array(3).fill('1234567'),
      },
    ];
    for (const { what, text, ...expected } of edges) {
      const stream = Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8');
      it(`${what}, whole`, () => expect(decode([stream], 8)).to.deep.equal(expected));
      it(`${what}, byte by byte`, () => expect(decode(byteByByte(stream), 8)).to.deep.equal(expected));
    }
  });

  it('does not keep the chunks behind a line that comes in a few bytes at a time', async () => {
    const decoder = new LineDecoder();
    const chunks: WeakRef<ArrayBufferLike>[] = [];
    for (let i = 0; i < 1_000; i++) {
      const chunk = Buffer.alloc(4_096, 'x').subarray(0, 3);
      chunks.push(new WeakRef(chunk.buffer));
      decoder.push(chunk, () => {});
    }
    await new Promise(setImmediate);
    collectGarbage();
    expect(chunks.filter((chunk) => chunk.deref() !== undefined).length).to.be.below(100);
    const lines: Line[] = [];
    decoder.push(Buffer.from('\n'), (line) => lines.push(line));
    expect(lines).to.deep.equal(['x'.repeat(3_000)]);
  });

  it('takes lines of just the limit when none is given', () => {
    const longest = 'x'.repeat(limits.lineBytes);
    expect(decode([Buffer.from(`${longest}\n`)])).to.deep.equal({ lines: [longest] });
    expect(decode([Buffer.from(`${longest}x\n`)])).to.deep.equal({ lines: [], error: 'too-long' });
  });

  it('gives the same lines and the same error however the stream is cut', () => {
    forSeeds(300, (random) => {
      const alphabet = [0x0a, 0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80];
      const stream = Buffer.from(Array.from({ length: random.below(120) }, () => random.pick(alphabet)));
      const maxBytes = 5 + random.below(30);
      expect(decode(random.cut(stream), maxBytes)).to.deep.equal(decode([stream], maxBytes));
    });
  });
});
