import { expect } from 'chai';
import { hasManyMarks, withFewMarks } from '../../lib/wire/marks.js';
import { forSeeds } from '../helpers/random.js';

const pile = (letter: string, mark: string, count: number) => letter + mark.repeat(count);

describe('marks on letters', () => {
  const asTheyAre: readonly [string, string][] = [
    ['plain words', 'hello, world'],
    ['Vietnamese', 'Nguyễn Thị Ước'],
    ['Vietnamese in pieces', 'Nguyễn Thị Ước, ậ ộ ỹ'.normalize('NFD')],
    ['Lithuanian with two marks', 'ė\u0303 i\u0307\u0301'],
    ['polytonic Greek in pieces', 'ᾧ ᾳ ὦ'.normalize('NFD')],
    ['Thai', 'น้ำ เป็น ที่ ผู้ใหญ่ ก็'],
    ['Lao', 'ຫຼື້ອ ນ້ຳ'],
    ['Hebrew with points', 'שָׁלוֹם שִׁנּוּן'],
    ['Hebrew with points and accents', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
    ['Arabic with vowels', 'مُحَمَّدٌ ٱللَّٰه'],
    ['Hindi', 'चीज़ों क्षत्रिय नमस्ते ज़िंदगी'],
    ['Burmese', 'မြို့ ကျွန်ုပ်တို့'],
    ['Khmer', 'ភ្នំពេញ ស្ត្រី'],
    ['Tibetan', 'བསྒྲུབས རྒྱུ'],
    ['emoji', '1\ufe0f\u20e3 ❤\ufe0f 👩🏽\u200d💻'],
  ];
  for (const [what, text] of asTheyAre) {
    it(`leaves ${what} as they are`, () => {
      expect(withFewMarks(text).normalize('NFC')).to.equal(text.normalize('NFC'));
      expect(hasManyMarks(text)).to.equal(false);
    });
  }

  const tooMany: readonly [string, string, string][] = [
    ['accents', pile('z', '\u0335', 30), 'z\u0335\u0335'],
    ['accents of several kinds', 'q\u0301\u0302\u0303s', 'q\u0301\u0302s'],
    ['accents without a letter', pile('', '\u0301', 9), '\u0301\u0301'],
    ['Thai vowels', pile('ก', '็', 20), pile('ก', '็', 4)],
    ['Arabic vowels', pile('م', 'َ', 20), pile('م', 'َ', 4)],
    ['circles', pile('a', '\u20dd', 5), 'a\u20dd\u20dd'],
    ['accents upon points', `ש${'\u05c1\u05bc'}${'\u0301'.repeat(5)}`, `ש${'\u05bc\u05c1'}\u0301\u0301`],
  ];
  for (const [what, text, few] of tooMany) {
    it(`leaves out ${what} where there are too many`, () => {
      expect(withFewMarks(`<${text}>`).normalize('NFC')).to.equal(`<${few}>`.normalize('NFC'));
      expect(hasManyMarks(text)).to.equal(true);
    });
  }

  it('changes nothing when applied again, whatever the text', () => {
    const marks = [
      '\u0301',
      '\u0323',
      '\u0307',
      '็',
      'ำ',
      'ִ',
      'ं',
      'ो',
      '\ufe0f',
      '\u20e3',
      '\u0e33',
      '\uff9e',
    ];
    forSeeds(500, (random) => {
      const text = Array.from({ length: 30 }, () =>
        random.chance(0.2) ? random.pick(['a', 'ก', 'ש', 'क']) : random.pick(marks),
      ).join('');
      const once = withFewMarks(text);
      expect(withFewMarks(once)).to.equal(once);
      expect(hasManyMarks(once)).to.equal(false);
    });
  });
});
