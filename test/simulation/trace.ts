/** A record of what happened: a hash that shows whether two runs differ, and the last events in words for a report. */

interface Noted {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  readonly detail: string | number;
  readonly inWords: (() => string) | undefined;
}

export class Trace {
  #high = 0x811c9dc5;
  #low = 0x9e3779b1;
  #count = 0;
  readonly #last: Noted[] = [];

  /** @param kept how many of the last events are kept */
  constructor(private readonly kept: number) {}

  /**
   * @param detail goes into the hash
   * @param inWords does not; it is only asked for a report
   */
  note(atMs: number, who: string, what: string, detail: string | number = '', inWords?: () => string): void {
    this.#mix(Math.round(atMs * 1000));
    this.#mixText(who);
    this.#mixText(what);
    if (typeof detail === 'number') this.#mix(detail);
    else this.#mixText(detail);
    this.#last[this.#count++ % this.kept] = { atMs, who, what, detail, inWords };
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  get count(): number {
    return this.#count;
  }

  /** The last events, the latest at the end. */
  last(): string[] {
    const from = Math.max(0, this.#count - this.kept);
    const lines: string[] = [];
    for (let i = from; i < this.#count; i++) {
      const noted = this.#last[i % this.kept];
      if (!noted) continue;
      const { atMs, who, what, detail, inWords } = noted;
      lines.push(
        `${(atMs / 1000 - 1000).toFixed(3).padStart(9)} ${who.padEnd(8)} ${what} ${inWords?.() ?? detail}`,
      );
    }
    return lines;
  }

  /** FNV-1a in two lanes. (Fowler, Noll and Vo) */
  #mix(number: number): void {
    this.#high = Math.imul(this.#high ^ number, 0x01000193);
    this.#low = Math.imul(this.#low ^ (number + number / 4_294_967_296), 0x01000193) ^ (this.#low >>> 15);
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
  }
}
