/**
 * Measures texts in the columns of a terminal, and cuts, pads or wraps them to a width.
 *
 * All of these count the columns that a terminal shows, not the units of a string: two columns for an East Asian letter
 * or an emoji, however many code points it is made of, and none for a combining mark or a colour. That depends on
 * Unicode's tables and on what terminals do, so it is left to packages that follow both. Cutting is our own, on top of
 * them, because the packages for it that run on Node 20 (cli-truncate 5, slice-ansi 8) let a wide letter stand out by a
 * column.
 *
 * The line that is being typed is not measured here: node:readline keeps its own count of it.
 */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const letters = new Intl.Segmenter();

/** How many columns a text of one line takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * A text of one line without colours, cut to at most the given number of columns. A text that is too long ends with
 * `…`. What a reader takes for one letter is not cut apart.
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

/**
 * A text of one line, filled with spaces to the given number of columns. A longer text is returned as it is.
 *
 * @param side the side of the column at which the text stands
 */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'left' ? text + space : space + text;
}

/**
 * A paragraph as lines of at most the given number of columns. It is broken between words; only a longer word is
 * broken.
 */
export function wrapped(text: string, columns: number): string[] {
  return wrapAnsi(text, columns, { hard: true }).split('\n');
}

/** Rows of two texts each as lines. All second texts begin at the same column. */
export function inTwoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => widthOf(left)));
  return rows.map(([left, right]) => `${padded(left, width)}  ${right}`);
}
