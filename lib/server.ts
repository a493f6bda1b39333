/**
 * A server. Only here a node, its ports and the workers, if there are any, are joined.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.js';
import { DescriptorWatch } from './descriptor-watch.js';
import { descriptorLimit, type Shares, shareOut } from './descriptors.js';
import { limits } from './limits.js';
import { Capacity } from './listen/capacity.js';
import { listen } from './listen/door.js';
import type { Log } from './log.js';
import { isOpenToOthers } from './network-key.js';
import { createNode, type ServerNode } from './node.js';
import { type Advertised, type DoorName, defaultOptions, type ServerOptions } from './options.js';
import { addressToAdvertise, ownAddressOf } from './own-address.js';
import type { NetworkDesk } from './peer/network-desk.js';
import type { Relay } from './relay/relay.js';
import { isThisMachineOnly } from './wire/scope.js';
import { Front, ThisProcess } from './workers/front.js';
import { type Load, loadOf, sumOf } from './workers/load.js';
import { healthOf } from './workers/server-totals.js';
import { Workforce } from './workers/workforce.js';

/** The ports of a server. Those that it does not have are absent. */
export interface Ports {
  client?: number;
  websocket?: number;
  peer: number;
}

export interface RunningServer {
  readonly options: ServerOptions;
  /**
   * The address where it listens: `options.host`, or if that is a host name, the address that it stood for at the
   * start.
   */
  readonly address: string;
  readonly ports: Ports;
  /** The relay of this process, which is the first worker if there are several; so are the network and the node id. */
  readonly relay: Relay;
  readonly network: NetworkDesk;
  readonly nodeId: string;
  /** The other workers. */
  readonly workforce: Workforce;
  /** When it began, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** The load of all workers together. */
  load(): Load;
  /** How many other servers are in reach; its own workers do not count. */
  readonly serversInReach: number;
  /**
   * Tells clients and peers, waits until they are gone but at most `limits.drainMs`, and ends. A second call returns
   * the same promise.
   */
  stop(): Promise<void>;
}

/** The error when the ports file cannot be written. The message is for the operator. */
export class PortsFileError extends Error {}

/** The error when the host name to advertise has no address that others can dial. The message is for the operator. */
export class AdvertiseError extends Error {}

/**
 * Starts a server. The promise resolves once it listens on all its ports.
 *
 * @param given the options that differ from the defaults
 * @throws ListenError, PortsFileError, AdvertiseError or WorkersError; nothing stays open then
 */
export async function startServer(
  given: Partial<ServerOptions>,
  log: Log,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  const options = { ...defaultOptions, ...given };
  const advertise = options.advertise && (await resolved(options.advertise));
  const address = await ownAddressOf(options.host);
  const sinceMs = clock.wallMs();
  const totals = () => ({ clients: load().clients, servers: serversInReach() + 1 });
  const descriptors = descriptorLimit();
  const shares = shareOut(descriptors, {
    links: options.maxPeers + options.workers - 1,
    workers: options.workers - 1,
    takesLinks: true,
  });
  const capacity = new Capacity(shares.connections, clock, log);
  const workforce = new Workforce({
    server: { ...options, host: address },
    sinceMs,
    totals,
    returned: (door, socket) => front.handOut(door, socket),
    clock,
    random: Math.random,
    log,
  });
  const node = createNode({
    server: options,
    networkName: options.name,
    advertise,
    discovers: options.discovers,
    workers: { count: options.workers - 1, isWorker: (id) => workforce.isWorker(id) },
    health: () => healthOf(options, totals(), clock.wallMs() - sinceMs),
    shares,
    capacity,
    clock,
    log,
  });
  const { relay, network } = node;
  const load = (): Load => sumOf([loadOf(relay, network), ...workforce.loads()]);
  const serversInReach = (): number => {
    const workers = workforce.workers.filter((worker) => worker.node && network.reaches(worker.node));
    return network.serversInReach - workers.length;
  };
  const front = new Front([new ThisProcess(node.doors), ...workforce.workers], { capacity, clock, log });
  let watch: DescriptorWatch | undefined;
  try {
    const peer = await node.peers.open((server) =>
      listen(server, address, options.peerPort, 'peer', { clock, log }),
    );
    await workforce.start(peer);
    const ports: Ports = { peer, ...(await openDoors({ ...options, host: address }, node, front)) };
    if (options.portsFile !== undefined) await writePorts(options.portsFile, ports);
    warnOfOpenLinks(options, address, log);
    warnOfFewDescriptors(descriptors, shares, log);
    watch = new DescriptorWatch(clock, log);
    for (const peer of options.peers) network.keepConnected(peer);
    let stopped: Promise<void> | undefined;
    return {
      options,
      address,
      ports,
      relay,
      network,
      nodeId: node.id,
      workforce,
      sinceMs,
      load,
      get serversInReach() {
        return serversInReach();
      },
      stop: () => {
        stopped ??= stop(node, front, workforce).finally(() => watch?.stop());
        return stopped;
      },
    };
  } catch (error) {
    front.close();
    workforce.destroy();
    node.destroy();
    throw error;
  }
}

