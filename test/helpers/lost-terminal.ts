/** A program at a terminal that is taken away from it, as a closed window or a broken ssh does. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const dist = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Whether this machine has the programs of util-linux that are needed: `script` gives a terminal, `setsid` leaves it.
 */
export const canLoseTerminal =
  spawnSync('script', ['-qec', 'setsid -w true', '/dev/null'], { stdio: ['pipe', 'ignore', 'ignore'] })
    .status === 0;

/** How the system reports the loss: by SIGHUP, or only by the results of reading and writing. */
export type Loss = 'with a SIGHUP' | 'without a SIGHUP';

export class TerminalToLose {
  /** All that was shown, without escape codes. */
  shown = '';
  /** What the command wrote to its file descriptor 3, which outlives the terminal. */
  told = '';
  /** Resolves when the command, and all that it started, have ended. */
  readonly ended: Promise<unknown>;
  readonly #script: ChildProcess;
  readonly #watchers = new Set<() => void>();

  /** @param command for the shell; finds `node` and `dist` in its environment */
  constructor(command: string, loss: Loss = 'with a SIGHUP') {
    // The shell ignores the signal so that it can report how the program ended. Node does not inherit that.
    const shell = loss === 'with a SIGHUP' ? 'eval "$command"' : 'setsid -w sh -c "$command"';
    this.#script = spawn('script', ['-qefc', `trap '' HUP; ${shell}`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        TERM: 'xterm-256color',
        SHELL: '/bin/sh',
        NO_COLOR: '1',
        command,
        node: process.execPath,
        dist,
      },
    });
    const [, output, , own] = this.#script.stdio;
    readText(output, (text) => {
      this.shown = stripVTControlCharacters(this.shown + text);
      for (const watcher of this.#watchers) watcher();
    });
    readText(own, (text) => {
      this.told += text;
      for (const watcher of this.#watchers) watcher();
    });
    this.ended = once(this.#script, 'close');
  }

  /** Waits until something was shown or reported. */
  async finds(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.shown) ?? pattern.exec(this.told);
        if (!match) return;
        this.#watchers.delete(look);
        resolve(match);
      };
      this.#watchers.add(look);
      look();
    });
    const early = this.ended.then(() => {
      throw new Error(`ended before ${pattern} in:\n${this.shown}\n${this.told}`);
    });
    return Promise.race([found, early]);
  }

  /** Takes the terminal away. */
  hangUp(): void {
    this.#script.kill('SIGKILL');
  }
}

/** A command that runs a program of dist/ and reports its exit status. */
export function statusOf(program: string, ...args: (string | number)[]): string {
  return `"$node" "$dist/${program}.js" ${args.join(' ')}; echo "status $?" >&3`;
}

function readText(stream: unknown, onText: (text: string) => void): void {
  if (!isReadable(stream)) throw new Error('the child process has no such pipe');
  stream.setEncoding('utf8').on('data', onText);
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'setEncoding' in stream;
}
