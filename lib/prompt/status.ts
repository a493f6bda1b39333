/** What a server tells its operator about itself: the banner at its start, and the answer to `status`. */
import { ownInterfaces } from '../interfaces.js';
import type { NetworkKey } from '../network-key.js';
import type { ServerOptions } from '../options.js';
import type { NetworkCounters } from '../peer/summaries.js';
import type { RunningServer } from '../server.js';
import { inTwoColumns } from '../terminal/columns.js';
import { version } from '../version.js';
import { formatAddress, withoutZone } from '../wire/address.js';
import { isEverywhere, isThisMachineOnly, scopeOf } from '../wire/scope.js';
import { clientCommand, thisStart } from './client-command.js';
import { formatBytes, formatCount, formatDuration } from './format.js';
import { workersLine } from './workers.js';

/**
 * The banner, with all that a newcomer needs: where the server listens, how to join, and what to type next.
 *
 * @param emphasis marks the words that one looks for
 */
export function bannerLines(server: RunningServer, emphasis: (text: string) => string): string[] {
  const { options, ports, address } = server;
  const start = thisStart();
  const reachable = isEverywhere(address) ? addressOfThisMachine(address) : options.host;
  const isInZone = isLinkLocal(address);
  const at = (port: number) => emphasis(formatAddress(options.host, port));
  const lines = [`${emphasis(`Hearsay ${version}`)}, server ${emphasis(options.name)}`, ''];
  if (ports.client !== undefined) {
    lines.push(`  terminal clients   ${at(ports.client)}`);
    lines.push(
      `    join with        ${emphasis(`${clientCommand('cli-client', start)} ${reachable} ${ports.client} lobby <your-name>`)}`,
    );
  }
  if (ports.websocket !== undefined) {
    const page = isInZone
      ? 'not at a link-local address, which browsers do not take'
      : emphasis(`http://${formatAddress(hostForBrowsers(server, reachable), ports.websocket)}/`);
    lines.push(`  WebSocket clients  ${at(ports.websocket)}`);
    lines.push(`    page             ${page}`);
    lines.push(
      `    join with        ${emphasis(`${clientCommand('websock-client', start)} ${reachable} ${ports.websocket} lobby <your-name>`)}`,
    );
  }
  const dialled = isInZone ? `${withoutZone(address)}%<its-interface>` : reachable;
  lines.push(`  other servers      ${at(ports.peer)}`);
  lines.push(
    `    peer by typing   ${emphasis(`connect ${dialled} ${ports.peer}`)} at another server's prompt`,
  );
  lines.push('');
  if (isInZone)
    lines.push(
      'Only machines on the same network can reach it. Each has to put the name of its own network interface after the %.',
    );
  if (isThisMachineOnly(address))
    lines.push('Only this machine can reach it. For others, start it with 0.0.0.0.');
  lines.push(...linkLines(options, address));
  lines.push(
    `Messages are passed on and never stored. Type ${emphasis('help')} for the commands, ${emphasis('exit')} to stop.`,
  );
  return lines;
}

/** The lines that `status` answers. */
export function statusLines(server: RunningServer, wallMs: number): string[] {
  const { options, ports, relay, nodeId, sinceMs, workforce } = server;
  const { workers } = workforce;
  const load = server.load();
  const { clients, slow, memoryBytes } = load;
  const { said, direct, fromNetwork, deliveries, errors, disconnected } = load.relay;
  const doors = [
    ports.client !== undefined && `client ${ports.client}`,
    ports.websocket !== undefined && `WebSocket ${ports.websocket}`,
    `peer ${ports.peer}`,
  ].filter((door) => door !== false);
  const rows: [string, string][] = [
    ['server', `${options.name} (Hearsay ${version}, Node ${process.versions.node})`],
    ['node id', nodeId],
    ['running for', formatDuration(wallMs - sinceMs)],
    ['ports', `${doors.join(', ')} on ${options.host}`],
    [
      'network key',
      options.networkKeys.length > 0
        ? `${options.networkKeys.map(shortKeyId).join(', and also takes ')}: links are encrypted`
        : 'none: links are not encrypted',
    ],
    ...(workers.length > 0 ? [['workers', workersLine(workers)] satisfies [string, string]] : []),
    ['clients', `${clients}${slow > 0 ? `, ${slow} of them slow` : ''}`],
    ['channels', `${channelsHere(server)} here, ${[...relay.directory.all()].length} in the network`],
    ['network', networkLine(server)],
    [
      'messages',
      `${said} said here, ${direct} direct to clients here, ${fromNetwork} events from other servers${workers.length > 0 ? ' and between workers' : ''}, ${deliveries} deliveries to clients`,
    ],
    [
      'trouble',
      `${formatCount(errors, 'error')} answered, ${formatCount(disconnected, 'client')} disconnected`,
    ],
    ...journeyRows(load.network),
    ['memory', formatBytes(memoryBytes)],
  ];
  return inTwoColumns(rows).map((line) => `  ${line}`);
}

