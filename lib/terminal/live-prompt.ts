/**
 * A live prompt: lines can be printed at any moment, while what is being typed stays untouched below them.
 *
 * Where there is no terminal, it reads lines and writes lines, without a prompt.
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
  /** The text before the typed text; it may have colours. */
  readonly prompt: string;
  /** Called with each line that is entered, without its line end. */
  readonly onLine: (line: string) => void;
  /**
   * Called once when the input is over, unless `close` was called before: 'interrupted' by Ctrl-C, or 'ended' by
   * Ctrl-D, the end of a file or the loss of the terminal.
   */
  readonly onEnd?: (how: 'interrupted' | 'ended') => void;
  /** Completes what is typed when Tab is pressed, in the form of node:readline. */
  readonly completer?: Completer;
  /**
   * Whether an entered line stays on the screen; if not, `onLine` prints what is to stand in its place. Default: true.
   */
  readonly keepEntered?: boolean;
  /**
   * Whether to treat input and output as a terminal. Default: whether both are terminals that can move their cursor.
   */
  readonly live?: boolean;
}

const eraseBelow = '\x1b[J';

export class LivePrompt {
  /** Whether there is a prompt; there is none without a terminal. */
  readonly live: boolean;
  readonly #rl: Interface;
  /** The keys as they are typed; undefined where there is no terminal. */
  readonly #keys: KeyInput | undefined;
  #state: 'open' | 'entering' | 'closed' = 'open';
  #interrupted = false;
  /** How many rows below the first row of the prompt the cursor was when a line was entered. */
  #enteredRow = 0;

  /** Shows the prompt, and begins to read. */
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
    // Input that cannot be read counts as ended, such as the standard input that `nohup` leaves to a program.
    this.#rl.on('error', () => this.#rl.close());
    this.#rl.on('SIGINT', () => {
      this.#interrupted = true;
      this.#rl.close();
    });
    this.#rl.on('SIGCONT', () => this.#show());
    // This has to run before readline's own listener, which ends the line.
    this.#keys?.prependListener('keypress', this.#beforeKey);
    this.#show();
  }

  /** Prints one or several lines above the prompt. Text that came from others has to be made `printable` first. */
  print(line: string): void {
    this.#write(() => {
      if (!this.#shown) {
        this.options.output.write(`${line}\n`);
        return;
      }
      const row = this.#cursorRow();
      this.options.output.write(`${toRowAbove(row)}${eraseBelow}${line}\n`);
      // readline expects the cursor where it left it, which is this many rows below the first row of the prompt.
      this.options.output.write('\n'.repeat(row));
      this.#show();
    });
  }

  /** Changes the text before the typed text, at once. */
  setPrompt(prompt: string): void {
    if (prompt === this.#rl.getPrompt()) return;
    this.#rl.setPrompt(prompt);
    if (this.#shown) this.#write(() => this.#show());
  }

  /** Removes the prompt from the screen, sets the terminal back, and stops reading. A second call does nothing. */
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
    // The cursor goes to the end of the line first, so that its position tells how many rows the line takes.
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
    // `onLine` may have closed the prompt.
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

  /** Joins all that one step writes into a single write, so that the prompt does not flicker. */
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
