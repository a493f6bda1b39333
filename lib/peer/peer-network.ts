/**
 * The network of servers on real sockets: the mesh's effects carried out, and what happens on sockets told to it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { type Address, addressKey, formatAddress, plainHost } from '../wire/address.js';
import type { ChannelEvent, DirectMessage } from '../wire/messages.js';
import { type Hello, peerProtocolVersion } from '../wire/peer-frame.js';
import type { Crypto, Identity } from './core/identity.js';
import type { Dial } from './core/links/address-book.js';
import { goodbye } from './core/links/goodbyes.js';
import type { LinkState } from './core/links/link-table.js';
import { Mesh } from './core/mesh.js';
import type { DialOutcome, MeshEffects } from './core/mesh-options.js';
import type { DirectOutcome } from './core/users/directs.js';
import { dial } from './edge/dial.js';
import { Link, type LinkEvents, type Traffic } from './edge/link.js';
import { type NetworkMap, networkMap } from './network-map.js';

/** Where what comes from other servers goes. */
export type PeerReceiver = Pick<MeshEffects, 'deliver' | 'deliverDirect' | 'membersLost' | 'nameLost'>;

export interface PeerNetworkOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  /** What people call this server. */
  readonly name: string;
  readonly version: string;
  readonly receiver: PeerReceiver;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
}

/** A peer, for the operator. */
export interface PeerSummary {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly direction: 'in' | 'out';
  /** The operator asked for it. */
  readonly byHand: boolean;
  /** How long the link is up. */
  readonly ageMs: number;
  readonly roundTripMs: number | undefined;
  /** Nobody on the way can read what goes over it. */
  readonly encrypted?: boolean;
  readonly traffic: Traffic;
}

/** What became of events on their way between servers, since the start; absent where it is not counted. */
export interface NetworkCounters {
  /** Sent to other servers, each counted once for each link. */
  readonly forwarded?: number;
  /** Came again, by another way, and were dropped. */
  readonly duplicates?: number;
  /** Did not come, and were asked for. */
  readonly pulled?: number;
  /** Did not come, and were given up. */
  readonly missed?: number;
  /** Not sent on, for a link had no room. */
  readonly dropped?: number;
}

/** A server that the operator asked for and that is not linked now. */
export interface MissingPeer {
  readonly address: string;
  readonly tries: number;
}

export class PeerNetwork {
  readonly mesh: Mesh;
  readonly #links = new Map<number, Link>();
  /** Who asked for an address and waits for what comes of it. */
  readonly #waiting = new Map<string, ((outcome: DialOutcome) => void)[]>();
  readonly #sockets = new Set<Socket>();
  readonly #ticker: NodeJS.Timeout;
  #server: Server | undefined;
  #linkCount = 0;
  #port = 0;

  constructor(private readonly options: PeerNetworkOptions) {
    const { identity, crypto, name, receiver, clock, random, log } = options;
    this.mesh = new Mesh({
      identity,
      crypto,
      name,
      random,
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      log,
      effects: {
        send: (id, bytes) => this.#links.get(id)?.send(bytes),
        waitingBytes: (id) => this.#links.get(id)?.waitingBytes ?? 0,
        hangUp: (id, goodbye) => this.#links.get(id)?.end(goodbye),
        dial: (wanted) => void this.#dial(wanted),
        dialOutcome: (address, outcome) => this.#settle(address, outcome),
        deliver: (event) => receiver.deliver(event),
        deliverDirect: (message) => receiver.deliverDirect(message),
        nameLost: (...lost) => receiver.nameLost(...lost),
        membersLost: (...lost) => receiver.membersLost(...lost),
      },
    });
    this.#ticker = setInterval(() => this.mesh.tick(), limits.peerTickMs);
  }

  // ---- For the relay ------------------------------------------------------------------------------------------

  publish(event: ChannelEvent, json: string): void {
    this.mesh.publish(event, json);
  }

  membersElsewhere(channel: string): Iterable<string> {
    return this.mesh.membersElsewhere(channel);
  }

  prepare(channel: string, done: () => void): void {
    this.mesh.prepare(channel, done);
  }

  claimName(nameKey: string, sinceMs: number, done: (granted: boolean) => void): void {
    this.mesh.claimName(nameKey, sinceMs, done);
  }

  releaseName(nameKey: string): void {
    this.mesh.releaseName(nameKey);
  }

  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void {
    this.mesh.sendDirect(message, done);
  }

  channelsElsewhere(): ReadonlyMap<string, number> {
    return this.mesh.channelsElsewhere();
  }

  // ---- For the operator ---------------------------------------------------------------------------------------

  /**
   * Makes a link to a server, now and whenever it is lost.
   *
   * @returns what came of the first try
   */
  connect(address: Address): Promise<DialOutcome> {
    return new Promise((resolve) => {
      const key = addressKey(address);
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
      this.mesh.connect(address);
      const linked = this.mesh.linkedAt(address);
      if (linked) this.#settle(address, { ok: true, name: linked.name });
    });
  }

  /** Ends the link to a peer, by its node id, until the operator asks for it again. */
  disconnect(node: string): void {
    const link = this.mesh.neighbours.links.to(node);
    if (link) this.mesh.disconnect(link);
  }

  /** No longer tries to reach an address. Returns whether it was being tried. */
  giveUp(address: Address): boolean {
    return this.mesh.neighbours.addresses.forget(address);
  }

