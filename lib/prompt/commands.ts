/**
 * What an operator can type at a server's prompt: one row for each command. Help, completion and suggestions come
 * from this table; to add a command is to add a row.
 */
import { whyUnusable } from '../command-line.js';
import { defaultOptions } from '../options.js';
import type { NetworkMap } from '../peer/network-map.js';
import type { PeerSummary } from '../peer/summaries.js';
import type { RunningServer } from '../server.js';
import { inTwoColumns, wrapped } from '../terminal/columns.js';
import { suggest } from '../terminal/suggest.js';
import {
  type Address,
  formatAddress,
  isIp,
  parseAddress,
  parseHost,
  parsePort,
  plainHost,
} from '../wire/address.js';
import { clientsOf } from '../workers/load.js';
import { formatBytes, formatDuration, formatTable } from './format.js';
import { mapLines } from './map.js';
import { peerLines } from './peers.js';
import { membersHere, statusLines } from './status.js';
import { workerLines } from './workers.js';

export interface OperatorContext {
  readonly server: RunningServer;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
  /** How wide the terminal is. */
  readonly columns: () => number;
  /** Stops the server and ends the program. */
  readonly exit: () => void;
}

export interface OperatorCommand {
  readonly name: string;
  /** As shown in help: `<ip> <port>`. */
  readonly parameters: string;
  /** One line. */
  readonly help: string;
  /** The paragraphs that `help <command>` adds. */
  readonly details: readonly string[];
  /** The words that Tab offers for its argument. */
  readonly complete?: (server: RunningServer) => string[];
  /**
   * Carries out the command.
   *
   * @returns the lines to print
   * @throws OperatorError
   */
  run(context: OperatorContext, args: readonly string[]): readonly string[] | Promise<readonly string[]>;
}

/** The most columns that a line of help takes. Longer lines are hard to read, even if the terminal is wide enough. */
const readableColumns = 110;

/** The operator typed something that cannot be done; the message says what to type instead. */
export class OperatorError extends Error {}

