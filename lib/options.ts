/**
 * The command line of a server: its options, and their defaults.
 */
import { hostname } from 'node:os';
import { commandLine, readHost, UsageError, whyUnusable } from './command-line.js';
import { limits } from './limits.js';
import { type LogLevel, logLevels } from './log.js';
import { makeNetworkKeyFile, type NetworkKey, readNetworkKeys } from './network-key.js';
import {
  type Address,
  canonicalIp,
  parseAddress,
  parseHost,
  parsePort,
  withoutZone,
} from './wire/address.js';
import { parseOrigin } from './wire/origin.js';
import { scopeOf } from './wire/scope.js';

/** The doors that a server may have for clients; every server has one for peers. */
export type DoorName = 'client' | 'websocket';

/**
 * The address at which others reach a server, if it is not where it listens: the host, and the port if that differs.
 */
export interface Advertised {
  readonly host: string;
  readonly port: number | undefined;
}

export interface ServerOptions {
  /** The address on which all ports are opened, or a host name that stands for it. */
  readonly host: string;
  /** The ports: undefined for a door that the server does not have, 0 for any free port. */
  readonly clientPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly peerPort: number;
  /** The name of the server, for people. */
  readonly name: string;
  /** Servers to connect to at the start. */
  readonly peers: readonly Address[];
  /** The key to dial with, and another one that is accepted. With none, links are not encrypted. */
  readonly networkKeys: readonly NetworkKey[];
  /** The file with the keys, if they come from one. */
  readonly networkKeyFile: string | undefined;
  readonly advertise: Advertised | undefined;
  /** The most links with other servers at once; those with workers do not count. */
  readonly maxPeers: number;
  /** How many processes serve clients, including the main one. */
  readonly workers: number;
  /**
   * Whether it dials servers that others told it of. If not, it links only with those asked for and those that dial it.
   */
  readonly discovers: boolean;
  readonly portsFile: string | undefined;
  readonly logLevel: LogLevel;
  /** Commands a second for each client; undefined for no limit. */
  readonly commandsPerSecond: number | undefined;
  /** Origins of web pages, other than the server's own, that may connect; `*` for all. */
  readonly allowedOrigins: readonly string[];
}

export const defaultOptions: ServerOptions = {
  host: '127.0.0.1',
  clientPort: 8545,
  webSocketPort: 8546,
  peerPort: 30303,
  name: hostname().split('.')[0] || 'hearsay',
  peers: [],
  networkKeys: [],
  networkKeyFile: undefined,
  advertise: undefined,
  maxPeers: limits.links,
  workers: 1,
  discovers: true,
  portsFile: undefined,
  logLevel: 'info',
  commandsPerSecond: limits.commandsPerSecond,
  allowedOrigins: [],
};

const portNames: Readonly<Record<DoorName | 'peer', string>> = {
  client: 'client-port',
  websocket: 'websocket-port',
  peer: 'peer-port',
};

/**
 * Reads a server's command line. Prints and exits for --help, --version and --new-network-key.
 *
 * @param program the name of the program, such as `full-server`
 * @param about one line on what the program is
 * @param doors the doors that it has, in the order of its arguments
 * @param environment the environment variables, of which `HEARSAY_NETWORK_KEY` is read
 * @throws UsageError
 */
