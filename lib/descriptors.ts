/**
 * File descriptors: how many this process may have open at once, and what share of them its connections get. Each
 * connection takes one, and so does nearly everything else that a process does with its system.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { limits } from './limits.js';

/** What a process needs descriptors for, besides its clients. */
export interface Tasks {
  /** Links with other servers, its own workers among them. */
  readonly links: number;
  /** Worker processes that it starts. */
  readonly workers: number;
  /** Whether it has a peer port. */
  readonly takesLinks: boolean;
}

/** How the descriptors of a process are shared out. */
export interface Shares {
  /** Connections of clients, over all doors, whether or not anything is said on them. */
  readonly connections: number;
  /** Sessions: fewer, so that who is one too many can still be told. */
  readonly clients: number;
  /** Connections at the peer port that have yet to prove who they are. */
  readonly strangers: number;
  /** The lowest limit with which nothing is smaller than lib/limits.ts has it. */
  readonly needed: number;
}

/**
 * The most descriptors that this process may have. Node has raised the soft limit to the hard one when it started.
 *
 * @param readLimits reads what Linux says of the limits of this process, in a fraction of a millisecond; throws elsewhere,
 *   where Node's own report is made instead, which takes a hundred times as long
 * @returns undefined where there is no such limit, or it cannot be known
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
  // It would look up the names of all addresses.
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

/** @param limit the most descriptors that the process may have; undefined if that is not known */
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
  // The same part as where there is no shortage.
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
