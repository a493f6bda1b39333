import { expect } from 'chai';
import type { ErrorCode } from '../../lib/wire/errors.js';
import { checkChannelName, checkUserName, normalForm } from '../../lib/wire/names.js';
import { codeOf } from '../helpers/errors.js';
import { forSeeds } from '../helpers/random.js';

/** Every character, except surrogates, each of which is half a character. */
function* allCharacters(): Iterable<string> {
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}

describe('normalForm', () => {
  const same: readonly [string, string, string][] = [
    ['letter case', 'Ann', 'aNN'],
    ['ß and SS', 'Straße', 'STRASSE'],
    ['capital ẞ and ss', 'STRAẞE', 'strasse'],
    ['final and other sigma', 'ΟΔΟΣ', 'οδοσ'],
    ['a composed and a decomposed accent', 'é', 'e\u0301'],
    ['fullwidth letters and plain ones', 'Ａｎｎ', 'ann'],
    ['a ligature and its letters', 'ﬁsh', 'fish'],
    ['marks in either order', 'a\u0323\u0307', 'a\u0307\u0323'],
    ['the Kelvin sign and k', '\u212a', 'k'],
    ['capital and small Cherokee letters', 'Ꭰ', 'ꭰ'],
  ];
  for (const [what, one, other] of same) {
    it(`makes ${what} the same`, () => expect(normalForm(one)).to.equal(normalForm(other)));
  }

  for (const [one, other] of [
    ['ann', 'anna'],
    ['e', 'é'],
    ['a', 'а'], // Latin and Cyrillic
  ] as const) {
    it(`keeps ${one} and ${other} apart`, () => expect(normalForm(one)).not.to.equal(normalForm(other)));
  }

  it('leaves the normal form of every single character as it is', () => {
    const moving = [...allCharacters()].filter((char) => normalForm(normalForm(char)) !== normalForm(char));
    expect(moving).to.deep.equal([]);
  });

  it('leaves the normal form of words of odd characters as it is', () => {
    const odd = [...allCharacters()].filter((char) => normalForm(char) !== char || /\p{M}/u.test(char));
    expect(odd).to.have.length.above(1000);
    forSeeds(2000, (random) => {
      const word = Array.from({ length: 1 + random.below(5) }, () => random.pick(odd)).join('');
      expect(normalForm(normalForm(word))).to.equal(normalForm(word));
    });
  });
});

describe('checkUserName', () => {
  const good = [
    'a',
    '_',
    'Ann',
    'ann_2',
    'a-b',
    'x[1]',
    'x{1}',
    'x\\y',
    'x^y',
    'x|y',
    'x`y',
    'Ελένη',
    '李雷',
    'e\u0301',
    'नमस्ते',
    'Nguyễn'.normalize('NFD'),
    'เป็นน้ำ',
    'מִרְיָם',
    'फ़िरोज़ों',
    'မြို့',
  ];
  for (const name of good) {
    it(`takes ${name} as it was typed`, () => expect(checkUserName(name)).to.equal(name));
  }

  const bad: readonly [string, string][] = [
    ['nothing', ''],
    ['a digit in front', '1ann'],
    ['a hyphen in front', '-ann'],
    ['a bracket in front', '[ann]'],
    ['a mark in front', '\u0301ann'],
    ['a space', 'an n'],
    ['a space at the end', 'ann '],
    ['a line feed', 'ann\n'],
    ['a no-break space', 'an\u00a0n'],
    ['a comma', 'a,b'],
    ['a colon', 'a:b'],
    ['an at sign', 'a@b'],
    ['an exclamation mark', 'a!b'],
    ['a hash', '#ann'],
    ['an escape character', 'a\u001b[31m'],
    ['a zero byte', 'a\u0000'],
    ['a right-to-left override', 'ann\u202etxt'],
    ['an isolate', 'ann\u2066'],
    ['an Arabic letter mark', 'ann\u061c'],
    ['a zero-width space', 'an\u200bn'],
    ['a zero-width joiner', 'an\u200dn'],
    ['a soft hyphen', 'an\u00adn'],
    ['a variation selector', 'ann\ufe0f'],
    ['a variation selector of the supplement', 'ann\u{e0100}'],
    ['a Hangul filler', '\u3164'],
    ['a halfwidth Hangul filler', 'ann\uffa0'],
    ['a combining grapheme joiner', 'ann\u034f'],
    ['an inherent vowel of Khmer', 'ann\u17b4'],
    ['the blank Braille pattern', 'ann\u2800'],
    ['a pile of accents', 'a\u0335\u0335\u0335nn'],
    ['a pile of Thai vowels', 'ก็็็็็'],
    ['an emoji', 'ann😀'],
    ['a lone high surrogate', 'ann\ud83d'],
    ['a lone low surrogate', 'ann\ude00'],
  ];
  for (const [what, name] of bad) {
    it(`refuses ${what}`, () =>
      expect(codeOf(() => checkUserName(name))).to.equal('bad-name' satisfies ErrorCode));
  }

  it('takes no character that only its normal form hides', () => {
    const hidden = [...allCharacters()].filter((char) => {
      const isTaken = codeOf(() => checkUserName(`a${char}`)) === undefined;
      return isTaken && /\p{Default_Ignorable_Code_Point}/u.test(normalForm(char));
    });
    expect(hidden).to.deep.equal([]);
  });

  it('takes 32 characters and not 33, however many bytes or UTF-16 units they have', () => {
    for (const character of ['x', 'é', '李', '𝒳', '𠀀']) {
      expect(checkUserName(character.repeat(32))).to.have.length(32 * character.length);
      expect(codeOf(() => checkUserName(character.repeat(33)))).to.equal('bad-name');
    }
  });
});