export const operatorCommands: readonly OperatorCommand[] = [
  {
    name: 'connect',
    parameters: '<ip> <port>',
    help: 'link with another server, at its peer port',
    details: [
      'Makes a link with the server at that address, and makes it again whenever it is lost, until `disconnect`.',
      'If a host name stands for several addresses, they are tried in turn until one leads to another server.',
      'From then on both servers are in one network: they tell each other of further servers and relay each other’s messages.',
      `Example: connect 192.0.2.7 ${defaultOptions.peerPort}`,
    ],
    async run({ server }, args) {
      const address = addressFrom(args);
      const where = formatAddress(address.host, address.port);
      const outcome = await server.network.connect(address);
      if (outcome.ok) {
        const reached = isIp(address.host) ? '' : ` (${formatAddress(outcome.at.host, outcome.at.port)})`;
        return [`Connected to ${outcome.name} at ${where}${reached}.`];
      }
      const next = outcome.retryMs === undefined ? '' : ` Trying again; \`disconnect ${where}\` ends that.`;
      return [`Cannot connect to ${where}: ${outcome.why}.${next}`];
    },
  },
  {
    name: 'disconnect',
    parameters: '<peer>',
    help: 'end the link to a peer: its number in `peers`, its name or its address',
    details: [
      'Ends the link. It is not made again until `connect`, even if the other server asks for it.',
      'As long as there is a way over other servers, messages still pass between the two.',
      'For an address that is still being tried, it ends the trying.',
    ],
    complete: (server) => server.network.peers().map((peer) => peer.name),
    run({ server }, args) {
      const wanted = onlyArgument(args, 'Which peer? Give its number in `peers`, its name or its address.');
      const peer = findPeer(server.network.peers(), wanted);
      if (peer && server.workforce.isWorker(peer.node)) {
        throw new OperatorError(`${peer.name} is a worker of this server, and always linked with it.`);
      }
      if (peer) {
        server.network.disconnect(peer.node);
        return [`Disconnected ${peer.name} at ${peer.address}.`];
      }
      const address = parseAddress(wanted);
      if (address && server.network.giveUp(address)) return [`No longer trying to reach ${wanted}.`];
      throw new OperatorError(`There is no peer '${wanted}'. Type \`peers\` to see them.`);
    },
  },
  {
    name: 'peers',
    parameters: '',
    help: 'list the servers that this one is linked with',
    details: [
      'It shows the number, name and address of each peer; which end made the link (out: this one), and why (you asked for it by hand, this server heard of the other by gossip, the other made it, or it is a worker of this server); whether the link is encrypted; the last round trip; how long the link has lasted; and the bytes that came in and went out over it.',
      'Below are the servers that you asked for and that are not linked now.',
    ],
    run: ({ server: { network, workforce } }) =>
      peerLines(network.peers(), network.missingPeers(), (node) => workforce.isWorker(node)),
  },
  {
    name: 'map',
    parameters: '[server]',
    help: 'draw the network as it looks from this server, or from another one',
    details: [
      'The servers are drawn as a tree of shortest paths, in which * marks this one. For each server it shows how many links away it is and through which server, how many links it has, and which other servers it is also linked with. `only way to` is the number of servers that would be cut off without it.',
      'If a server has workers, each has the server’s name with a number: <name>/2, <name>/3, and so on.',
      'Below are the servers that are out of reach, and the links that only one of their ends knows of.',
      'With the name of a server, or the first digits of its node id, the map begins at that server.',
    ],
    complete: ({ network }) => network.map().servers.map(({ name }) => name),
    run({ server, columns }, args) {
      const map = server.network.map();
      const [wanted, ...rest] = args;
      if (rest.length > 0)
        throw new OperatorError(
          '`map` takes at most one server: its name, or the first digits of its node id.',
        );
      return mapLines(map, columns(), wanted === undefined ? map.own : findMapped(map, wanted));
    },
  },
  {
    name: 'channels',
    parameters: '',
    help: 'list the channels of the network',
    details: [
      'It shows each channel, its members on this server, and its members on all servers, with the largest channels first.',
    ],
    run({ server }) {
      const summaries = [...server.relay.directory.all()].sort(
        (a, b) => b.members - a.members || (a.channel < b.channel ? -1 : 1),
      );
      if (summaries.length === 0) return ['There is no channel: nobody has joined one.'];
      const rows = summaries.map(({ channel, members }) => [
        channel,
        String(membersHere(server, channel)),
        String(members),
      ]);
      return formatTable(['channel', 'here', 'in all'], rows);
    },
  },
  {
    name: 'clients',
    parameters: '',
    help: 'list the clients of this server',
    details: [
      'It shows the name, the address and the transport of each client, how long it has been connected, its channels, and whether it reads too slowly.',
    ],
    async run({ server, wallMs }) {
      const clients = [...clientsOf(server.relay), ...(await server.workforce.clients())];
      if (clients.length === 0) return ['No client is connected.'];
      const rows = clients.map(({ name, address, transport, sinceMs, channels, slow, waitingBytes }) => [
        name ?? '-',
        address,
        transport,
        formatDuration(wallMs() - sinceMs),
        channels.join(' ') || '-',
        slow ? `slow, ${formatBytes(waitingBytes)} waiting` : '',
      ]);
      return formatTable(['name', 'address', 'by', 'since', 'channels', ''], rows, server.load().clients);
    },
  },
  {
    name: 'workers',
    parameters: '',
    help: 'list the processes that serve clients, if there are several',
    details: [
      'It shows the number and the process id of each worker, how long it has been working, its clients, its channels, how many messages it has delivered to clients, its memory, and how often it has died.',
      'A worker that dies is started anew. Its clients lose their connections and have to connect again.',
    ],
    async run({ server, nowMs, wallMs }) {
      await server.workforce.refresh();
      return workerLines(server, nowMs(), wallMs());
    },
  },
  {
    name: 'status',
    parameters: '',
    help: 'show how this server is doing',
    details: [
      'It shows the name and the ports of this server, how long it has been running, how many clients and servers are connected, and what has been relayed.',
    ],
    async run({ server, wallMs }) {
      await server.workforce.refresh();
      return statusLines(server, wallMs());
    },
  },
  {
    name: 'help',
    parameters: '[command]',
    help: 'list the commands, or say more about one',
    details: [],
    complete: () => operatorCommands.map((command) => command.name),
    run({ columns }, args) {
      const [name] = args;
      if (name === undefined) return helpLines();
      const command = findCommand(name);
      const paragraphs = [`${usageOf(command)}: ${command.help}.`, ...command.details];
      return paragraphs.flatMap((paragraph) => wrapped(paragraph, Math.min(columns(), readableColumns)));
    },
  },
  {
    name: 'exit',
    parameters: '',
    help: 'tell clients and peers, and stop',
    details: ['Tells all clients and peers, closes their connections, and ends the program within seconds.'],
    run({ exit }) {
      exit();
      return [];
    },
  },
];

