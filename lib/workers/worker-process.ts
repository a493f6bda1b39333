/**
 * One process of a worker, as the main process sees it: it is sent messages, sends messages, and is given connections.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DoorName } from '../options.js';
import type { Begin, FromWorker, ToWorker } from './messages.js';

const program = fileURLToPath(new URL('../run-worker.js', import.meta.url));

export interface WorkerProcessEvents {
  told(message: FromWorker): void;
  /** The process wrote a line to its error output. Node does so itself, for example when there is not enough memory. */
  complained(line: string): void;
  /** A connection could not be given to it although the process is alive. The connection is closed. */
  lost(error: Error): void;
  /** @param how its exit code, or the signal that ended it */
  ended(how: string): void;
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  /** Connections that were given to it and have not left this process yet. */
  readonly #undelivered = new Map<Socket, DoorName>();
  #hasEnded = false;

  constructor(
    begin: Begin,
    private readonly events: WorkerProcessEvents,
  ) {
    this.#child = fork(program, [String(begin.worker)], {
      // Two processes cannot share one debugger port.
      execArgv: process.execArgv.filter((option) => !option.startsWith('--inspect')),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // The worker is sent the keys in a message. In its environment other programs could see them.
      env: { ...process.env, HEARSAY_NETWORK_KEY: undefined },
    });
    const ended = (how: string): void => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      events.ended(how);
    };
    this.#child.on('message', (message: FromWorker) => {
      // Node may tell of the end of a process before all of its messages have been read.
      if (!this.#hasEnded) events.told(message);
    });
    this.#child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    // Either the process could not be started, or it has just ended and a message to it failed; then 'exit' follows.
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
   * @param gone called when the connection has left this process, or when it is certain that it never will
   */
  give(door: DoorName, socket: Socket, gone: () => void): void {
    this.#undelivered.set(socket, door);
    const message: ToWorker = { type: 'connection', door };
    this.#child.send(message, socket, (error) => {
      gone();
      // If the process is ending, `takeUndelivered` is about to give its connections to others.
      if (error && !this.#child.connected) return;
      this.#undelivered.delete(socket);
      if (!error) return;
      // One reason for an error: the system limits how many descriptors can be on their way at a time (ETOOMANYREFS).
      socket.destroy();
      this.events.lost(error);
    });
  }

  /** Removes the connections that never reached the process, and returns them. */
  takeUndelivered(): [Socket, DoorName][] {
    const undelivered = [...this.#undelivered];
    this.#undelivered.clear();
    return undelivered;
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
