import { expect } from 'chai';
import { printable } from '../../lib/wire/printable.js';

describe('printable', () => {
  it('leaves text in any script as it is', () => {
    for (const text of ['', 'hello, ~ world', 'Grüße, 世界', 'שלום', 'नमस्ते', '👍🏽', 'e\u0301']) {
      expect(printable(text)).to.equal(text);
    }
  });

  it('keeps joiners where they spell a word or build an emoji', () => {
    for (const text of ['می\u200cخواهم', '👩\u200d💻', '👩🏽\u200d💻', '❤\ufe0f\u200d🔥']) {
      expect(printable(text)).to.equal(text);
    }
  });

  it('puts line breaks of any kind on one line', () => {
    for (const end of ['\n', '\r\n', '\u2028', '\u2029', '\n\n', ' \n\t']) {
      expect(printable(`one${end}two`)).to.equal('one ↵ two');
    }
  });

  it('shows tabs as spaces', () => {
    expect(printable('a\tb')).to.equal('a b');
  });

  it('shows control characters as pictures, so that no escape code is left', () => {
    expect(printable('\x1b[2J\x1b]0;title\x07')).to.equal('␛[2J␛]0;title␇');
    expect(printable('a\rb\bc\x7fd')).to.equal('a␍b␈c␡d');
    expect(printable('\x9b31m')).to.equal('\ufffd31m');
  });

  it('leaves out direction and other format marks, and stray joiners', () => {
    expect(printable('\u202eabc\u2066d\u200be\u00adf\ufeff\u200d')).to.equal('abcdef');
  });

  it('cuts down piles of accents', () => {
    expect(printable('z\u0335\u0336\u0337\u0338a')).to.equal('z\u0335\u0336a');
  });

  it('replaces halves of characters', () => {
    expect(printable('a\ud800b')).to.equal('a\ufffdb');
  });

  it('lets no character through that a terminal would obey, whatever comes', () => {
    for (let code = 0; code <= 0x10_ffff; code++) {
      const shown = printable(`.${String.fromCodePoint(code)}.`);
      if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(shown)) expect.fail(code.toString(16));
    }
  });

  it('changes nothing when applied again', () => {
    const once = printable('a\n\u202e\x1bb');
    expect(printable(once)).to.equal(once);
  });
});