/**
 * Carries out a line that the operator typed.
 *
 * @returns the lines to print; none for an empty line
 * @throws OperatorError
 */
export async function runOperatorLine(context: OperatorContext, line: string): Promise<readonly string[]> {
  const [name, ...args] = line.trim().split(/\s+/);
  if (name === undefined || name === '') return [];
  const command = findCommand(name);
  if (command.parameters === '' && args.length > 0) {
    throw new OperatorError(`\`${command.name}\` stands alone: leave out '${args.join(' ')}'.`);
  }
  return command.run(context, args);
}

/** The words that Tab offers, in the form of node:readline: first commands, then arguments of the command. */
export function completeOperatorLine(server: RunningServer, line: string): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const last = words.at(-1) ?? '';
  const candidates =
    words.length <= 1
      ? operatorCommands.map((command) => `${command.name} `)
      : (operatorCommands.find((command) => command.name === words[0])?.complete?.(server) ?? []);
  return [candidates.filter((candidate) => candidate.startsWith(last)), last];
}

function findCommand(name: string): OperatorCommand {
  const command = operatorCommands.find((candidate) => candidate.name === name.toLowerCase());
  if (command) return command;
  const names = operatorCommands.map((candidate) => candidate.name);
  const similar = suggest(name.toLowerCase(), names);
  throw new OperatorError(
    `There is no command '${name}'. ${similar ? `Did you mean \`${similar}\`?` : 'Type `help` to see what there is.'}`,
  );
}

function usageOf({ name, parameters }: OperatorCommand): string {
  return parameters === '' ? name : `${name} ${parameters}`;
}

function helpLines(): string[] {
  const rows = operatorCommands.map((command) => [usageOf(command), command.help] as const);
  return inTwoColumns(rows).map((line) => `  ${line}`);
}

function addressFrom(args: readonly string[]): Address {
  const [first = '', second, ...rest] = args;
  const address = second === undefined ? parseAddress(first) : addressOf(first, second);
  const trouble = address && whyUnusable(address.host);
  if (trouble !== undefined) throw new OperatorError(trouble);
  if (address && rest.length === 0) return address;
  throw new OperatorError(
    `Type \`connect <ip> <port>\` with the other server's peer port, such as \`connect 192.0.2.7 ${defaultOptions.peerPort}\`.`,
  );
}

function addressOf(hostText: string, portText: string): Address | undefined {
  const host = parseHost(plainHost(hostText));
  const port = parsePort(portText);
  return host !== undefined && port ? { host, port } : undefined;
}

function onlyArgument(args: readonly string[], question: string): string {
  const [only, ...rest] = args;
  if (only !== undefined && rest.length === 0) return only;
  // An address may be typed as host and port, as it is for `connect`.
  const address = args.length === 2 ? addressOf(args[0] ?? '', args[1] ?? '') : undefined;
  if (address) return formatAddress(address.host, address.port);
  throw new OperatorError(question);
}

function findPeer(peers: readonly PeerSummary[], wanted: string): PeerSummary | undefined {
  if (/^\d+$/.test(wanted)) return peers[Number(wanted) - 1];
  const found = peers.filter((peer) => peer.name === wanted || peer.address === wanted);
  if (found.length > 1)
    throw new OperatorError(
      `There are ${found.length} peers '${wanted}'. Give the number in \`peers\` instead.`,
    );
  return found[0];
}

/** @returns the node id */
function findMapped({ servers }: NetworkMap, wanted: string): string {
  const inReach = servers.filter(({ outOfReachMs }) => outOfReachMs === undefined);
  const named = inReach.filter(({ name }) => name === wanted);
  const found = named.length > 0 ? named : inReach.filter(({ node }) => node.startsWith(wanted));
  const [only, ...others] = found;
  if (!only) throw new OperatorError(`No server '${wanted}' is in reach. Type \`map\` to see them.`);
  if (others.length === 0) return only.node;
  const nodes = found.map(({ node }) => node.slice(0, 8)).join(', ');
  throw new OperatorError(
    `There are ${found.length} servers '${wanted}'. Give the node id of one instead: ${nodes}.`,
  );
}
