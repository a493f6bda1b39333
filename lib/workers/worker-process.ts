/** One process of a worker, as the main process sees it: told things, listened to, given connections. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DoorName } from '../options.js';
import type { Begin, FromWorker, ToWorker } from './messages.js';

const program = fileURLToPath(new URL('../run-worker.js', import.meta.url));

export interface WorkerProcessEvents {
  told(message: FromWorker): void;
  /** What Node itself says of it: a lack of memory, for one. */
  complained(line: string): void;
  /** A connection could not be given to it, though it lives; the connection is closed. */
  lost(error: Error): void;
  /** @param how its exit code, or the signal that ended it */
  ended(how: string): void;
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Connections that it was given and that have not left this process. */
  readonly #undelivered = new Map<Socket, DoorName>();
  #hasEnded = false;

  constructor(
    begin: Begin,
    private readonly events: WorkerProcessEvents,
  ) {
    this.#child = fork(program, [String(begin.worker)], {
      // Two processes cannot have one port for a debugger.
      execArgv: process.execArgv.filter((option) => !option.startsWith('--inspect')),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // It is told the keys, and nothing that it starts or that looks at it needs to see them.
      env: { ...process.env, HEARSAY_NETWORK_KEY: undefined },
    });
    const ended = (how: string): void => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      events.ended(how);
    };
    this.#child.on('message', (message: FromWorker) => {
      // Node does not promise that a process is heard out before its end is told.
      if (!this.#hasEnded) events.told(message);
    });
    this.#child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    // It could not be started, or has just ended and cannot be told anything any more.
    this.#child.on('error', (error) => {
      if (this.pid === undefined) ended(error.message);
    });
    const { stderr } = this.#child;
    if (stderr) createInterface({ input: stderr }).on('line', (line) => events.complained(line));
    this.send(begin);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /**
   * Hands over a connection.
   *
   * @param gone called when it has left this process, or never will
   */
  give(door: DoorName, socket: Socket, gone: () => void): void {
    this.#undelivered.set(socket, door);
    const message: ToWorker = { type: 'connection', door };
    this.#child.send(message, socket, (error) => {
      gone();
      // If the process is at its end, its connections are about to be given to others.
      if (error && !this.#child.connected) return;
      this.#undelivered.delete(socket);
      if (!error) return;
      // The system passes only so many descriptors at a time (ETOOMANYREFS).
      socket.destroy();
      this.events.lost(error);
    });
  }

  /** The connections that it was given and never got. */
  takeUndelivered(): [Socket, DoorName][] {
    const undelivered = [...this.#undelivered];
    this.#undelivered.clear();
    return undelivered;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
