/** What one person has heard of the load's texts. */
import type { Buffer } from 'node:buffer';
import type { Connection } from './connection.js';
import { isDigit, lastText, nextText, numberDigits, readDigits, timeDigits } from './text.js';

/**
 * What to find out: how many texts came (from the number of the last one, if all are of one speaker), or the time of
 * each text.
 */
export type Attention = 'counts' | 'number of the last' | 'times';

export class Listener {
  heard = 0;
  /** Is called after each read. */
  onHeard: () => void = () => {};
  onTime: (microseconds: number) => void = () => {};
  /** The beginning of a text whose end the last read did not have. */
  #cut = '';

  constructor(connection: Connection, attention: Attention) {
    connection.onBytes = {
      counts: this.#count,
      'number of the last': this.#findLast,
      times: this.#findTimes,
    }[attention];
  }

  readonly #count = (bytes: Buffer, length: number): void => {
    const read = bytes.subarray(0, length);
    this.#countCut(read);
    for (let at = nextText(read, 0); at >= 0; at = nextText(read, at + 1)) this.#countAt(read, at);
    this.onHeard();
  };

  readonly #findLast = (bytes: Buffer, length: number): void => {
    const read = bytes.subarray(0, length);
    const last = lastText(read, length - 1);
    if (last >= 0 && last + numberDigits < length) {
      this.#cut = '';
      this.heard = readDigits(bytes, last + 1, numberDigits);
    } else {
      this.#completeCut(read);
      const before = lastText(read, last - 1);
      if (before >= 0) this.heard = readDigits(bytes, before + 1, numberDigits);
      if (last >= 0) this.#cut = read.toString('latin1', last);
    }
    this.onHeard();
  };

  readonly #findTimes = (bytes: Buffer, length: number): void => {
    const read = bytes.subarray(0, length);
    this.#countCut(read);
    for (let at = nextText(read, 0); at >= 0; at = nextText(read, at + 1)) {
      this.#countAt(read, at);
      const time = at + 1 + numberDigits;
      // One text in thousands is cut by the end of a read; its time is left out.
      if (time + timeDigits <= length) this.onTime(readDigits(bytes, time, timeDigits));
    }
    this.onHeard();
  };

  /** A mark at the very end of a read counts if the next read goes on with a digit. */
  #countAt(read: Buffer, at: number): void {
    if (at + 1 < read.length) this.heard++;
    else this.#cut = '~';
  }

  #countCut(read: Buffer): void {
    if (this.#cut !== '' && isDigit(read[0] ?? 0)) this.heard++;
    this.#cut = '';
  }

  #completeCut(read: Buffer): void {
    if (this.#cut === '') return;
    this.#cut += read.toString('latin1', 0, 1 + numberDigits - this.#cut.length);
    if (this.#cut.length <= numberDigits) return;
    const number = Number(this.#cut.slice(1));
    // Otherwise it was not the mark of a text but part of a frame's head.
    if (Number.isInteger(number)) this.heard = number;
    this.#cut = '';
  }
}
