/** A client program, run as its user runs it: with pipes, or at a terminal of its own. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const dist = fileURLToPath(new URL('../../', import.meta.url));

/** Whether this machine has the program `script` of util-linux, which runs a command at a terminal. */
export const canLendTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

export class ClientProgram {
  output = '';
  errors = '';
  readonly ended: Promise<Ended>;
  readonly #waiting = new Set<() => void>();

  private constructor(readonly process: ChildProcessWithoutNullStreams) {
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      for (const check of this.#waiting) check();
    });
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    // It may end before it has read all its input.
    process.stdin.on('error', () => {});
    this.ended = once(process, 'close').then(([status]) => ({
      status,
      output: this.output,
      errors: this.errors,
    }));
  }

  /** Runs a program of dist/ with pipes. */
  static piped(program: string, args: readonly (string | number)[]): ClientProgram {
    const child = spawn(process.execPath, [`${dist}${program}.js`, ...args.map(String)]);
    return new ClientProgram(child);
  }

  /** Runs a program of dist/ at a terminal. What it shows is `output`, with its escape codes. */
  static atTerminal(
    program: string,
    args: readonly (string | number)[],
    env: Readonly<Record<string, string>> = {},
  ): ClientProgram {
    const words = [process.execPath, `${dist}${program}.js`, ...args].map((word) => `'${word}'`);
    const command = `stty cols 80 rows 24 && exec ${words.join(' ')}`;
    // A CI machine sets this variable and a user's shell may not. It decides on colours.
    const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...inherited, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    });
    return new ClientProgram(child);
  }

  /** What was shown, without escape codes. */
  get text(): string {
    return stripVTControlCharacters(this.output);
  }

  type(keys: string): void {
    this.process.stdin.write(keys);
  }

  /** Resolves when the text was shown, after what was waited for last; rejects when the program ends before that. */
  async shows(pattern: RegExp): Promise<void> {
    const from = this.#seen;
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(this.text.slice(from));
        if (!match) return;
        this.#seen = from + match.index + match[0].length;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
      void this.ended.then(() => reject(new Error(`ended before it showed ${pattern}:\n${this.text}`)));
    });
  }

  #seen = 0;

  /** Ends the program if it still runs. */
  stop(): void {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
  }
}
