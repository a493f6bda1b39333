/**
 * A terminal's input, handed on one character at a time.
 *
 * node:readline takes several characters that come at once for pasted text. It then puts them at the end of the line
 * even if the cursor is elsewhere, and loses count of the rows (Node 20: `kInsertString` in
 * lib/internal/readline/interface.js). Characters that come one by one count as typed.
 */

import { Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type TerminalInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

export class KeyInput extends Transform {
  readonly #decoder = new StringDecoder('utf8');

  /** Takes over the terminal's input until `release`. */
  constructor(private readonly terminal: TerminalInput) {
    super({ readableObjectMode: true });
    terminal.pipe(this);
    // A lost terminal is the end of the input. Setting its mode fails then, too, which is a second error.
    terminal.on('error', () => this.end());
  }

  /** Sets whether the terminal hands on each key as it is pressed, without echo. readline calls this. */
  setRawMode(raw: boolean): void {
    this.terminal.setRawMode?.(raw);
  }

  /** Stops reading from the terminal, so that a program that waits for nothing else can end. */
  release(): void {
    this.terminal.unpipe(this);
    this.terminal.pause();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#decoder.write(chunk);
    for (const character of text.startsWith('\x1b') ? text : withoutPastedTabs(text)) this.push(character);
    done();
  }
}

/**
 * Replaces pasted Tabs with spaces, so that they ask for no completion. A Tab among other characters was pasted. A Tab
 * at the end of what came at once, within a line, was typed: fast, or over a slow connection.
 */
function withoutPastedTabs(text: string): string {
  const typed = text.endsWith('\t') && !/[\r\n]/.test(text) ? '\t' : '';
  return text.slice(0, text.length - typed.length).replaceAll('\t', ' ') + typed;
}