describe('checkChannelName', () => {
  const good: readonly [string, string][] = [
    ['lobby', 'lobby'],
    ['Lobby', 'lobby'],
    ['#Lobby', 'lobby'],
    ['##lobby', 'lobby'],
    ['＃Lobby', 'lobby'],
    ['c#', 'c#'],
    ['Straße', 'strasse'],
    ['ＦＵＬＬ', 'full'],
    ['e\u0301tude', 'étude'],
    ['1', '1'],
    ['-', '-'],
    ['a:b/c', 'a:b/c'],
    ['😀', '😀'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ];
  for (const [typed, name] of good) {
    it(`makes ${name} of ${typed}`, () => expect(checkChannelName(typed)).to.equal(name));
  }

  const bad: readonly [string, string][] = [
    ['nothing', ''],
    ['a hash alone', '#'],
    ['hashes alone', '###'],
    ['a space', 'a b'],
    ['a space in front', ' a'],
    ['a space at the end', 'a '],
    ['a tab', 'a\tb'],
    ['a line feed', 'a\n'],
    ['a no-break space', 'a\u00a0b'],
    ['an ideographic space', 'a\u3000b'],
    ['a line separator', 'a\u2028b'],
    ['a comma', 'a,b'],
    ['a fullwidth comma', 'a，b'],
    ['a bell', 'a\u0007'],
    ['a C1 control character', 'a\u009b'],
    ['a right-to-left override', 'a\u202eb'],
    ['a right-to-left mark', 'a\u200fb'],
    ['an isolate', '\u2066a\u2069'],
    ['a zero-width space', 'a\u200bb'],
    ['a byte order mark', '\ufeffa'],
    ['a variation selector', 'lobby\ufe0f'],
    ['a Hangul filler', '\u3164'],
    ['a halfwidth Hangul filler', '\uffa0'],
    ['a combining grapheme joiner', 'lob\u034fby'],
    ['the blank Braille pattern', '\u2800'],
    ['a pile of accents', 'lobb\u0335\u0335\u0335y'],
    ['a lone surrogate', 'a\ud800'],
  ];
  for (const [what, name] of bad) {
    it(`refuses ${what}`, () => {
      expect(codeOf(() => checkChannelName(name))).to.equal('bad-channel' satisfies ErrorCode);
    });
  }

  it('takes 64 characters and not 65, the leading hash not counted', () => {
    for (const character of ['x', 'é', '李', '😀']) {
      expect([...checkChannelName(`#${character.repeat(64)}`)]).to.have.length(64);
      expect(codeOf(() => checkChannelName(character.repeat(65)))).to.equal('bad-channel');
    }
  });

  it('counts the characters of the normal form, which may be more than were typed', () => {
    expect(checkChannelName('ß'.repeat(32))).to.equal('ss'.repeat(32));
    expect(codeOf(() => checkChannelName('ß'.repeat(33)))).to.equal('bad-channel');
  });

  it('gives names that are their own normal form', () => {
    const odd = [...allCharacters()].filter((char) => normalForm(char) !== char || /\p{M}/u.test(char));
    forSeeds(2000, (random) => {
      const typed = Array.from({ length: 1 + random.below(5) }, () =>
        random.pick(random.chance(0.1) ? ['#'] : odd),
      );
      let name: string;
      try {
        name = checkChannelName(typed.join(''));
      } catch {
        return;
      }
      expect(checkChannelName(name)).to.equal(name);
    });
  });
});
