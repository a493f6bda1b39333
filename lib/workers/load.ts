/** The load of a node: how much it has to do and has done. The loads of several nodes can be added up. */
import { limits } from '../limits.js';
import type { NetworkDesk } from '../peer/network-desk.js';
import type { NetworkCounters } from '../peer/summaries.js';
import type { Relay, RelayCounters } from '../relay/relay.js';

export interface Load {
  readonly clients: number;
  /** How many of the clients read too slowly. */
  readonly slow: number;
  readonly channels: number;
  readonly memoryBytes: number;
  readonly relay: Readonly<RelayCounters>;
  readonly network: NetworkCounters;
}

/** A client, for the operator. */
export interface ClientSummary {
  readonly name: string | undefined;
  readonly address: string;
  readonly transport: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  readonly channels: readonly string[];
  readonly slow: boolean;
  readonly waitingBytes: number;
}

export function loadOf(relay: Relay, network: NetworkDesk): Load {
  return {
    clients: relay.sessions.size,
    slow: [...relay.sessions].filter((session) => session.outbox.slow).length,
    channels: relay.channels.size,
    memoryBytes: memoryBytes(),
    relay: { ...relay.counters },
    network: network.counters(),
  };
}

/**
 * How many bytes of memory this process uses. Reading that takes a file descriptor, at least on Linux. Where none is
 * left, it is the most that the process has ever used.
 *
 * @param read reads the number of bytes; it may throw
 */
export function memoryBytes(read: () => number = process.memoryUsage.rss): number {
  try {
    return read();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** The clients of a node, at most as many as a table may have rows. */
export function clientsOf({ sessions }: Relay): ClientSummary[] {
  return [...sessions].slice(0, limits.promptRows).map((session) => ({
    name: session.name,
    address: session.connection.address,
    transport: session.format.framing.transport,
    sinceMs: session.sinceMs,
    channels: [...session.channels.keys()],
    slow: session.outbox.slow,
    waitingBytes: session.outbox.waitingBytes,
  }));
}

/** The sum of several loads. A channel that is on several nodes is counted once for each of them. */
export function sumOf(loads: readonly Load[]): Load {
  const sum = (of: (load: Load) => number): number => loads.reduce((total, load) => total + of(load), 0);
  return {
    clients: sum(({ clients }) => clients),
    slow: sum(({ slow }) => slow),
    channels: sum(({ channels }) => channels),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    relay: {
      said: sum(({ relay }) => relay.said),
      direct: sum(({ relay }) => relay.direct),
      fromNetwork: sum(({ relay }) => relay.fromNetwork),
      deliveries: sum(({ relay }) => relay.deliveries),
      errors: sum(({ relay }) => relay.errors),
      disconnected: sum(({ relay }) => relay.disconnected),
    },
    network: {
      forwarded: sum(({ network }) => network.forwarded ?? 0),
      duplicates: sum(({ network }) => network.duplicates ?? 0),
      pulled: sum(({ network }) => network.pulled ?? 0),
      missed: sum(({ network }) => network.missed ?? 0),
      dropped: sum(({ network }) => network.dropped ?? 0),
    },
  };
}
