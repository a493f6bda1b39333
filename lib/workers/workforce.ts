/**
 * The workers of a server except the first, which is this process. They are started together, started anew when they
 * die, asked for their load, and stopped.
 *
 * Each worker is a node of its own in the network. It listens nowhere, and is linked with this process as a server that
 * only dials out would be. What is known of a worker here is what it reports.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import type { DoorName, ServerOptions } from '../options.js';
import { isEverywhere } from '../wire/scope.js';
import type { ClientSummary, Load } from './load.js';
import type { ServerTotals } from './server-totals.js';
import { Worker } from './worker.js';

/** The workers could not be started; the message is for the operator. */
export class WorkersError extends Error {}

export interface WorkforceOptions {
  readonly server: ServerOptions;
  /** When the server began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** The counts of the whole server, which its workers are told. */
  readonly totals: () => ServerTotals;
  /** Takes back a connection that never reached a worker because its process died. */
  readonly returned: (door: DoorName, socket: Socket) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export class Workforce {
  /** The workers in the order of their numbers, without the first, which is this process. */
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
   * Starts all workers. The promise resolves when all work.
   *
   * @param peerPort where they link with this process
   * @throws WorkersError if one could not be started; then all have been ended
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

  /** Whether a node is one of the workers. */
  isWorker(node: string): boolean {
    return this.workers.some((worker) => worker.node === node);
  }

  /** The last reported loads of the workers. */
  loads(): Load[] {
    return this.workers.flatMap(({ load }) => load ?? []);
  }

  /** Asks all workers for a new report, because somebody is about to look at their loads. */
  async refresh(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.ask(false)));
  }

  /** The clients of all workers; their loads are reported anew, too. */
  async clients(): Promise<ClientSummary[]> {
    return (await Promise.all(this.workers.map((worker) => worker.ask(true)))).flat();
  }

  /** Has all workers tell their clients and end. The promise resolves when they have ended. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  /** Kills all workers. */
  destroy(): void {
    clearInterval(this.#ticker);
    for (const worker of this.workers) worker.destroy();
  }
}

/** The host at which processes of this machine reach what listens on a given host. */
function fromThisMachine(host: string): string {
  if (!isEverywhere(host)) return host;
  return host.includes(':') ? '::1' : '127.0.0.1';
}
