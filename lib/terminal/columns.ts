/**
 * Texts in the columns of a terminal: how wide one is, cut to a width, padded to one, wrapped to one.
 *
 * All of them count what a reader sees, not what a string has: two columns for an East Asian letter or an emoji
 * however many code points it is made of, none for a combining mark, none for a colour. That is a matter of Unicode's
 * tables and of what terminals do, so it is left to packages that follow both. Cutting is our own, on top of them: the
 * packages for it that run on Node 20 (cli-truncate 5, slice-ansi 8) let a wide letter stand out by a column.
 *
 * The line that is being typed is measured by node:readline alone, which keeps its own count.
 */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const letters = new Intl.Segmenter();

/** How many columns a text of one line takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * A text of one line without colours, in at most so many columns: a longer one has `…` in place of its end. What a
 * reader takes for one letter is not cut apart.
 */
export function shortened(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let short = '';
  let width = 0;
  for (const { segment } of letters.segment(text)) {
    width += widthOf(segment);
    if (width >= columns) break;
    short += segment;
  }
  return `${short}…`;
}

/** A text of one line with spaces behind it, or ahead of it, to a number of columns; a longer one as it is. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'left' ? text + space : space + text;
}

/** A paragraph as lines of at most so many columns, broken between words; a word that is longer is broken. */
export function wrapped(text: string, columns: number): string[] {
  return wrapAnsi(text, columns, { hard: true }).split('\n');
}

/** Rows of two texts each, the second ones all beginning at the same column. */
export function inTwoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => widthOf(left)));
  return rows.map(([left, right]) => `${padded(left, width)}  ${right}`);
}
