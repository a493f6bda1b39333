/**
 * The program of a worker's process: a node that listens nowhere, links with the main process, and serves the
 * connections that it is given. Only the main process starts it. It does what the main process says, and ends when that
 * is gone.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from './clock.js';
import { DescriptorWatch } from './descriptor-watch.js';
import { descriptorLimit, shareOut } from './descriptors.js';
import { limits } from './limits.js';
import { Capacity } from './listen/capacity.js';
import { type Log, type LogFields, type LogLevel, logLevels } from './log.js';
import { NetworkKey } from './network-key.js';
import { createNode, type ServerNode } from './node.js';
import type { DoorName } from './options.js';
import type { Address } from './wire/address.js';
import { clientsOf, loadOf } from './workers/load.js';
import { type Begin, type FromWorker, type ToWorker, workerName } from './workers/messages.js';
import { healthOf, type ServerTotals } from './workers/server-totals.js';

class WorkerProgram {
  readonly #node: ServerNode;
  #totals: ServerTotals = { clients: 0, servers: 1 };
  /** How many of its connections have ended without the main process having been told yet. */
  #ended = 0;
  #stopping = false;

  constructor(private readonly begin: Begin) {
    const { options, keys, worker, sinceMs } = begin;
    const server = { ...options, networkKeys: keys.map((key) => new NetworkKey(key)) };
    const log = logTo(options.logLevel);
    const shares = shareOut(descriptorLimit(), { links: 1, workers: 0, takesLinks: false });
    new DescriptorWatch(systemClock, log);
    this.#node = createNode({
      server,
      networkName: workerName(server.name, worker),
      advertise: undefined,
      discovers: false,
      health: () => healthOf(server, this.#totals, systemClock.wallMs() - sinceMs),
      shares,
      capacity: new Capacity(shares.connections, systemClock, log),
      clock: systemClock,
      log,
      // The main process logs the same at its end of the link, so here it is for `debug` only.
      networkLog: { ...log, info: log.debug },
    });
    for (const door of this.#node.doors.values()) door.open();
    tell({ type: 'ready', node: this.#node.id });
  }

  async take(message: ToWorker, socket: Socket | undefined): Promise<void> {
    switch (message.type) {
      case 'link':
        this.#totals = message.totals;
        await this.#link(message.address);
        break;
      case 'connection':
        this.#serve(message.door, socket);
        break;
      case 'totals':
        this.#totals = message.totals;
        break;
      case 'ask':
        this.#report();
        tell({
          type: 'answer',
          ref: message.ref,
          clients: message.clients ? clientsOf(this.#node.relay) : [],
        });
        break;
      case 'stop':
        await this.stop();
        break;
    }
  }

  /** Tells the clients, and ends the process. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#node.stop();
    process.exit(0);
  }

  async #link(address: Address): Promise<void> {
    const { network } = this.#node;
    await network.connect(address);
    const others = this.begin.options.workers - 1;
    const giveUpMs = systemClock.nowMs() + limits.workerMeetMs;
    while (network.peers().length === 0) await sleep(limits.peerTickMs);
    while (network.serversInReach < others && systemClock.nowMs() < giveUpMs) await sleep(limits.peerTickMs);
    this.#report();
    tell({ type: 'linked' });
    setInterval(() => this.#report(), limits.workerReportMs);
  }

  #serve(door: DoorName, socket: Socket | undefined): void {
    // A connection that its client has closed may be gone before it arrives here.
    if (!socket) {
      this.#noteEnd();
      return;
    }
    socket.once('close', () => this.#noteEnd());
    this.#node.doors.get(door)?.take(socket);
  }

  /**
   * Tells the main process that a connection has ended. It is told in the same turn, because it gives connections to
   * the worker that has the fewest. Connections that end together are told in one message.
   */
  #noteEnd(): void {
    if (this.#ended++ > 0) return;
    systemClock.endOfTurn(() => {
      tell({ type: 'ended', count: this.#ended });
      this.#ended = 0;
    });
  }

  #report(): void {
    const { relay, network } = this.#node;
    tell({ type: 'report', load: loadOf(relay, network) });
  }
}

function tell(message: FromWorker, told: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

/** A log whose lines go to the main process, which writes them. */
function logTo(level: LogLevel): Log {
  const threshold = logLevels.indexOf(level);
  const writer = (own: LogLevel) =>
    logLevels.indexOf(own) > threshold
      ? () => {}
      : (event: string, fields: LogFields = {}) => tell({ type: 'log', level: own, event, fields });
  return { error: writer('error'), warn: writer('warn'), info: writer('info'), debug: writer('debug') };
}

// A terminal sends these signals to all processes of a program, and a service manager may do so. A worker ignores them,
// because the main process tells it when to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.on('uncaughtException', (error: unknown) => {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const fields = { error: why };
  tell({ type: 'log', level: 'error', event: 'unexpected error, giving up', fields }, () => process.exit(1));
});

let program: WorkerProgram | undefined;
process.on('message', (message: ToWorker, socket?: Socket) => {
  if (message.type === 'begin') program = new WorkerProgram(message);
  else void program?.take(message, socket);
});
process.on('disconnect', () => {
  if (program) void program.stop();
  else process.exit(0);
});
if (!process.connected) {
  console.error(
    'This program is a part of the servers, which start it themselves: see their option --workers.',
  );
  process.exitCode = 2;
}
