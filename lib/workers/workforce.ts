/**
 * The workers of a server, but for the first, which is this process: started together, kept up, asked how they are,
 * and stopped.
 *
 * Each is a node of its own in the network, linked with this process as a server that only dials out would be: it
 * listens nowhere. What is known of a worker here is what it reports.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import type { DoorName, ServerOptions } from '../options.js';
import { isEverywhere } from '../wire/scope.js';
import type { ClientSummary, Load } from './load.js';
import type { Whole } from './whole.js';
import { Worker } from './worker.js';

/** The workers could not be started; the message is for the operator. */
export class WorkersError extends Error {}

export interface WorkforceOptions {
  readonly server: ServerOptions;
  /** When the server began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** What is the same for the whole server. */
  readonly whole: () => Whole;
  /** Takes a connection that a worker was given and never got, for it died. */
  readonly returned: (door: DoorName, socket: Socket) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export class Workforce {
  /** In the order of their numbers; the first, which is this process, is not among them. */
  readonly workers: readonly Worker[];
  #ticker: NodeJS.Timeout | undefined;

  constructor(private readonly options: WorkforceOptions) {
    const { server, sinceMs, ...rest } = options;
    const { networkKeys, ...others } = server;
    this.workers = Array.from({ length: server.workers - 1 }, (_, i) => {
      const begin = { type: 'begin', worker: i + 2, options: others, sinceMs } as const;
      return new Worker({ begin, keys: networkKeys, ...rest });
    });
  }

  /**
   * Starts all; resolves when all work.
   *
   * @param peerPort where they link with this process
   * @throws WorkersError; none is left then
   */
  async start(peerPort: number): Promise<void> {
    if (this.workers.length === 0) return;
    const address = { host: fromThisMachine(this.options.server.host), port: peerPort };
    try {
      await Promise.all(this.workers.map((worker) => worker.start(address)));
    } catch (error) {
      this.destroy();
      throw new WorkersError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    this.#ticker = setInterval(() => {
      for (const worker of this.workers) worker.tick();
    }, limits.workerReportMs);
  }

  /** Whether a node is one of them. */
  isWorker(node: string): boolean {
    return this.workers.some((worker) => worker.node === node);
  }

  /** Of those that work. */
  loads(): Load[] {
    return this.workers.flatMap(({ load }) => load ?? []);
  }

  /** Has all report anew, for one who looks at it now. */
  async refresh(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.ask(false)));
  }

  /** All have reported anew by then, too. */
  async clients(): Promise<ClientSummary[]> {
    return (await Promise.all(this.workers.map((worker) => worker.ask(true)))).flat();
  }

  /** Has all tell their clients and end; resolves when they have. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  /** Ends all at once. */
  destroy(): void {
    clearInterval(this.#ticker);
    for (const worker of this.workers) worker.destroy();
  }
}

/** Where a process of this machine reaches what listens on a host. */
function fromThisMachine(host: string): string {
  if (!isEverywhere(host)) return host;
  return host.includes(':') ? '::1' : '127.0.0.1';
}
