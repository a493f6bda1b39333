import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { checkText, utf8Length } from '../../lib/wire/names.js';
import { codeOf } from '../helpers/errors.js';
import { forSeeds } from '../helpers/random.js';

describe('checkText', () => {
  for (const text of ['hello', ' hello ', 'two\nlines', 'a\ttab', 'é€😀', '\u202etext', 'x\u00a0y']) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => expect(checkText(text)).to.equal(text));
  }

  it('drops every control character but tab and newline', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
      (char) => /\p{Cc}/u.test(char) && char !== '\t' && char !== '\n',
    );
    expect(controls).to.have.length(63);
    for (const char of controls) expect(checkText(`a${char}b`)).to.equal('ab');
  });

  it('disarms what would steer a terminal', () => {
    expect(checkText('\u001b[2J\u009b31mred\u0007\r')).to.equal('[2J31mred');
  });

  it('puts the replacement character for half a surrogate pair', () => {
    expect(checkText('a\ud83d!')).to.equal('a\ufffd!');
    expect(checkText('a\ude00!')).to.equal('a\ufffd!');
    expect(checkText('\ude00\ud83d!')).to.equal('\ufffd\ufffd!');
  });

  for (const text of ['', ' ', '\n', '\t \n', '\u0007', '\u001b \u0000', '\u3000']) {
    it(`refuses ${JSON.stringify(text)} as empty`, () =>
      expect(codeOf(() => checkText(text))).to.equal('malformed'));
  }

  for (const [bytes, character] of [
    [1, 'x'],
    [2, 'é'],
    [3, '€'],
    [4, '😀'],
  ] as const) {
    it(`takes just ${limits.textBytes} bytes in characters of ${bytes}, and not one more`, () => {
      const spare = limits.textBytes % bytes;
      const longest = character.repeat(Math.floor(limits.textBytes / bytes)) + 'x'.repeat(spare);
      expect(Buffer.byteLength(longest)).to.equal(limits.textBytes);
      expect(checkText(longest)).to.equal(longest);
      expect(codeOf(() => checkText(`${longest}x`))).to.equal('too-long');
    });
  }

  it('counts what is left once control characters are gone', () => {
    expect(checkText(`\u0007${'x'.repeat(limits.textBytes)}\u0007`)).to.have.length(limits.textBytes);
  });

  it('counts the three bytes of a replacement character', () => {
    const text = 'x'.repeat(limits.textBytes - 3);
    expect(checkText(`${text}\ud800`)).to.equal(`${text}\ufffd`);
    expect(codeOf(() => checkText(`x${text}\ud800`))).to.equal('too-long');
  });
});

describe('utf8Length', () => {
  it('counts as an encoder would', () => {
    forSeeds(200, (random) => {
      const text = Array.from({ length: random.below(50) }, () =>
        String.fromCodePoint(
          random.pick([0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]),
        ),
      ).join('');
      expect(utf8Length(text)).to.equal(Buffer.byteLength(text));
    });
  });
});
