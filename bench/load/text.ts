/**
 * The texts of the load: each begins with a mark, its number and its time, in digits of fixed width, and is filled up to
 * its length. In what servers send the mark occurs elsewhere only in heads of frames, and no digit follows it there.
 */
import type { Buffer } from 'node:buffer';

export const mark = 0x7e;
export const numberDigits = 9;
export const timeDigits = 12;
export const shortestText = 1 + numberDigits + timeDigits;

const zero = 0x30;

export function templateText(bytes: number): string {
  return `~${'0'.repeat(numberDigits + timeDigits)}`.padEnd(bytes, 'x');
}

/** The next text at or after a place, as far as can be seen: of a mark that is the last byte, only its end is missing. */
export function nextText(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(mark, from);
  while (at >= 0 && !mayBeText(bytes, at)) at = bytes.indexOf(mark, at + 1);
  return at;
}

/** The last text at or before a place, seen in the same way; -1 if there is none. */
export function lastText(bytes: Buffer, from: number): number {
  let at = from < 0 ? -1 : bytes.lastIndexOf(mark, from);
  while (at >= 0 && !mayBeText(bytes, at)) at = at === 0 ? -1 : bytes.lastIndexOf(mark, at - 1);
  return at;
}

function mayBeText(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  return next === undefined || isDigit(next);
}

export function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}

/** Writes a whole number in so many digits. */
export function writeDigits(into: Buffer, offset: number, digits: number, value: number): void {
  for (let at = offset + digits - 1, rest = value; at >= offset; at--) {
    const next = Math.floor(rest / 10);
    into[at] = zero + rest - 10 * next;
    rest = next;
  }
}

export function readDigits(from: Buffer, offset: number, digits: number): number {
  let value = 0;
  for (let at = offset; at < offset + digits; at++) value = 10 * value + (from[at] ?? zero) - zero;
  return value;
}
