/**
 * The texts of the load. Each begins with a mark, its number and its time, in digits of fixed width, and is filled up
 * to its length. Elsewhere in what servers send, the mark occurs only in heads of frames, and no digit follows it
 * there.
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

/** Finds the next text at or after a place. A mark that is the last byte counts, since what follows has yet to come. */
export function nextText(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(mark, from);
  while (at >= 0 && !mayBeText(bytes, at)) at = bytes.indexOf(mark, at + 1);
  return at;
}

/** Finds the last text at or before a place in the same way; -1 if there is none. */
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

/** Writes a whole number with a fixed number of digits. */
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
