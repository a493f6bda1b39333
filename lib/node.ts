/**
 * A node: a relay, its links with other servers, and its doors for clients. It opens neither its doors nor its peer
 * port itself. A server is one node; with workers there is one in each of its processes.
 */
import type { Clock } from './clock.js';
import type { Shares } from './descriptors.js';
import { limits } from './limits.js';
import type { Capacity } from './listen/capacity.js';
import type { Door } from './listen/door.js';
import type { Health } from './listen/http.js';
import { createTcpDoor } from './listen/tcp.js';
import { createWebSocketDoor } from './listen/websocket.js';
import type { Log } from './log.js';
import type { DoorName, ServerOptions } from './options.js';
import { createIdentity, nodeCrypto } from './peer/identity.js';
import { NetworkDesk } from './peer/network-desk.js';
import { PeerNetwork, type PeerNetworkOptions } from './peer/peer-network.js';
import { Intake } from './relay/intake.js';
import { Relay } from './relay/relay.js';
import { version } from './version.js';

export interface NodeOptions extends Pick<PeerNetworkOptions, 'advertise' | 'discovers' | 'workers'> {
  readonly server: ServerOptions;
  /** The name of the node in the network. Clients are told the server's name. */
  readonly networkName: string;
  readonly health: () => Health;
  /** How many file descriptors of its process it may have, and for what. */
  readonly shares: Shares;
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly log: Log;
  /** The log for what happens in the network; `log` if not given. */
  readonly networkLog?: Log;
}

export interface ServerNode {
  readonly id: string;
  readonly relay: Relay;
  /** What the operator does with the network of servers. */
  readonly network: NetworkDesk;
  /** The links with other servers, on sockets. */
  readonly peers: PeerNetwork;
  readonly doors: ReadonlyMap<DoorName, Door>;
  /**
   * Tells clients and peers, waits until they are gone but at most `limits.drainMs`, and ends.
   *
   * @param others what else has to end in this time; the links are kept until `mayUnlink` resolves
   */
  stop(others?: Others): Promise<void>;
  /** Ends everything at once. */
  destroy(): void;
}

interface Others {
  readonly gone: Promise<unknown>;
  readonly mayUnlink: Promise<unknown>;
}

export function createNode(options: NodeOptions): ServerNode {
  const { server, clock, log, health, networkName, advertise, discovers, workers, shares, capacity } =
    options;
  const { commandsPerSecond, allowedOrigins } = server;
  const identity = createIdentity();
  const relay = new Relay({
    serverName: server.name,
    version,
    idPrefix: identity.node.slice(0, 12),
    commandsPerSecond,
    maxClients: shares.clients,
    clock,
    random: Math.random,
    log,
  });
  const peers = new PeerNetwork({
    identity,
    crypto: nodeCrypto,
    name: networkName,
    version,
    keys: server.networkKeys,
    advertise,
    maxLinks: server.maxPeers,
    ...(workers && { workers }),
    strangers: shares.strangers,
    discovers,
    receiver: relay,
    dialOutcome: (address, outcome) => network.settle(address, outcome),
    clock,
    random: Math.random,
    log: options.networkLog ?? log,
  });
  const network = new NetworkDesk(peers, clock);
  relay.useNetwork(peers.mesh);
  const intake = new Intake(relay, clock);
  const doors = new Map<DoorName, Door>();
  if (server.clientPort !== undefined)
    doors.set('client', createTcpDoor({ relay, intake, clock, log, capacity }));
  if (server.webSocketPort !== undefined)
    doors.set(
      'websocket',
      createWebSocketDoor({ relay, intake, clock, log, capacity, allowedOrigins, health }),
    );

  const destroy = (): void => {
    peers.destroy();
    for (const door of doors.values()) door.destroy();
  };
  return {
    id: identity.node,
    relay,
    network,
    peers,
    doors,
    destroy,
    async stop(others) {
      const closed = [...doors.values()].map((door) => door.stopListening());
      relay.shutDown();
      const unlinked = others ? others.mayUnlink.then(() => peers.stop()) : peers.stop();
      await within(limits.drainMs, Promise.all([...closed, others?.gone, unlinked]));
      destroy();
    },
  };
}

/** Waits for a promise, but at most for the given time. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
