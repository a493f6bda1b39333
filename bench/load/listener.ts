/** What one person has heard of the load's texts. */
import type { Buffer } from 'node:buffer';
import type { Connection } from './connection.js';
import { mark, numberDigits, readDigits, timeDigits } from './text.js';

/** How exactly to listen: how many texts, by the number of the last one if all are of one speaker, or each one's time. */
export type Attention = 'counts' | 'number of the last' | 'times';

export class Listener {
  heard = 0;
  /** Told after each read. */
  onHeard: () => void = () => {};
  onTime: (microseconds: number) => void = () => {};
  /** The beginning of a text that the last read ended in. */
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
    for (let at = read.indexOf(mark); at >= 0; at = read.indexOf(mark, at + 1)) this.heard++;
    this.onHeard();
  };

  readonly #findLast = (bytes: Buffer, length: number): void => {
    const read = bytes.subarray(0, length);
    const last = read.lastIndexOf(mark);
    if (last >= 0 && last + numberDigits < length) {
      this.#cut = '';
      this.heard = readDigits(bytes, last + 1, numberDigits);
    } else {
      this.#completeCut(read);
      const before = last > 0 ? read.lastIndexOf(mark, last - 1) : -1;
      if (before >= 0) this.heard = readDigits(bytes, before + 1, numberDigits);
      if (last >= 0) this.#cut = read.toString('latin1', last);
    }
    this.onHeard();
  };

  #completeCut(read: Buffer): void {
    if (this.#cut === '') return;
    this.#cut += read.toString('latin1', 0, 1 + numberDigits - this.#cut.length);
    if (this.#cut.length <= numberDigits) return;
    this.heard = Number(this.#cut.slice(1));
    this.#cut = '';
  }

  readonly #findTimes = (bytes: Buffer, length: number): void => {
    const read = bytes.subarray(0, length);
    for (let at = read.indexOf(mark); at >= 0; at = read.indexOf(mark, at + 1)) {
      this.heard++;
      const time = at + 1 + numberDigits;
      // One in thousands is cut by the end of a read; its time is left out.
      if (time + timeDigits <= length) this.onTime(readDigits(bytes, time, timeDigits));
    }
    this.onHeard();
  };
}
