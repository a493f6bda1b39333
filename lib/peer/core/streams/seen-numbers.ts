/**
 * The numbers of runs that were seen already, by any route and in any order: for each origin, a window of bits over its
 * latest numbers. Numbers older than the window count as seen. (IPsec does the same against replay: RFC 4303, section
 * 3.4.3)
 */
import { limits } from '../../../limits.js';

const wordBits = 32;

interface Window {
  highest: number;
  /** One bit for each of the latest numbers, at the place of the number's remainder. */
  readonly bits: Uint32Array;
}

export class SeenNumbers {
  readonly #windows = new Map<string, Window>();

  /** Notes that a run has come. @returns whether it is new */
  add(origin: string, number: number): boolean {
    let window = this.#windows.get(origin);
    if (!window) {
      window = { highest: number, bits: new Uint32Array(limits.seenNumbers / wordBits) };
      this.#windows.set(origin, window);
    }
    if (number > window.highest) forward(window, number);
    else if (number <= window.highest - limits.seenNumbers) return false;
    const at = number % limits.seenNumbers;
    const word = Math.floor(at / wordBits);
    const bit = 1 << (at % wordBits);
    const before = window.bits[word] ?? 0;
    window.bits[word] = before | bit;
    return (before & bit) === 0;
  }

  forget(origin: string): void {
    this.#windows.delete(origin);
  }
}

/** Moves the window forward; the numbers that come into it have not been seen. */
function forward(window: Window, number: number): void {
  const { bits, highest } = window;
  window.highest = number;
  if (number - highest >= limits.seenNumbers) {
    bits.fill(0);
    return;
  }
  for (let next = highest + 1; next <= number; next++) {
    const at = next % limits.seenNumbers;
    const word = Math.floor(at / wordBits);
    bits[word] = (bits[word] ?? 0) & ~(1 << (at % wordBits));
  }
}
