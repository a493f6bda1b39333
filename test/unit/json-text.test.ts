import { expect } from 'chai';
import { jsonOf } from '../../lib/wire/json-text.js';
import { forSeeds, type Random } from '../helpers/random.js';

/** Every character that has to be escaped, and some that only look as if they had to be. */
const pieces = [
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\0',
  '\x1f',
  '\x7f',
  '\u2028',
  '\ud800',
  '\udc00',
  '😀',
  'é',
  ' ',
  'a',
  '~',
  '#',
  '[',
];

function randomText(random: Random): string {
  return Array.from({ length: random.below(8) }, () => random.pick(pieces)).join('');
}

describe('the JSON of a message', () => {
  it('is what JSON.stringify makes of it, to the letter', () => {
    forSeeds(1000, (random) => {
      const rest = { from: randomText(random), text: randomText(random), at: random.below(2 ** 48) };
      const id = randomText(random);
      const inChannel = { type: 'msg', id, channel: randomText(random), ...rest } as const;
      const direct = { type: 'msg', id, to: randomText(random), ...rest } as const;
      for (const message of [inChannel, direct]) expect(jsonOf(message)).to.equal(JSON.stringify(message));
    });
  });

  it('is so for each character by itself', () => {
    for (let unit = 0; unit < 0x10000; unit++) {
      const text = String.fromCharCode(unit);
      const message = { type: 'msg', id: 'a', channel: 'b', from: 'c', text, at: 1 } as const;
      if (jsonOf(message) !== JSON.stringify(message))
        expect(jsonOf(message)).to.equal(JSON.stringify(message));
    }
  });

  it('is so for what is no message of a user', () => {
    const message = { type: 'pong', ref: undefined } as const;
    expect(jsonOf(message)).to.equal(JSON.stringify(message));
  });
});
