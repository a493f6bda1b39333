/**
 * A small terminal screen: it takes what a program writes and says what a person would see. It knows the escape codes
 * that node:readline and Hearsay use. An unknown one is an error, so that a test notices it.
 */
import { Writable } from 'node:stream';

const escapeCode = /^\x1b\[(\d*)(?:;\d*)*([A-Za-z])/;

export class Screen extends Writable {
  readonly isTTY = true;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(
    public columns = 80,
    public height = 24,
  ) {
    super({ decodeStrings: false });
  }

  /** The rows from the first to the last one written, without blanks at their ends. */
  get lines(): string[] {
    return this.#rows.map((row) =>
      Array.from(row, (char) => char ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }

  /** Where the cursor stands, counted from 0. */
  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    let rest = chunk.toString();
    while (rest !== '') {
      const code = escapeCode.exec(rest);
      if (code) {
        this.#obey(code[2] ?? '', Number(code[1] || 'NaN'));
        rest = rest.slice(code[0].length);
      } else {
        const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        this.#put(char);
        rest = rest.slice(char.length);
      }
    }
    done();
  }

  #put(char: string): void {
    if (char === '\r') this.#column = 0;
    else if (char === '\n') this.#newRow();
    else if (/\p{Cc}/u.test(char)) throw new Error(`a control character: ${JSON.stringify(char)}`);
    else {
      // As real terminals do, the cursor waits at the right edge until the next character comes.
      if (this.#column === this.columns) this.#newRow();
      this.#current[this.#column++] = char;
    }
  }

  #newRow(): void {
    this.#column = 0;
    this.#row++;
    if (!this.#rows[this.#row]) this.#rows[this.#row] = [];
  }

  #obey(code: string, given: number): void {
    const count = Number.isNaN(given) ? 1 : given;
    switch (code) {
      case 'A':
        this.#row = Math.max(0, this.#rows.length - this.height, this.#row - count);
        return;
      case 'B':
        this.#row = Math.min(this.#rows.length - 1, this.#row + count);
        return;
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + count);
        return;
      case 'D':
        this.#column = Math.max(0, this.#column - count);
        return;
      case 'G':
        this.#column = count - 1;
        return;
      case 'J':
        if (!Number.isNaN(given) && given !== 0) throw new Error(`unknown escape code J ${given}`);
        this.#current.length = Math.min(this.#current.length, this.#column);
        this.#rows.length = this.#row + 1;
        return;
      case 'K':
        this.#current.length = Math.min(this.#current.length, this.#column);
        return;
      case 'm':
        return;
      default:
        throw new Error(`unknown escape code ${code}`);
    }
  }

  get #current(): string[] {
    this.#rows[this.#row] ??= [];
    return this.#rows[this.#row] ?? [];
  }
}
