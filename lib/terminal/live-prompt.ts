/**
 * A prompt that stays alive: lines can be printed at any moment, and what is being typed stands untouched below them.
 *
 * Not on a terminal it is a plain reader of lines and writer of lines, without a prompt.
 */
import { type Completer, createInterface, type Interface } from 'node:readline';
import { KeyInput, type TerminalInput } from './key-input.js';

export type PromptOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  cork?(): void;
  uncork?(): void;
};

export interface LivePromptOptions {
  readonly input: TerminalInput;
  readonly output: PromptOutput;
  /** What stands before the typed text; may have colours. */
  readonly prompt: string;
  /** Somebody entered a line; it comes without its end. */
  readonly onLine: (line: string) => void;
  /** The input is over: Ctrl-C, or Ctrl-D, the end of a file or of the terminal. Called once, and not after `close`. */
  readonly onEnd?: (how: 'interrupted' | 'ended') => void;
  /** Completes what is typed at the Tab key, as node:readline has it. */
  readonly completer?: Completer;
  /** Whether an entered line stays on the screen; if not, `onLine` prints what is to stand in its place. Default: true. */
  readonly keepEntered?: boolean;
  /** Whether to treat input and output as a terminal. Default: whether both are one that can move its cursor. */
  readonly live?: boolean;
}

const eraseBelow = '\x1b[J';

export class LivePrompt {
  /** Whether there is a prompt at all. */
  readonly live: boolean;
  readonly #rl: Interface;
  /** Undefined where there is no terminal. */
  readonly #keys: KeyInput | undefined;
  #state: 'open' | 'entering' | 'closed' = 'open';
  #interrupted = false;
  /** The row of the cursor below the prompt's first, when a line was entered. */
  #enteredRow = 0;

  /** Shows the prompt, and reads from then on. */
  constructor(private readonly options: LivePromptOptions) {
    const { input, output, prompt, completer } = options;
    this.live =
      options.live ?? (input.isTTY === true && output.isTTY === true && process.env.TERM !== 'dumb');
    this.#keys = this.live ? new KeyInput(input) : undefined;
    this.#rl = createInterface({
      input: this.#keys ?? input,
      output: this.live ? output : undefined,
      terminal: this.live,
      prompt,
      completer,
      historySize: 500,
      removeHistoryDuplicates: true,
      tabSize: 4,
      escapeCodeTimeout: 100,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    this.#rl.on('line', (line) => this.#entered(line));
    this.#rl.on('close', () => this.#ended());
    // Input that cannot be read, such as what `nohup` leaves of a terminal, is over.
    this.#rl.on('error', () => this.#rl.close());
    this.#rl.on('SIGINT', () => {
      this.#interrupted = true;
      this.#rl.close();
    });
    this.#rl.on('SIGCONT', () => this.#show());
    // Ahead of readline's own listener, which ends the line.
    this.#keys?.prependListener('keypress', this.#beforeKey);
    this.#show();
  }

  /** Prints one line, or several, above the prompt. Text of others has to be `printable`. */
  print(line: string): void {
    this.#write(() => {
      if (!this.#shown) {
        this.options.output.write(`${line}\n`);
        return;
      }
      const row = this.#cursorRow();
      this.options.output.write(`${toRowAbove(row)}${eraseBelow}${line}\n`);
      // readline takes the cursor to be where it left it, so many rows below the prompt's first.
      this.options.output.write('\n'.repeat(row));
      this.#show();
    });
  }

  /** Changes what stands before the typed text, at once. */
  setPrompt(prompt: string): void {
    if (prompt === this.#rl.getPrompt()) return;
    this.#rl.setPrompt(prompt);
    if (this.#shown) this.#write(() => this.#show());
  }

  /** Takes the prompt off the screen, gives the terminal back as it was, and reads no more. Again: nothing. */
  close(): void {
    if (this.#closed) return;
    this.#erase();
    this.#state = 'closed';
    this.#rl.close();
  }

  get #closed(): boolean {
    return this.#state === 'closed';
  }

  get #shown(): boolean {
    return this.live && this.#state === 'open';
  }

  #show(): void {
    if (this.#shown) this.#rl.prompt(true);
  }

  #erase(): void {
    if (this.#shown) this.options.output.write(`${toRowAbove(this.#cursorRow())}${eraseBelow}`);
  }

  #cursorRow(): number {
    return this.#rl.getCursorPos().rows;
  }

  readonly #beforeKey = (_text: string | undefined, key: { name?: string | undefined } | undefined): void => {
    if (this.#closed || (key?.name !== 'return' && key?.name !== 'enter')) return;
    // To the end of the line first, so that the cursor tells how many rows the line takes.
    this.#rl.write(null, { ctrl: true, name: 'e' });
    this.#enteredRow = this.#cursorRow();
  };

  #entered(line: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'entering';
    if (this.live && this.options.keepEntered === false) {
      this.options.output.write(`${toRowAbove(this.#enteredRow + 1)}${eraseBelow}`);
    }
    this.options.onLine(line);
    // What `onLine` did may have closed it.
    if (!this.#closed) {
      this.#state = 'open';
      this.#show();
    }
  }

  #ended(): void {
    this.#keys?.release();
    if (this.#closed) return;
    this.#erase();
    this.#state = 'closed';
    this.options.onEnd?.(this.#interrupted ? 'interrupted' : 'ended');
  }

  /** Writes all that one step has to write in one go, so that nobody sees the prompt flicker. */
  #write(step: () => void): void {
    const { output } = this.options;
    output.cork?.();
    try {
      step();
    } finally {
      output.uncork?.();
    }
  }
}

function toRowAbove(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A\r` : '\r';
}