export async function parseServerOptions(
  program: string,
  about: string,
  doors: readonly DoorName[],
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ServerOptions> {
  const ports = [...doors, 'peer' as const];
  const words = ['ip', ...ports.map((port) => portNames[port])];
  const usage = `$0 ${words.map((word) => `[${word}]`).join(' ')}`;
  const args = await commandLine(program, usage, about, argv)
    .options({
      name: {
        type: 'string',
        nargs: 1,
        describe: 'the name of this server, for people',
        default: defaultOptions.name,
      },
      peer: {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'link with the server at this address, <host:port>, from the start on; may be given several times',
      },
      'network-key-file': {
        type: 'string',
        nargs: 1,
        describe:
          'encrypt links, and link only with servers that have the key in this file; the environment variable HEARSAY_NETWORK_KEY can give the key instead',
      },
      'new-network-key': {
        type: 'string',
        nargs: 1,
        describe: 'write a new network key to this file, which must not exist yet, and exit',
      },
      advertise: {
        type: 'string',
        nargs: 1,
        describe:
          'the address at which other servers reach this one, <host> or <host:port>, if it is not where it listens',
      },
      'max-peers': {
        type: 'string',
        nargs: 1,
        describe: `the most links with other servers at once, from 1 to ${limits.maxLinks}`,
        default: String(limits.links),
      },
      workers: {
        type: 'string',
        nargs: 1,
        describe: `how many processes serve clients, to use more than one processor, from 1 to ${limits.workers}`,
        default: String(defaultOptions.workers),
      },
      'no-discovery': {
        type: 'boolean',
        describe: 'dial only the servers given by --peer or `connect`, and tell other servers of none',
      },
      'ports-file': {
        type: 'string',
        nargs: 1,
        describe: 'write the numbers of the ports to this file, as JSON, once they are open',
      },
      'message-rate': {
        type: 'string',
        nargs: 1,
        describe: 'how many commands a client may send each second, or "off" for any number',
        default: String(limits.commandsPerSecond),
      },
      'allow-origin': {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          "let web pages of this origin connect as well, or of any origin ('*'); needed for a proxy on this machine that passes on its own host name; may be given several times",
        hidden: !doors.includes('websocket'),
      },
      'log-level': {
        choices: logLevels,
        nargs: 1,
        describe: 'how much to write to the log',
        default: defaultOptions.logLevel,
      },
    })
    .epilogue(`Defaults: ${['127.0.0.1', ...ports.map(defaultPort)].join(' ')}. Port 0 takes any free port.`)
    .example(`$0`, 'for this machine only')
    .example(`$0 0.0.0.0`, 'for everybody who can reach this machine')
    .example(`$0 :: ${ports.map(() => '0').join(' ')}`, 'IPv4 and IPv6, any free ports')
    .example(`$0 --peer 192.0.2.7:30303`, 'one network with the server there')
    .parseAsync();

  for (const option of givenOnce) {
    if (Array.isArray(args[option])) throw new UsageError(`--${option} is given twice; give it once.`);
  }
  if (args['new-network-key'] !== undefined) {
    for (const line of makeNetworkKeyFile(args['new-network-key'], program)) console.log(line);
    process.exit(0);
  }
  const given = args._.map(String);
  if (given.length > words.length) {
    throw new UsageError(
      `too many arguments: '${given.at(-1)}'. ${program} takes ${words.map((word) => `[${word}]`).join(' ')}.`,
    );
  }
  const port = (door: DoorName | 'peer'): number => {
    const text = given[1 + ports.indexOf(door)] ?? String(defaultPort(door));
    const number = parsePort(text);
    if (number !== undefined) return number;
    throw new UsageError(
      `'${text}' is not a ${portNames[door]}. Give a number from 0 (any free port) to 65535.`,
    );
  };
  const workers = workersFrom(args.workers);
  return {
    host: readHost(given[0] ?? defaultOptions.host),
    clientPort: doors.includes('client') ? port('client') : undefined,
    webSocketPort: doors.includes('websocket') ? port('websocket') : undefined,
    peerPort: port('peer'),
    name: nameFrom(args.name),
    peers: (args.peer ?? []).map(addressFrom),
    networkKeys: readNetworkKeys(args['network-key-file'], environment.HEARSAY_NETWORK_KEY),
    networkKeyFile: args['network-key-file'],
    advertise: args.advertise === undefined ? undefined : advertisedFrom(args.advertise),
    maxPeers: maxPeersFrom(args['max-peers'], workers),
    workers,
    discovers: args['no-discovery'] !== true,
    portsFile: fileFrom(args['ports-file']),
    logLevel: args['log-level'],
    commandsPerSecond: rateFrom(args['message-rate']),
    allowedOrigins: (args['allow-origin'] ?? []).map(originFrom),
  };
}

const givenOnce = [
  'name',
  'network-key-file',
  'new-network-key',
  'advertise',
  'max-peers',
  'workers',
  'ports-file',
  'message-rate',
  'log-level',
] as const;

function defaultPort(door: DoorName | 'peer'): number {
  const { clientPort, webSocketPort, peerPort } = defaultOptions;
  return { client: clientPort, websocket: webSocketPort, peer: peerPort }[door] ?? 0;
}

function nameFrom(text: string): string {
  if (/^[^\p{C}\p{Z}]{1,64}$/u.test(text)) return text;
  throw new UsageError('--name takes 1 to 64 characters without spaces.');
}

function fileFrom(text: string | undefined): string | undefined {
  if (text !== '') return text;
  throw new UsageError('--ports-file takes the name of a file.');
}

function addressFrom(text: string): Address {
  const address = parseAddress(text);
  const trouble = address && whyUnusable(address.host);
  if (trouble !== undefined) throw new UsageError(`--peer ${trouble}`);
  if (address) return address;
  throw new UsageError(
    `--peer '${text}' is not <host:port>, such as 192.0.2.7:30303 or [2001:db8::1]:30303.`,
  );
}

/** An origin in its canonical spelling, so that it can be compared with those that browsers send. */
function originFrom(text: string): string {
  const origin = text === '*' ? text : parseOrigin(text);
  if (origin !== undefined) return origin;
  throw new UsageError(
    `--allow-origin '${text}' is not the origin of a page. Give scheme and host, such as https://chat.example, or '*' for all.`,
  );
}

function advertisedFrom(text: string): Advertised {
  const { host, port } = parseAddress(text) ?? { host: parseHost(text) ?? readHost(text), port: undefined };
  const ip = canonicalIp(withoutZone(host));
  const scope = ip === undefined ? undefined : scopeOf(ip);
  if (scope !== 'unusable' && scope !== 'link-local') return { host: ip ?? host, port };
  throw new UsageError(
    `--advertise '${text}' is not an address at which other servers can reach this one. Give another address, or a host name.`,
  );
}

/**
 * The value of --max-peers. Links with workers do not count in it, but the server's bound on all links includes them.
 */
function maxPeersFrom(text: string, workers: number): number {
  const most = Number(text);
  if (!/^\d+$/.test(text) || most < 1 || most > limits.maxLinks)
    throw new UsageError(`--max-peers '${text}' is not a number from 1 to ${limits.maxLinks}.`);
  const room = limits.maxLinks - (workers - 1);
  if (most <= room) return most;
  throw new UsageError(`--max-peers ${text} is too many with --workers ${workers}. Give at most ${room}.`);
}

function workersFrom(text: string): number {
  const workers = Number(text);
  if (/^\d+$/.test(text) && workers >= 1 && workers <= limits.workers) return workers;
  throw new UsageError(`--workers '${text}' is not a number from 1 to ${limits.workers}.`);
}

function rateFrom(text: string): number | undefined {
  if (text === 'off') return undefined;
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new UsageError(`--message-rate '${text}' is neither a number above 0 nor 'off'.`);
}