  peers(): PeerSummary[] {
    return [...this.mesh.neighbours.links.active()]
      .sort((a, b) => a.sinceMs - b.sinceMs)
      .map((link) => this.#summaryOf(link));
  }

  missingPeers(): MissingPeer[] {
    return this.mesh.neighbours.addresses
      .wanted()
      .filter(({ node }) => node === undefined || !this.mesh.neighbours.links.to(node))
      .map(({ address, tries }) => ({ address: formatAddress(address.host, address.port), tries }));
  }

  /** The network as this server sees it. */
  map(): NetworkMap {
    return networkMap(this.mesh, this.options.clock.nowMs());
  }

  counters(): NetworkCounters {
    const { forwarded, exchange, repair } = this.mesh;
    const { pulled, missed } = repair.counters;
    return { forwarded, duplicates: exchange.duplicates, pulled, missed };
  }

  /** How many other servers are in reach. */
  get serversInReach(): number {
    return this.mesh.topology.view(this.options.clock.nowMs()).size - 1;
  }

  // ---- Start and end ------------------------------------------------------------------------------------------

  /**
   * Takes links from other servers from now on.
   *
   * @param listen starts a server of node:net to listen, and returns its port
   */
  async open(listen: (server: Server) => Promise<number>): Promise<number> {
    const server = createServer((socket) => this.#openLink(socket, undefined));
    this.#port = await listen(server);
    server.maxConnections = limits.peerConnections;
    this.#server = server;
    return this.#port;
  }

  /** Says goodbye to all peers; resolves when no link is left. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#server?.close();
    this.mesh.stop();
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
  }

  /** Ends everything at once. */
  destroy(): void {
    clearInterval(this.#ticker);
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  // ---- Inside -------------------------------------------------------------------------------------------------

  async #dial({ address, probe }: Dial): Promise<void> {
    try {
      const socket = await dial(address);
      if (probe) this.#openProbe(socket, address);
      else this.#openLink(socket, address);
    } catch (error) {
      this.mesh.dialFailed(address, error instanceof Error ? error.message : String(error));
    }
  }

  /** Says who we are on a connection; it becomes a link when the other end has said who it is. */
  #openLink(socket: Socket, dialled: Address | undefined): void {
    let isUp = false;
    this.#open(
      socket,
      { probe: false, awaitsAdmission: dialled !== undefined },
      {
        up: (link, hello) => {
          isUp = true;
          if (hello.probe) link.end(goodbye('duplicate'));
          else this.mesh.linkUp({ id: link.id, ...identityOf(link, hello), dialled });
        },
        frame: (link, frame, bytes) => this.mesh.frame(link.id, frame, bytes),
        drained: (link) => this.mesh.linkDrained(link.id),
        closed: (link, why) => {
          if (isUp) this.mesh.linkDown(link.id, why);
          else if (dialled) this.#dialEnded(link, dialled, why);
          else
            this.options.log.info('peer turned away', { address: plainHost(link.remoteHost), reason: why });
        },
      },
    );
  }

  /** A dial that made no link. That is as good as one if there is another link to the same server. */
  #dialEnded(link: Link, dialled: Address, why: string): void {
    const isKnown = link.byeReason === 'duplicate' || link.byeReason === 'self';
    if (isKnown && link.hello) this.mesh.probed(dialled, identityOf(link, link.hello));
    else this.mesh.dialFailed(dialled, why);
  }

  /** Only looks who answers at an address. */
  #openProbe(socket: Socket, address: Address): void {
    let answered = false;
    this.#open(
      socket,
      { probe: true, awaitsAdmission: false },
      {
        up: (link, hello) => {
          answered = true;
          this.mesh.probed(address, identityOf(link, hello));
          link.end(goodbye('duplicate'));
        },
        frame: () => {},
        drained: () => {},
        closed: (_link, why) => {
          if (!answered) this.mesh.dialFailed(address, why);
        },
      },
    );
  }

  #open(
    socket: Socket,
    { probe, awaitsAdmission }: { probe: boolean; awaitsAdmission: boolean },
    events: LinkEvents,
  ): void {
    const { identity, name, version, clock } = this.options;
    const { node } = identity;
    this.#sockets.add(socket);
    const link = new Link({
      id: ++this.#linkCount,
      socket,
      ownHello: {
        type: 'hello',
        protocol: peerProtocolVersion,
        node,
        name,
        version,
        port: this.#port,
        probe,
      },
      awaitsAdmission,
      clock,
      events: {
        ...events,
        closed: (closed, why) => {
          this.#sockets.delete(socket);
          this.#links.delete(closed.id);
          events.closed(closed, why);
        },
      },
    });
    this.#links.set(link.id, link);
  }

  #settle(address: Address, outcome: DialOutcome): boolean {
    const key = addressKey(address);
    for (const resolve of this.#waiting.get(key) ?? []) resolve(outcome);
    return this.#waiting.delete(key);
  }

  #summaryOf(link: LinkState): PeerSummary {
    const { host, port } = link.dialled ?? link.listensAt;
    return {
      name: link.name,
      node: link.node,
      address: formatAddress(host, port),
      direction: link.dialled ? 'out' : 'in',
      byHand: this.mesh.neighbours.addresses.wanted().some((entry) => entry.node === link.node),
      ageMs: this.options.clock.nowMs() - link.sinceMs,
      roundTripMs: link.roundTripMs,
      traffic: this.#links.get(link.id)?.traffic ?? { bytesIn: 0, bytesOut: 0 },
    };
  }
}

/** Who is at the other end, and where it listens. */
function identityOf(link: Link, { node, name, port }: Hello) {
  return { node, name, listensAt: { host: plainHost(link.remoteHost), port } };
}
