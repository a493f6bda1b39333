/**
 * A worker, as the main process sees it: one process at a time. When the process dies, a new one is started in its
 * place.
 */
import type { Socket } from 'node:net';
import { backoffMs } from '../backoff.js';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import type { NetworkKey } from '../network-key.js';
import type { DoorName } from '../options.js';
import type { Address } from '../wire/address.js';
import type { Taker } from './front.js';
import type { ClientSummary, Load } from './load.js';
import type { Begin, FromWorker } from './messages.js';
import type { ServerTotals } from './server-totals.js';
import { WorkerProcess } from './worker-process.js';

const restartBounds = { minMs: limits.workerRestartMinMs, maxMs: limits.workerRestartMaxMs };

export interface WorkerOptions {
  readonly begin: Omit<Begin, 'keys'>;
  readonly keys: readonly NetworkKey[];
  /** The counts of the whole server, which its workers are told. */
  readonly totals: () => ServerTotals;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
  /** Takes back a connection that never reached the worker because its process died. */
  readonly returned: (door: DoorName, socket: Socket) => void;
}

export type WorkerState = 'starting' | 'working' | 'down';

export class Worker implements Taker {
  /** The node id of its present process, once that has told it. */
  node: string | undefined;
  /** Its load as last reported; undefined while it has no process that has reported. */
  load: Load | undefined;
  /** Since when it has been working, by the clock's `nowMs`. */
  sinceMs = 0;
  deaths = 0;
  connections = 0;
  /** The address where it links with the main process. */
  #address: Address | undefined;
  #state: WorkerState = 'down';
  #process: WorkerProcess | undefined;
  #missedReports = 0;
  /** How often it has died in a row, without a long life in between. */
  #tries = 0;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  /** Why its process was killed from here, if it was. */
  #verdict: string | undefined;
  #onWorking: () => void = () => {};
  #onDeath: (how: string) => void = () => {};
  readonly #questions = new Map<number, (clients: readonly ClientSummary[]) => void>();
  #questionCount = 0;

  constructor(private readonly options: WorkerOptions) {}

  get number(): number {
    return this.options.begin.worker;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get state(): WorkerState {
    return this.#state;
  }

  get isReady(): boolean {
    return this.#state === 'working' && !this.#stopping;
  }

  /**
   * Starts it for the first time. The promise resolves when it works.
   *
   * @param address where it links with the main process
   * @throws Error that says how it ended instead
   */
  start(address: Address): Promise<void> {
    this.#address = address;
    return new Promise((resolve, reject) => {
      this.#onWorking = resolve;
      this.#onDeath = (how) => reject(new Error(`worker ${this.number} could not start: ${how}`));
      this.#fork();
    });
  }

  take(door: DoorName, socket: Socket, gone: () => void): void {
    if (!this.#process) {
      gone();
      socket.destroy();
      return;
    }
    this.connections++;
    this.#process.give(door, socket, gone);
  }

  /** To be called each `limits.workerReportMs`. */
  tick(): void {
    if (this.#state !== 'working') return;
    this.#process?.send({ type: 'totals', totals: this.options.totals() });
    if (this.#missedReports++ >= limits.workerMissedReports) {
      this.#kill(`it did not report for ${(limits.workerMissedReports * limits.workerReportMs) / 1000} s`);
    }
  }

  /**
   * Asks it for a new report of its load, and for its clients.
   *
   * @param clients whether its clients are asked for
   * @returns its clients; none if they were not asked for or it does not answer in time
   */
  ask(clients: boolean): Promise<readonly ClientSummary[]> {
    const ref = ++this.#questionCount;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answered([]), limits.workerAnswerMs);
      const answered = (found: readonly ClientSummary[]): void => {
        clearTimeout(timer);
        this.#questions.delete(ref);
        resolve(found);
      };
      if (this.#state !== 'working') {
        answered([]);
        return;
      }
      this.#questions.set(ref, answered);
      this.#process?.send({ type: 'ask', ref, clients });
    });
  }

  /** Has it tell its clients and end. The promise resolves when its process has ended. */
  stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (!this.#process) return Promise.resolve();
    this.#process.send({ type: 'stop' });
    return new Promise((resolve) => {
      this.#onDeath = () => resolve();
    });
  }

  /** Kills its process, and starts no other. */
  destroy(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#process?.kill();
  }

  #fork(): void {
    this.#state = 'starting';
    this.#verdict = undefined;
    this.#timer = setTimeout(
      () => this.#kill(`it did not start within ${limits.workerStartMs / 1000} s`),
      limits.workerStartMs,
    );
    const { begin, keys, log } = this.options;
    this.#process = new WorkerProcess(
      { ...begin, keys: keys.map((key) => key.handOver()) },
      {
        told: (message) => this.#take(message),
        complained: (text) => log.warn('worker complains', { worker: this.number, text }),
        lost: () => {
          this.connections--;
        },
        ended: (how) => this.#died(this.#verdict ?? how),
      },
    );
  }

  #take(message: FromWorker): void {
    const { log, clock } = this.options;
    switch (message.type) {
      case 'ready':
        this.node = message.node;
        if (this.#address)
          this.#process?.send({ type: 'link', address: this.#address, totals: this.options.totals() });
        break;
      case 'linked':
        clearTimeout(this.#timer);
        this.#state = 'working';
        this.sinceMs = clock.nowMs();
        this.#missedReports = 0;
        log.info('worker works', { worker: this.number, pid: this.pid });
        this.#onWorking();
        break;
      case 'report':
        this.load = message.load;
        this.#missedReports = 0;
        break;
      case 'ended':
        this.connections -= message.count;
        break;
      case 'answer':
        this.#questions.get(message.ref)?.(message.clients);
        break;
      case 'log':
        log[message.level](message.event, { worker: this.number, ...message.fields });
        break;
    }
  }

  #kill(why: string): void {
    this.#verdict = why;
    this.#process?.kill();
  }

  #died(how: string): void {
    const { log, clock, random, returned } = this.options;
    const { pid, connections } = this;
    const undelivered = this.#process?.takeUndelivered() ?? [];
    const wasSound = this.#state === 'working' && clock.nowMs() - this.sinceMs >= limits.workerSoundMs;
    const isFirstStart = this.#state === 'starting' && this.deaths === 0;
    clearTimeout(this.#timer);
    this.#state = 'down';
    this.#process = undefined;
    this.node = this.load = undefined;
    this.connections = 0;
    if (!this.#stopping && !isFirstStart) {
      this.deaths++;
      this.#tries = wasSound ? 0 : this.#tries;
      const againInMs = backoffMs(this.#tries++, restartBounds, random());
      log.error('worker died', { worker: this.number, pid, reason: how, connections, againInMs });
      this.#timer = setTimeout(() => this.#fork(), againInMs);
    }
    this.#onDeath(how);
    for (const [socket, door] of undelivered) {
      // Without an address the socket is closed, or has already left this process and ended with the other.
      if (this.#stopping || socket.remoteAddress === undefined) socket.destroy();
      else returned(door, socket);
    }
  }
}