/**
 * Opens the doors for clients. With workers, the front listens, and the doors serve the connections that they are
 * given.
 */
async function openDoors(
  { host, clientPort, webSocketPort, workers }: ServerOptions,
  { doors }: ServerNode,
  front: Front,
): Promise<Pick<Ports, DoorName>> {
  const ports: Pick<Ports, DoorName> = {};
  for (const [name, door] of doors) {
    const port = (name === 'client' ? clientPort : webSocketPort) ?? 0;
    if (workers > 1) door.open();
    ports[name] = await (workers > 1 ? front.open(name, door, host, port) : door.listen(host, port));
  }
  return ports;
}

/** Warns the operator if anyone can link with this server, or if others can read the network key. */
function warnOfOpenLinks(
  { networkKeys, networkKeyFile, host }: ServerOptions,
  address: string,
  log: Log,
): void {
  if (networkKeys.length === 0 && !isThisMachineOnly(address)) {
    log.warn('NO NETWORK KEY: anyone who reaches the peer port can take part in the network and read along', {
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

/** Warns the operator if the limit of file descriptors leaves room for fewer clients than usual. */
function warnOfFewDescriptors(limit: number | undefined, { needed, ...shares }: Shares, log: Log): void {
  if (limit === undefined || limit >= needed) return;
  log.warn('FEW FILE DESCRIPTORS: fewer clients than usual fit', {
    limit,
    clients: shares.clients,
    of: limits.clients,
    remedy: `ulimit -n ${needed} before the start, or LimitNOFILE=${needed} in a systemd unit`,
  });
}

/**
 * The address to advertise, with its host as an IP address. Others are not told a host name, because it may mean
 * something else to them.
 *
 * @throws AdvertiseError
 */
async function resolved({ host, port }: Advertised): Promise<Advertised> {
  const remedy = 'Check it, or give an IP address.';
  try {
    const address = await addressToAdvertise(host);
    if (address !== undefined) return { host: address, port };
  } catch (error) {
    throw new AdvertiseError(`cannot advertise ${host}: it has no address. ${remedy}`, { cause: error });
  }
  throw new AdvertiseError(`cannot advertise ${host}: others cannot dial its address. ${remedy}`);
}

/** Writes the ports file under another name and then renames it, so that nobody reads half of it. */
async function writePorts(path: string, ports: Ports): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify(ports)}\n`);
    await rename(unfinished, path);
  } catch (error) {
    // If the file cannot be removed, it was not written either.
    await rm(unfinished, { force: true }).catch(() => {});
    const why = error instanceof Error ? error.message : String(error);
    throw new PortsFileError(`cannot write the ports file: ${why}`, { cause: error });
  }
}

async function stop(node: ServerNode, front: Front, workforce: Workforce): Promise<void> {
  front.close();
  if (workforce.workers.length === 0) return node.stop();
  const gone = workforce.stop();
  // Their clients' last messages go to other servers through this process.
  const mayUnlink = Promise.race([gone, sleep(limits.workerLastWordsMs, undefined, { ref: false })]);
  await node.stop({ gone, mayUnlink });
  workforce.destroy();
}
