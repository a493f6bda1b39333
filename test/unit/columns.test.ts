import { expect } from 'chai';
import { Chalk } from 'chalk';
import { formatTable } from '../../lib/prompt/format.js';
import { inTwoColumns, padded, shortened, widthOf, wrapped } from '../../lib/terminal/columns.js';

const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}';
const flag = '\u{1f1e9}\u{1f1ea}';
const heart = '\u2764\ufe0f';
const thumb = '\u{1f44d}\u{1f3fd}';
const { red } = new Chalk({ level: 1 });

describe('Columns of a terminal', () => {
  const widths: readonly [string, string, number][] = [
    ['Latin letters', 'ann', 3],
    ['letters with a mark in one', 'é', 1],
    ['letters with combining marks', 'e\u0301a\u0300\u0302', 2],
    ['Chinese', '日本語', 6],
    ['Korean', '한국', 4],
    ['Korean in parts', '\u1112\u1161\u11ab', 2],
    ['Devanagari', 'नि', 2],
    ['full-width forms', 'ＡＢ', 4],
    ['half-width forms', 'ｱｲ', 2],
    ['an emoji', '\u{1f600}', 2],
    ['an emoji of several people', family, 2],
    ['an emoji with a colour of skin', thumb, 2],
    ['a flag', flag, 2],
    ['two flags', flag + flag, 4],
    ['a sign that a variation selector makes an emoji', heart, 2],
    ['the same sign without', '\u2764', 1],
    ['a keycap', '1\ufe0f\u20e3', 2],
    ['lines of a box', '├─ │', 4],
    ['a colour', red('red'), 3],
    ['nothing', '', 0],
  ];
  for (const [what, text, columns] of widths)
    it(`are ${columns} for ${what}`, () => expect(widthOf(text)).to.equal(columns));

  it('are what a text is cut to, between what a reader takes for letters', () => {
    expect(shortened('abcdef', 6)).to.equal('abcdef');
    expect(shortened('abcdefg', 6)).to.equal('abcde…');
    expect(shortened('日本語', 6)).to.equal('日本語');
    expect(shortened('日本語', 5)).to.equal('日本…');
    expect(shortened('日本語', 4)).to.equal('日…');
    expect(shortened(family.repeat(3), 5)).to.equal(`${family.repeat(2)}…`);
    expect(shortened(flag.repeat(3), 4)).to.equal(`${flag}…`);
    expect(shortened(heart.repeat(3), 5)).to.equal(`${heart.repeat(2)}…`);
    expect(shortened('e\u0301'.repeat(4), 3)).to.equal(`${'e\u0301'.repeat(2)}…`);
  });

  it('are never more than was asked for, and no mark is left without its letter', () => {
    const all = widths
      .map(([, text]) => text)
      .filter((text) => text !== red('red'))
      .join('');
    for (let columns = 1; columns <= widthOf(all); columns++) {
      const short = shortened(all, columns);
      expect(widthOf(short), short).to.be.at.most(columns);
      expect(short, short).not.to.match(/[\u200d\ud800-\udbff]…/);
    }
  });

  it('are filled up on either side', () => {
    expect(padded('日', 4)).to.equal('日  ');
    expect(padded(family, 4, 'right')).to.equal(`  ${family}`);
    expect(padded(red('x'), 2)).to.equal(`${red('x')} `);
    expect(padded('too long', 3)).to.equal('too long');
  });

  it('are where a paragraph is broken, between its words', () => {
    expect(wrapped('one two three', 9)).to.deep.equal(['one two', 'three']);
    expect(wrapped('日本 語', 5)).to.deep.equal(['日本', '語']);
    expect(wrapped('a verylongword', 6)).to.deep.equal(['a', 'verylo', 'ngword']);
  });

  it('are where the second of two columns begins', () => {
    expect(
      inTwoColumns([
        ['日本', 'one'],
        [family, 'two'],
        ['a', 'three'],
      ]),
    ).to.deep.equal(['日本  one', `${family}    two`, 'a     three']);
  });

  it('stand below one another in a table, whatever the names are', () => {
    const rows = ['ann', '日本語', family, flag, heart, 'e\u0301'].map((name) => [name, '1']);
    const lines = formatTable(['name', 'n'], rows);
    const ends = lines.map(widthOf);
    expect(new Set(ends)).to.deep.equal(new Set([ends[0]]));
  });
});
