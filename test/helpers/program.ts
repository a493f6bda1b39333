/**
 * Runs a program of this project in a process of its own, for tests that type at it, read what it prints, and end it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../..', import.meta.url));

/**
 * How long anything is waited for. Everything takes far less, so only a fault reaches it. Where many tests share a
 * processor, a server with workers has been seen to take 8 s to start.
 */
const patienceMs = 60_000;

export type ProgramName =
  | 'cli-server'
  | 'websock-server'
  | 'full-server'
  | 'cli-client'
  | 'websock-client'
  | 'lib/run-worker';

export class Program {
  /** All that it printed so far, on both outputs. */
  output = '';
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #watchers = new Set<() => void>();

  /**
   * @param nodeOptions options of Node itself
   * @param within the words of a command that runs the program somewhere else, by becoming it (exec)
   */
  constructor(
    readonly name: ProgramName,
    args: readonly string[],
    nodeOptions: readonly string[] = [],
    within: readonly string[] = [],
  ) {
    const words = [...within, process.execPath, ...nodeOptions, join(dist, `${name}.js`), ...args];
    const [command = process.execPath, ...rest] = words;
    this.#process = spawn(command, rest, { env: { ...process.env, NO_COLOR: '1' } });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const watcher of this.#watchers) watcher();
      });
    }
    this.#process.stdin.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        resolve(code ?? signal ?? 1);
        for (const watcher of this.#watchers) watcher();
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  type(...lines: string[]): void {
    for (const line of lines) this.#process.stdin.write(`${line}\n`);
  }

  /** Ends the program's standard input. */
  endInput(): void {
    this.#process.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Kills the program if it still runs. */
  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGKILL');
    await this.exited;
  }

  /** The present end of the output, from which a `waitFor` can begin to look for something new. */
  mark(): number {
    return this.output.length;
  }

  /**
   * Waits until the output has something.
   *
   * @param from looks only behind this place of the output, see `mark`
   * @throws Error with the whole output if the text does not come
   */
  waitFor(pattern: RegExp | string, from = 0): Promise<string> {
    return this.waitUntil(`output ${pattern}`, () => {
      const found = this.output.slice(from).match(pattern);
      return found?.[0];
    });
  }

  /** Waits until a question about its output has an answer. */
  waitUntil<T>(what: string, question: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const answer = question();
        if (answer === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`${this.name}: no ${what} in:\n${this.output}`));
      }, patienceMs);
      this.#watchers.add(look);
      look();
    });
  }
}

/** The ports of a server, as it wrote them. */
export interface ProgramPorts {
  readonly client?: number;
  readonly websocket?: number;
  readonly peer: number;
}

export interface StartOptions {
  readonly host?: string;
  readonly ports?: ProgramPorts;
  readonly options?: readonly string[];
  readonly nodeOptions?: readonly string[];
  /** The words of a command that runs it somewhere else. */
  readonly within?: readonly string[];
}

export class ServerProgram extends Program {
  private constructor(
    name: ProgramName,
    args: readonly string[],
    private readonly folder: string,
    readonly serverName: string,
    nodeOptions: readonly string[],
    within: readonly string[],
  ) {
    super(name, args, nodeOptions, within);
  }

  ports: ProgramPorts = { peer: 0 };

  /**
   * Starts a server, and waits until it listens.
   *
   * @param ports the ports to use again; any free ones if left out
   * @param nodeOptions options of Node itself
   */
  static async start(
    name: 'cli-server' | 'websock-server' | 'full-server',
    serverName: string,
    { host = '127.0.0.1', ports, options = [], nodeOptions = [], within = [] }: StartOptions = {},
  ): Promise<ServerProgram> {
    const folder = mkdtempSync(join(tmpdir(), 'hearsay-test-'));
    const file = join(folder, 'ports.json');
    const doors = {
      'cli-server': [ports?.client],
      'websock-server': [ports?.websocket],
      'full-server': [ports?.client, ports?.websocket],
    }[name];
    const positional = [host, ...[...doors, ports?.peer].map((port) => String(port ?? 0))];
    const own = ['--name', serverName, '--ports-file', file, '--message-rate', 'off'];
    const server = new ServerProgram(
      name,
      [...positional, ...own, ...options],
      folder,
      serverName,
      nodeOptions,
      within,
    );
    try {
      await server.waitFor('Type help');
    } catch (error) {
      await server.end();
      throw error;
    }
    server.ports = JSON.parse(readFileSync(file, 'utf8'));
    return server;
  }

  /** Types `connect` at this server's prompt, and waits until both are linked. */
  async connectTo(other: ServerProgram, host = '127.0.0.1'): Promise<void> {
    const mark = this.mark();
    this.type(`connect ${host} ${other.ports.peer}`);
    await this.waitFor(`Connected to ${other.serverName}`, mark);
    // The two may have been linked already.
    await other.waitFor(`peer=${this.serverName}`);
  }

  override async end(): Promise<void> {
    await super.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
