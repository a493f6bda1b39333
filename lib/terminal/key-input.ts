/**
 * A terminal's input, handed on one character at a time.
 *
 * node:readline takes several at once for pasted, and then puts them at the end of the line, wherever the cursor is,
 * and loses count of the rows (Node 20: `kInsertString` in lib/internal/readline/interface.js). One by one
 * they are typed.
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
    // A terminal that is lost has ended. Its mode cannot be set then either, which is once more an error.
    terminal.on('error', () => this.end());
  }

  /** readline asks for it: keys as they are pressed, without echo. */
  setRawMode(raw: boolean): void {
    this.terminal.setRawMode?.(raw);
  }

  /** Leaves the terminal's input alone; a program that waits for nothing else can end. */
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
 * A Tab among other characters was pasted; it asks for no completion. One that ends what came at once on a line was
 * typed fast, or came over a slow line.
 */
function withoutPastedTabs(text: string): string {
  const typed = text.endsWith('\t') && !/[\r\n]/.test(text) ? '\t' : '';
  return text.slice(0, text.length - typed.length).replaceAll('\t', ' ') + typed;
}
