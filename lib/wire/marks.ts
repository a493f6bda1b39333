/**
 * Combining marks: how many of them a letter may carry. A pile of them covers the lines above and below, so names with
 * such piles are refused, and texts are shown without the marks that are too many. [PROTOCOL 4]
 *
 * A letter may carry two of the marks that fit any letter (accents, rings, strokes), after composition: Vietnamese,
 * Lithuanian and polytonic Greek need no more. Together with its script's own marks it may carry four, since plain
 * words of Hebrew with points and accents, of Burmese and of Tibetan have that many. Marks beside a letter, such as
 * many vowel signs of India, cover nothing and are not counted. Variation selectors are not counted either, because
 * they show nothing.
 */
import { limits } from '../limits.js';

const runs = /\p{M}{3,}/gu;
/** The blocks of marks that fit any letter, which Unicode calls combining diacritical marks. */
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
 * Leaves out the marks that are too many on a letter.
 *
 * @param text any text
 * @returns the same text if it has no three marks in a row; otherwise the text in normal form NFC. Applied again, this
 *   changes nothing.
 */
export function withFewMarks(text: string): string {
  // Most texts have no three marks in a row, which is quick to check.
  if (text.search(runs) === -1) return text;
  return text.normalize('NFC').replace(runs, fewOf).normalize('NFC');
}

/** Whether a letter of a name carries more marks than it may. */
export function hasManyMarks(name: string): boolean {
  const few = withFewMarks(name);
  return few !== name && few !== name.normalize('NFC');
}

/** Leaves out the marks of one letter that are too many. @param marks the marks, one after the other */
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