/** How many channels have members on this server, on any of its workers. */
function channelsHere(server: RunningServer): number {
  const { relay, workforce } = server;
  if (workforce.workers.length === 0) return relay.channels.size;
  return [...relay.directory.all()].filter(({ channel }) => membersHere(server, channel) > 0).length;
}

/** How many members a channel has on this server. The number on other workers may be known only roughly. */
export function membersHere({ relay, network, workforce }: RunningServer, channel: string): number {
  const elsewhere = workforce.workers.reduce(
    (sum, { node }) => sum + (node === undefined ? 0 : network.membersAt(node, channel)),
    0,
  );
  return elsewhere + (relay.channels.get(channel)?.size ?? 0);
}

function networkLine({ network, serversInReach, workforce }: RunningServer): string {
  const peers = network.peers().filter(({ node }) => !workforce.isWorker(node));
  const byHand = peers.filter((peer) => peer.byHand).length;
  const missing = network.missingPeers().filter(({ isSelf }) => !isSelf).length;
  const parts = [
    `${formatCount(serversInReach, 'other server')} in reach`,
    `${formatCount(peers.length, 'link')} here${byHand > 0 ? ` (${byHand} by hand)` : ''}`,
    missing > 0 && `${missing} asked for and not reached`,
  ];
  return parts.filter((part) => part !== false).join('; ');
}

/**
 * The rows about the events of other servers: how many were sent on, repaired or lost, as far as the network counts it.
 */
export function journeyRows({
  forwarded,
  duplicates,
  pulled,
  missed,
  dropped,
}: NetworkCounters): [string, string][] {
  const rows: [string, string][] = [
    [
      'relayed',
      told([
        [forwarded, 'events sent on'],
        [duplicates, 'came twice'],
      ]),
    ],
    [
      'repair',
      told([
        [pulled, 'asked for again'],
        [missed, 'never came'],
        [dropped, 'not sent for want of room'],
      ]),
    ],
  ];
  return rows.filter(([, value]) => value !== '');
}

function told(counts: readonly (readonly [number | undefined, string])[]): string {
  return counts
    .filter(([count]) => count !== undefined)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

/** Whether an address is a link-local one of IPv6, which needs a zone. Those of IPv4 have no zone. */
function isLinkLocal(address: string): boolean {
  return address.includes(':') && scopeOf(address) === 'link-local';
}

/**
 * The host for the page's URL. It has no zone, because a URL has no room for one. On a server that only this machine
 * can reach it is `localhost` or an address, because browsers are let in by no other name: any other name may have been
 * made to lead here by a page from elsewhere. [PROTOCOL 1.2]
 */
function hostForBrowsers({ options: { host }, address }: RunningServer, reachable: string): string {
  const isNameOfThisMachine = isThisMachineOnly(address) && host.toLowerCase() !== 'localhost';
  return withoutZone(isNameOfThisMachine ? address : reachable);
}

/** An address by which others may reach this machine, or `localhost` if it has none. */
function addressOfThisMachine(host: string): string {
  const addresses = Object.values(ownInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.filter(({ internal, address }) => !internal && scopeOf(address) !== 'link-local');
  const preferred =
    outside.find(({ family }) => family === 'IPv4') ?? (host.includes(':') ? outside[0] : undefined);
  return preferred?.address ?? 'localhost';
}

/** The lines of the banner about how links with other servers are protected. */
function linkLines({ networkKeys }: ServerOptions, address: string): string[] {
  const [key] = networkKeys;
  if (key) {
    return [
      `Links to other servers are encrypted, and only servers with the network key (${shortKeyId(key)}) can make them.`,
    ];
  }
  if (isThisMachineOnly(address)) return [];
  return [
    'WARNING: there is no network key. Anyone who reaches the peer port can take part in the network and read along.',
    'Make a key with --new-network-key <file>, or use this server only in a network that you trust.',
  ];
}

function shortKeyId({ id }: NetworkKey): string {
  return id.slice(0, 8);
}
