/**
 * Makes a text of others fit for one line of a terminal: nothing in it can move the cursor, send an escape code, turn the
 * writing direction, or begin a line that looks like somebody else's.
 *
 * It is our own because packages that clean text for a terminal take whole escape codes away, and what was said with
 * them. Here everything that was said stays to be seen, and nothing of it works.
 */

import { withFewMarks } from './marks.js';

const plainPattern = /^[\x20-\x7e]*$/;
const lineBreaks = /\s*(?:\r\n|[\n\u2028\u2029])\s*/gu;
/** Joiners are part of words in some scripts, and of emoji; between such characters they are kept. */
const joiner =
  '(?<=[\\p{L}\\p{M}\\p{Emoji_Presentation}\\p{Extended_Pictographic}\\ufe0f])[\\u200c\\u200d](?=[\\p{L}\\p{Extended_Pictographic}])';
const unprintable = new RegExp(`(${joiner})|[\\p{Cc}\\p{Cf}\\p{Cs}]`, 'gu');

/**
 * @param text anything: a message, a name, an error of a server
 * @returns the text on one line: line breaks as `↵`, tabs as spaces, control characters as their pictures (`␛`),
 *   format and direction marks left out, and piles of accents cut down, broken characters as `\ufffd`; applied again it changes nothing
 */
export function printable(text: string): string {
  if (plainPattern.test(text)) return text;
  return withFewMarks(text)
    .replace(lineBreaks, ' ↵ ')
    .replace(unprintable, (char, kept) => kept ?? pictureOf(char));
}

function pictureOf(char: string): string {
  const code = char.charCodeAt(0);
  if (char === '\t') return ' ';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return /\p{Cf}/u.test(char) ? '' : '\ufffd';
}
