/**
 * A server's interactive prompt. It reads lines, carries out the commands in them, and prints answers and log lines
 * without mixing them up.
 *
 * On a terminal, log lines appear above what is being typed. From a pipe, commands are read and carried out one after
 * another, and the end of the input does not stop the server.
 */
import type { LogLevel } from '../log.js';
import { colorsFor } from '../terminal/colors.js';
import type { TerminalInput } from '../terminal/key-input.js';
import { LivePrompt, type PromptOutput } from '../terminal/live-prompt.js';
import { printable } from '../wire/printable.js';
import { completeOperatorLine, type OperatorContext, OperatorError, runOperatorLine } from './commands.js';

export interface OperatorPromptOptions extends OperatorContext {
  readonly input: TerminalInput;
  readonly output: PromptOutput;
}

export class OperatorPrompt {
  readonly #prompt: LivePrompt;
  readonly #colors: ReturnType<typeof colorsFor>;
  /** Resolves when the commands so far are carried out, if they come from a pipe. */
  #previous: Promise<void> = Promise.resolve();

  constructor(private readonly options: OperatorPromptOptions) {
    const { input, output, server } = options;
    this.#colors = colorsFor(output);
    this.#prompt = new LivePrompt({
      input,
      output,
      prompt: this.#colors.bold(`${server.options.name}> `),
      completer: (line) => completeOperatorLine(server, line),
      onLine: (line) => this.#take(line),
      onEnd: (how) => {
        if (this.#prompt.live || how === 'interrupted') options.exit();
      },
    });
  }

  /** Whether the prompt is on a terminal. */
  get live(): boolean {
    return this.#prompt.live;
  }

  /** Prints a line of the log. */
  printLog(line: string, level: LogLevel): void {
    const { dim, red, yellow } = this.#colors;
    const paint = { error: red, warn: yellow, info: dim, debug: dim }[level];
    this.#prompt.print(paint(line));
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.#prompt.print(lines.join('\n'));
  }

  close(): void {
    this.#prompt.close();
  }

  #take(line: string): void {
    if (this.#prompt.live) void this.#run(line);
    else this.#previous = this.#previous.then(() => this.#run(line));
  }

  async #run(line: string): Promise<void> {
    try {
      const answer = await runOperatorLine(this.options, line);
      this.print(answer.map(printable));
    } catch (error) {
      if (!(error instanceof OperatorError || isSystemError(error))) throw error;
      this.#prompt.print(this.#colors.red(printable(error.message)));
    }
  }
}

/**
 * Whether an error comes from the system, for example because no file descriptor was left. Such a command may succeed
 * later, so the error is shown as its answer and does not end the server.
 */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
