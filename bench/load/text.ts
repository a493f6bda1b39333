/**
 * The texts of the load: each begins with a mark that occurs nowhere else in what servers send, its number and its time,
 * in digits of fixed width, and is filled up to its length.
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
