/**
 * What a user may give a client on its command line, and what becomes of what is missing.
 */
import { commandLine, readHost, UsageError } from '../command-line.js';
import { formatAddress, parseHost, parsePort, plainHost, withoutZone } from '../wire/address.js';
import { ProtocolError } from '../wire/errors.js';
import { checkChannelName, checkUserName } from '../wire/names.js';
import { parseUrl } from '../wire/parse-url.js';

export type ClientKind = 'tcp' | 'websocket';

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** For WebSocket: a URL with that host, without its zone, and that port. */
  readonly url: URL;
  readonly channel: string | undefined;
  /** Given if a channel is. */
  readonly name: string | undefined;
}

/** Asks the user a question until the answer is one that `read` can take. */
export type Ask = <T>(question: string, byDefault: string | undefined, read: (answer: string) => T) => T;

interface Server {
  readonly host: string;
  /** Where it was given with the server, in a URL. */
  readonly port?: number | undefined;
  /** What the port is where none is given. */
  readonly usualPort?: number | undefined;
  readonly url?: URL;
}

const defaultHost = '127.0.0.1';
const defaultPorts: Readonly<Record<ClientKind, number>> = { tcp: 8545, websocket: 8546 };

/**
 * Reads a client's command line. Prints and exits for --help and --version.
 *
 * @param program `cli-client` and so on
 * @param about one line on what it is
 * @param ask undefined where there is nobody to ask
 * @throws UsageError
 */
export async function parseClientOptions(
  program: string,
  about: string,
  kind: ClientKind,
  argv: readonly string[],
  ask: Ask | undefined,
): Promise<ClientOptions> {
  const first = kind === 'tcp' ? '<ip>' : '<ip or ws:// URL>';
  const usage = `${program} ${first} <port> [channel] [name]`;
  const given = await parseWords(program, about, usage, kind, argv);
  const missing = (what: string) =>
    new UsageError(`${what} is missing. Type it as: ${usage}, for example: ${example(program, kind)}`);

  const serverText = given.shift();
  let server: Server;
  if (serverText !== undefined) server = readServer(kind, serverText);
  else if (ask) server = ask('Address of the server', defaultHost, (text) => readServer(kind, text));
  else throw missing(first);

  // After a URL that tells its port, the argument for the port may be left out.
  const mayLackPort = (server.port ?? server.usualPort) !== undefined;
  const portText = mayLackPort && parsePort(given[0] ?? '') === undefined ? undefined : given.shift();
  let port = server.port ?? server.usualPort;
  if (portText !== undefined) port = samePort(readPort(portText), server.port);
  else if (port === undefined && ask) port = ask('Port', String(defaultPorts[kind]), readPort);
  if (port === undefined) throw missing('<port>');

  const [channel, nameText, ...surplus] = given;
  if (surplus.length > 0)
    throw new UsageError(`too many arguments: '${surplus.at(-1)}'. Type it as: ${usage}`);
  if (channel !== undefined) named(() => checkChannelName(channel));
  let name = nameText === undefined ? undefined : readName(nameText);
  if (channel !== undefined && name === undefined) {
    if (!ask) throw missing('[name], needed with a channel,');
    name = ask('Your name', undefined, readName);
  }
  return { host: server.host, port, url: urlOf(server, port), channel, name };
}

async function parseWords(
  program: string,
  about: string,
  usage: string,
  kind: ClientKind,
  argv: readonly string[],
): Promise<string[]> {
  const port = defaultPorts[kind];
  const parser = commandLine(program, usage, about, argv)
    .epilogue(
      [
        'The first thing to type is: join <channel> <username>. Then every line is a message; /help lists the commands.',
        '',
        `On a terminal, what is missing is asked for (${defaultHost}, ${port}).`,
        'Lines that are piped in are entered one by one: echo backup done |',
        `  ${program} ${defaultHost} ${port} ops backup`,
        'Exit status: 0 if the server accepted them all, 1 if not, 2 for wrong arguments.',
        'Colours are off where the output is no terminal, or NO_COLOR is set.',
      ].join('\n'),
    )
    .example(`$0 ${defaultHost} ${port}`, 'a server on this machine')
    .example(example(program, kind), 'straight into a channel');
  if (kind === 'websocket') {
    parser.example('$0 ws://[2001:db8::7]:8546 lobby ann', 'a URL has its port');
    parser.example('$0 wss://example.org/ lobby ann', 'behind a proxy with TLS');
  }
  const args = await parser.parseAsync();
  return args._.map(String);
}

function example(program: string, kind: ClientKind): string {
  return `${program} ${defaultHost} ${defaultPorts[kind]} lobby ann`;
}

function readServer(kind: ClientKind, text: string): Server {
  if (kind === 'websocket' && /^[a-z][a-z+.-]*:\/\//i.test(text)) return readUrl(text);
  return { host: readHost(text, kind === 'tcp' ? '' : ', or a URL such as ws://192.0.2.7:8546') };
}

function readUrl(text: string): Server {
  const wrong = new UsageError(
    `'${text}' is no URL of a server, such as ws://192.0.2.7:8546 or wss://example.org.`,
  );
  // A URL has no room for a zone. (RFC 9844; RFC 6874 wanted it with its % escaped.)
  const [, before = text, zone, after = ''] =
    /^(wss?:\/\/\[[^\]%]*)%(?:25)?([^\]]+)(\].*)$/i.exec(text) ?? [];
  const rest = `${before}${after}`;
  const url = /^wss?:/i.test(text) ? parseUrl(rest) : undefined;
  if (!url || parseHost(url.hostname) === undefined) throw wrong;
  if (url.hash !== '' || url.username !== '' || url.password !== '') throw wrong;
  // A URL forgets a port that is usual for its scheme.
  const explicit = /^wss?:\/\/(?:\[[^\]]*\]|[^/:?#]*):(\d+)/i.exec(rest)?.[1];
  const host = plainHost(url.hostname);
  return {
    host: readHost(zone === undefined ? host : `${host}%${zone}`),
    port: explicit === undefined ? undefined : readPort(explicit),
    usualPort: url.protocol === 'wss:' ? 443 : undefined,
    url,
  };
}

function readPort(text: string): number {
  const port = parsePort(text);
  if (port !== undefined && port > 0) return port;
  throw new UsageError(`'${text}' is no port. Give a number from 1 to 65535.`);
}

function samePort(port: number, inUrl: number | undefined): number {
  if (inUrl === undefined || inUrl === port) return port;
  throw new UsageError(`the URL has port ${inUrl}, and the port given is ${port}. Give one of them.`);
}

function readName(text: string): string {
  return named(() => checkUserName(text));
}

function named(check: () => string): string {
  try {
    return check();
  } catch (error) {
    if (error instanceof ProtocolError) throw new UsageError(error.message);
    throw error;
  }
}

function urlOf({ host, url: given }: Server, port: number): URL {
  const url = new URL(given ?? `ws://${formatAddress(withoutZone(host), port)}`);
  url.port = String(port);
  return url;
}
