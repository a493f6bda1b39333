/** Finds web addresses in a message. Text goes in and comes out; nothing here makes HTML. */
import { parseUrl } from '../../lib/wire/parse-url.js';

export type TextPart =
  | { readonly text: string; readonly href?: undefined }
  | { readonly text: string; readonly href: string };

/** Only http and https, and no character that is not seen: what is read is where the link goes. */
const addressPattern = /\bhttps?:\/\/[^\s\p{C}<>"]+/giu;
const endingPunctuation = /[.,;:!?'*_~]+$/;
const brackets = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;

/** @returns the parts of a text in their order; joined, their `text` is the text again */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(addressPattern)) {
    const address = withoutEnding(match[0]);
    if (!parseUrl(address)) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Without the punctuation of the sentence that an address stands in: `(see https://example.org/a_(b)).` */
function withoutEnding(address: string): string {
  for (let last = ''; last !== address; ) {
    last = address;
    address = address.replace(endingPunctuation, '');
    for (const [open, close] of brackets) {
      if (address.endsWith(close) && count(address, close) > count(address, open)) {
        address = address.slice(0, -1);
      }
    }
  }
  return address;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
