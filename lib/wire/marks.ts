/**
 * Combining marks: how many of them a letter may carry. A pile of them covers the lines above and below, so names with
 * such piles are refused, and texts are shown without what is too much. [PROTOCOL 4]
 *
 * Marks that fit any letter (accents, rings, strokes) may be two at a time, after composition: Vietnamese, Lithuanian or
 * polytonic Greek need no more. A script's own marks may be four in all, since Hebrew with points and accents, Burmese
 * and Tibetan pile up as many in plain words. Marks beside a letter, such as many vowel signs of India, cover nothing, and
 * are not counted; nor are variation selectors, which show nothing.
 */
import { limits } from '../limits.js';

const runs = /\p{M}{3,}/gu;
/** The blocks of marks that fit any letter; by what they are called, combining diacritical marks. */
const forAnyLetter = [
  ['\u0300', '\u036f'],
  ['\u0483', '\u0489'],
  ['\u1ab0', '\u1aff'],
  ['\u1dc0', '\u1dff'],
  ['\u20d0', '\u20ff'],
  ['\ufe20', '\ufe2f'],
] as const;
const onTheLetter = /[\p{Mn}\p{Me}]/u;
const unseen = /\p{Variation_Selector}/u;

/**
 * Leaves out marks where a letter carries more than it may.
 *
 * @param text anything
 * @returns the same text if there are none; else the text in normal form NFC. Applied again it changes nothing.
 */
export function withFewMarks(text: string): string {
  // Most texts have no three marks in a row, and it is quick to see.
  if (text.search(runs) === -1) return text;
  return text.normalize('NFC').replace(runs, fewOf).normalize('NFC');
}

/** Whether a letter of a name carries more marks than it may. */
export function hasManyMarks(name: string): boolean {
  const few = withFewMarks(name);
  return few !== name && few !== name.normalize('NFC');
}

/** @param marks those of one letter, one after the other */
function fewOf(marks: string): string {
  let few = '';
  let count = 0;
  let general = 0;
  for (const mark of marks) {
    if (onTheLetter.test(mark) && !unseen.test(mark)) {
      const isGeneral = forAnyLetter.some(([first, last]) => mark >= first && mark <= last);
      if (count === limits.marksPerLetter || (isGeneral && general === limits.generalMarksPerLetter))
        continue;
      count++;
      if (isGeneral) general++;
    }
    few += mark;
  }
  return few;
}
