import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { parseAddress } from '../../lib/wire/address.js';
import { decodeClientMessage } from '../../lib/wire/decode-client-message.js';
import { decodeServerMessage } from '../../lib/wire/decode-server-message.js';
import { errorCodes, ProtocolError } from '../../lib/wire/errors.js';
import { LineDecoder } from '../../lib/wire/line-decoder.js';
import { checkChannelName, checkText, checkUserName } from '../../lib/wire/names.js';
import { forSeeds, type Random } from '../helpers/random.js';

const cases = 3000;

const keys = [
  'type',
  'channel',
  'name',
  'text',
  'to',
  'ref',
  'members',
  'id',
  '__proto__',
  'constructor',
  'x',
];
const words = [
  ...['join', 'leave', 'msg', 'nick', 'names', 'channels', 'ping', 'pong', 'error', 'toString', '__proto__'],
  ...['lobby', '#Lobby', 'ann', '', ' ', 'ẞ', '\ufdfa', '\u0000', '\ud800', '😀', '\u202e', 'x'.repeat(5000)],
];

/** A random JSON value, which usually has the shape of a message. */
function someValue(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 3 ? 4 : 8);
  if (kind === 0) return random.pick([null, true, false]);
  if (kind === 1) return random.pick([0, -1, 1.5, 1e300, -0, 7]);
  if (kind <= 3) return random.pick(words);
  if (kind === 4) return Array.from({ length: random.below(4) }, () => someValue(random, depth + 1));
  const fields = Array.from({ length: random.below(6) }, () => [
    random.pick(keys),
    someValue(random, depth + 1),
  ]);
  return Object.fromEntries([['type', random.pick(words)], ...fields]);
}

/** JSON, sometimes with a few characters changed, cut out or put in. */
function someText(random: Random): string {
  let text = JSON.stringify(someValue(random));
  while (random.chance(0.4)) {
    const at = random.below(text.length + 1);
    const put = random.pick([
      '',
      '"',
      '{',
      '}',
      '[',
      ',',
      ':',
      '\\',
      '\u0000',
      '\ud800',
      '\\u00',
      '1e999',
      '9',
    ]);
    text = text.slice(0, at) + put + text.slice(at + random.below(3));
  }
  return text;
}

describe('A decoder decodes, or gives a protocol error, and nothing else', () => {
  it('decodeClientMessage', () => {
    let taken = 0;
    let refused = 0;
    forSeeds(cases, (random) => {
      const decoded = decodeClientMessage(someText(random));
      if (!decoded.ok) {
        refused++;
        expect(decoded.error).to.be.instanceOf(ProtocolError);
        expect(errorCodes).to.include(decoded.error.code);
        expect(decoded.error.message).not.to.equal('');
        return;
      }
      taken++;
      // What was accepted can be encoded again, and decodes to the same: nothing is lost on the way to another server.
      const again = decodeClientMessage(JSON.stringify(decoded.message));
      expect(again).to.deep.equal(decoded);
    });
    expect(taken).to.be.above(50);
    expect(refused).to.be.above(50);
  });

  it('decodeServerMessage', () => {
    let taken = 0;
    forSeeds(cases, (random) => {
      const message = decodeServerMessage(someText(random));
      if (message === undefined) return;
      taken++;
      expect(decodeServerMessage(JSON.stringify(message))).to.deep.equal(message);
    });
    expect(taken).to.be.above(10);
  });

  it('LineDecoder', () => {
    forSeeds(cases, (random) => {
      const decoder = new LineDecoder(40);
      const stream = Buffer.concat([
        random.bytes(random.below(60)),
        Buffer.from('\n'),
        random.bytes(random.below(60)),
      ]);
      try {
        for (const piece of random.cut(stream)) {
          decoder.push(piece, (line) => {
            if (line === undefined) return;
            expect(line).not.to.include('\n');
            expect(Buffer.byteLength(line)).to.be.within(1, 40);
          });
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        expect(error.code).to.equal('too-long');
      }
    });
  });

  it('names and texts', () => {
    const pieces = [
      ...words,
      'a',
      'A',
      '#',
      ',',
      '\u0301',
      '\u200b',
      '\u00a0',
      '\udc00',
      'ß',
      '\n',
      '\u001b',
    ];
    const checks = [
      { check: checkUserName, codes: ['bad-name'] },
      { check: checkChannelName, codes: ['bad-channel'] },
      { check: checkText, codes: ['malformed', 'too-long'] },
    ];
    forSeeds(cases, (random) => {
      const text = Array.from({ length: random.below(5) }, () => random.pick(pieces)).join('');
      for (const { check, codes } of checks) {
        try {
          const taken = check(text);
          expect(check(taken)).to.equal(taken);
          expect(taken.isWellFormed()).to.equal(true);
          expect(Buffer.byteLength(taken)).to.be.within(1, limits.textBytes);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          expect(codes).to.include(error.code);
        }
      }
    });
  });

  it('parseAddress', () => {
    const pieces = ['[', ']', ':', '::', '1', '0', 'host', '.', '%', ' ', '\n', '/', '\u0000', 'ß', 'f'];
    let taken = 0;
    forSeeds(cases, (random) => {
      const host = Array.from({ length: random.below(7) }, () => random.pick(pieces)).join('');
      const address = parseAddress(`${host}:${random.pick(['0', '1', '65535', '65536', '', 'x'])}`);
      if (!address) return;
      taken++;
      expect(address.host).to.match(/^[^\s[\]/\p{C}]+$/u);
      expect(address.port).to.be.within(1, 65_535);
    });
    expect(taken).to.be.above(10);
  });
});
