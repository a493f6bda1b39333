/**
 * A server: the only place that joins the relay, the network of servers, and the doors for clients.
 */
import { lookup } from 'node:dns/promises';
import { rename, rm, writeFile } from 'node:fs/promises';
import { type Clock, systemClock } from './clock.js';
import { limits } from './limits.js';
import { type Door, listen } from './listen/door.js';
import { openTcpDoor } from './listen/tcp.js';
import { openWebSocketDoor } from './listen/websocket.js';
import type { Log } from './log.js';
import { isOpenToOthers } from './network-key.js';
import { type Advertised, defaultOptions, type ServerOptions } from './options.js';
import { createIdentity, nodeCrypto } from './peer/identity.js';
import { PeerNetwork } from './peer/peer-network.js';
import { Relay } from './relay/relay.js';
import { version } from './version.js';
import { isThisMachineOnly } from './wire/scope.js';

/** The ports that a server has; what it lacks is absent. */
export interface Ports {
  client?: number;
  websocket?: number;
  peer: number;
}

export interface RunningServer {
  readonly options: ServerOptions;
  readonly ports: Ports;
  readonly relay: Relay;
  readonly network: PeerNetwork;
  readonly nodeId: string;
  /** When it began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Tells clients and peers, waits until they are gone or for `limits.drainMs`, and ends. Again: the same promise. */
  stop(): Promise<void>;
}

/** The ports were opened, but could not be told as asked; the message is for the operator. */
export class PortsFileError extends Error {}

/** The host name to advertise has no address; the message is for the operator. */
export class AdvertiseError extends Error {}

/**
 * Starts a server; resolves once it listens on all its ports.
 *
 * @param given what differs from the defaults
 * @throws ListenError, PortsFileError, AdvertiseError; nothing stays open then
 */
export async function startServer(
  given: Partial<ServerOptions>,
  log: Log,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  const options = { ...defaultOptions, ...given };
  const { host, clientPort, webSocketPort, commandsPerSecond, allowedOrigins } = options;
  const advertise = options.advertise && (await resolved(options.advertise));
  const identity = createIdentity();
  const nodeId = identity.node;
  const sinceMs = clock.wallMs();
  const relay = new Relay({
    serverName: options.name,
    version,
    idPrefix: nodeId.slice(0, 12),
    commandsPerSecond,
    clock,
    random: Math.random,
    log,
  });
  const network = new PeerNetwork({
    identity,
    crypto: nodeCrypto,
    name: options.name,
    version,
    keys: options.networkKeys,
    advertise,
    maxLinks: options.maxPeers,
    discovers: options.discovers,
    receiver: relay,
    clock,
    random: Math.random,
    log,
  });
  relay.useNetwork(network);
  const doors: Door[] = [];
  const health = () => ({
    status: 'ok',
    server: options.name,
    version,
    clients: relay.sessions.size,
    servers: network.serversInReach + 1,
    uptimeSeconds: Math.floor((clock.wallMs() - sinceMs) / 1000),
  });

  const open = async (door: Promise<Door>): Promise<number> => {
    const opened = await door;
    doors.push(opened);
    return opened.port;
  };
  try {
    const peer = await network.open((server) => listen(server, host, options.peerPort, 'peer'));
    const ports: Ports = { peer };
    if (clientPort !== undefined)
      ports.client = await open(openTcpDoor(host, clientPort, { relay, clock, log }));
    if (webSocketPort !== undefined) {
      ports.websocket = await open(
        openWebSocketDoor(host, webSocketPort, { relay, clock, log, allowedOrigins, health }),
      );
    }
    if (options.portsFile !== undefined) await writePorts(options.portsFile, ports);
    warnOfOpenLinks(options, log);
    for (const address of options.peers) network.mesh.connect(address);
    let stopped: Promise<void> | undefined;
    return {
      options,
      ports,
      relay,
      network,
      nodeId,
      sinceMs,
      stop: () => {
        stopped ??= stop(relay, network, doors);
        return stopped;
      },
    };
  } catch (error) {
    network.destroy();
    for (const door of doors) door.destroy();
    throw error;
  }
}

/** Says loudly what an operator may not have thought of. */
function warnOfOpenLinks({ networkKeys, networkKeyFile, host }: ServerOptions, log: Log): void {
  if (networkKeys.length === 0 && !isThisMachineOnly(host)) {
    log.warn('NO NETWORK KEY: whoever reaches the peer port can take part in the network and read along', {
      host,
      remedy: '--new-network-key <file> makes one',
    });
  }
  if (networkKeyFile !== undefined && isOpenToOthers(networkKeyFile)) {
    log.warn('the network key file can be read by other users of this machine', {
      file: networkKeyFile,
      remedy: 'chmod 600',
    });
  }
}

/**
 * Others are told an IP address, for a name may mean something else to them.
 *
 * @throws AdvertiseError
 */
async function resolved({ host, port }: Advertised): Promise<Advertised> {
  try {
    return { host: (await lookup(host)).address, port };
  } catch (error) {
    throw new AdvertiseError(
      `cannot advertise ${host}: it has no address. Check it, or give an IP address.`,
      {
        cause: error,
      },
    );
  }
}

/** Writes the file beside its place and moves it there, so that nobody reads half of it. */
async function writePorts(path: string, ports: Ports): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify(ports)}\n`);
    await rename(unfinished, path);
  } catch (error) {
    // Where it cannot be removed, it could not be written either.
    await rm(unfinished, { force: true }).catch(() => {});
    const why = error instanceof Error ? error.message : String(error);
    throw new PortsFileError(`cannot write the ports file: ${why}`, { cause: error });
  }
}

async function stop(relay: Relay, network: PeerNetwork, doors: readonly Door[]): Promise<void> {
  const closed = doors.map((door) => door.stopListening());
  relay.shutDown();
  await within(limits.drainMs, Promise.all([...closed, network.stop()]));
  network.destroy();
  for (const door of doors) door.destroy();
}

/** Waits for something, but no longer than so many milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
