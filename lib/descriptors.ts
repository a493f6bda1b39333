/**
 * File descriptors: how many this process may have open at once, and how many of them are for its connections. Each
 * connection takes one, and so does nearly everything else that a process does with its system.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { limits } from './limits.js';

/** What a process needs descriptors for besides its clients. */
export interface Tasks {
  /** The most links with other servers and with its own workers. */
  readonly links: number;
  /** How many worker processes it starts. */
  readonly workers: number;
  /** Whether it has a peer port. */
  readonly takesLinks: boolean;
}

/** How the descriptors of a process are shared out. */
export interface Shares {
  /** The most connections of clients at all doors, whether or not anything is said on them. */
  readonly connections: number;
  /** The most sessions. They are fewer than connections, so that one client too many can still be told. */
  readonly clients: number;
  /** The most strangers: connections at the peer port that have not proven who they are. */
  readonly strangers: number;
  /** The lowest limit of the process with which none of these is smaller than in lib/limits.ts. */
  readonly needed: number;
}

/**
 * The most descriptors that this process may have. Node raises the soft limit to the hard one when it starts.
 *
 * @param readLimits reads what Linux says of the limits of this process, in a fraction of a millisecond. It throws on
 *   other systems, where Node's own report is made instead, which takes a hundred times as long
 * @returns undefined where there is no such limit, or where it cannot be found out
 */
export function descriptorLimit(
  readLimits: () => string = () => readFileSync('/proc/self/limits', 'utf8'),
): number | undefined {
  let text: string;
  try {
    text = readLimits();
  } catch {
    return reportedLimit();
  }
  const [, open] = /^Max open files +(\d+) /m.exec(text) ?? [];
  return open === undefined ? undefined : Number(open);
}

function reportedLimit(): number | undefined {
  const { report } = process;
  // With its part on the network, the report would look up the names of all addresses.
  if ('excludeNetwork' in report) report.excludeNetwork = true;
  const found: unknown = report.getReport();
  const open = field(field(field(found, 'userLimits'), 'open_files'), 'soft');
  return typeof open === 'number' && open > 0 ? open : undefined;
}

function field(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null
    ? new Map<string, unknown>(Object.entries(object)).get(name)
    : undefined;
}

/** Shares out descriptors. @param limit the most that the process may have; undefined if that is not known */
export function shareOut(limit: number | undefined, { links, workers, takesLinks }: Tasks): Shares {
  const own = limits.descriptorReserve + links + limits.descriptorsPerWorker * workers;
  const forStrangers = (strangers: number): number => (takesLinks ? 2 * strangers : 0);
  const needed = limits.connections + own + forStrangers(limits.strangers);
  if (limit === undefined || limit >= needed) {
    const { connections, clients, strangers } = limits;
    return { connections, clients, strangers, needed };
  }
  const strangers = within(limits.strangersLeast, Math.floor(limit / 16), limits.strangers);
  const connections = within(
    limits.connectionsLeast,
    limit - own - forStrangers(strangers),
    limits.connections,
  );
  // The same ratio as without a shortage.
  const clients = Math.floor(connections * (limits.clients / limits.connections));
  return { connections, clients, strangers, needed };
}

function within(least: number, wanted: number, most: number): number {
  return Math.min(most, Math.max(least, wanted));
}

/**
 * Whether this process, or the whole system, has no descriptor left.
 *
 * @param open opens something that is always there
 */
export function isOutOfDescriptors(open: () => number = () => openSync('/', 'r')): boolean {
  try {
    closeSync(open());
    return false;
  } catch (error) {
    return isDescriptorShortage(error);
  }
}

/** Whether an error says that no descriptor was left: of this process (EMFILE), or of the system (ENFILE). */
export function isDescriptorShortage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
