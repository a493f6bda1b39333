/**
 * The network of servers on real sockets. It owns the sockets and nothing else: it carries out the effects of the mesh,
 * and tells the mesh what happens on the sockets.
 */
import type { Server, Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import type { NetworkReceiver } from '../network.js';
import type { NetworkKey } from '../network-key.js';
import type { Address } from '../wire/address.js';
import type { Hello } from '../wire/peer-frame.js';
import type { Crypto, Identity } from './core/identity.js';
import type { Dial } from './core/links/address-book.js';
import { type Goodbye, goodbye } from './core/links/goodbyes.js';
import type { LinkId } from './core/links/link-table.js';
import { Mesh } from './core/mesh.js';
import type { DialOutcome } from './core/mesh-options.js';
import type { Connection } from './edge/connection.js';
import { Dialler, type Dialling, type Trouble } from './edge/dialler.js';
import { Handshake } from './edge/handshake.js';
import { identityOf, ownHello } from './edge/hello.js';
import { Link, type LinkEvents, type Traffic } from './edge/link.js';
import { LinkRoom, type LinkRoomOptions } from './edge/link-room.js';
import { type LookUp, NameLookup } from './edge/name-lookup.js';
import { type GreetedStranger, PeerPort } from './edge/peer-port.js';

export interface PeerNetworkOptions extends LinkRoomOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  /** The name of this server, for people. */
  readonly name: string;
  readonly version: string;
  /** The network keys: the first is offered first, and all are taken. With none, links are not encrypted. */
  readonly keys: readonly NetworkKey[];
  /**
   * The address that others are told to dial: an IP address, and the port if it differs from this server's peer port.
   */
  readonly advertise: { readonly host: string; readonly port: number | undefined } | undefined;
  /** The most strangers at the peer port; `limits.strangers` if not given. */
  readonly strangers?: number;
  /** Whether this server links with servers that others told it of. */
  readonly discovers: boolean;
  /** Receives what comes from other servers. */
  readonly receiver: NetworkReceiver;
  /** Told the outcome of each dial. Returns whether somebody waited for it. */
  readonly dialOutcome: (address: Address, outcome: DialOutcome) => boolean;
  /** Looks host names up; if it is left out, the system does. */
  readonly lookUp?: LookUp;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
}

const deaf = { frame: () => {}, drained: () => {}, dropping: () => {} };

export class PeerNetwork {
  readonly mesh: Mesh;
  readonly #links = new Map<number, Link>();
  readonly #sockets = new Set<Socket>();
  readonly #ticker: NodeJS.Timeout;
  readonly #peerPort: PeerPort;
  readonly #dialler: Dialler;
  readonly #room: LinkRoom;
  #linkCount = 0;
  /** Events that were dropped on links which have ended. */
  #droppedBefore = 0;
  #port = 0;

  constructor(private readonly options: PeerNetworkOptions) {
    const { identity, crypto, name, keys, discovers, receiver, dialOutcome, clock, random, log } = options;
    this.#room = new LinkRoom(
      options,
      () => this.mesh.neighbours.links,
      (id) => this.#links.get(id),
    );
    this.mesh = new Mesh({
      identity,
      crypto,
      name,
      maxLinks: this.#room.most,
      discovers,
      random,
      nowMs: () => clock.nowMs(),
      log,
      receiver,
      effects: {
        send: (id, bytes, urgency) => this.#links.get(id)?.send(bytes, urgency),
        waitingBytes: (id) => this.#links.get(id)?.waitingBytes ?? 0,
        rest: (id, ms) => this.#links.get(id)?.rest(ms),
        hangUp: (id, goodbye) => this.#links.get(id)?.end(goodbye),
        dial: (wanted) => void this.#dial(wanted),
        dialOutcome,
      },
    });
    this.#peerPort = new PeerPort({
      keys,
      strangers: this.#mostStrangers,
      clock,
      log,
      greet: (connection, stranger) => this.#openLink(connection, undefined, stranger),
    });
    this.#dialler = new Dialler({ keys, clock, lookup: new NameLookup(random, options.lookUp) });
    this.#ticker = setInterval(() => {
      this.mesh.tick();
      this.#peerPort.tick();
    }, limits.peerTickMs);
  }

  /** The traffic of a link so far; zeros if the link has ended. */
  trafficOf(link: LinkId): Traffic {
    return this.#links.get(link)?.traffic ?? { bytesIn: 0, bytesOut: 0, dropped: 0 };
  }

  /** How many events were dropped because links had no room for them. */
  get droppedEvents(): number {
    let dropped = this.#droppedBefore;
    for (const link of this.#links.values()) dropped += link.traffic.dropped;
    return dropped;
  }

  // ---- Start and end ------------------------------------------------------------------------------------------

  /**
   * Opens the peer port, so that other servers can make links.
   *
   * @param listen has a server of node:net listen, and returns its port
   */
  async open(listen: (server: Server) => Promise<number>): Promise<number> {
    const { server } = this.#peerPort;
    this.#port = await listen(server);
    // Strangers that are turned away take a moment to go, so there is room for twice as many.
    server.maxConnections = this.#room.most + 2 * this.#mostStrangers;
    return this.#port;
  }

  /** Says goodbye to all peers. The promise resolves when no link is left. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#peerPort.close();
    this.#dialler.close();
    this.mesh.stop();
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
  }

  /** Closes everything at once. */
  destroy(): void {
    clearInterval(this.#ticker);
    this.#peerPort.close();
    this.#dialler.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  // ---- Inside -------------------------------------------------------------------------------------------------

  async #dial({ address, probe }: Dial): Promise<void> {
    const { neighbours } = this.mesh;
    const trouble = await this.#dialler.dial(
      address,
      (connection) =>
        new Promise((ended) => {
          if (probe) this.#openProbe(connection, address, ended);
          else this.#openLink(connection, { address, ended });
        }),
      () => !neighbours.addresses.isGivenUp(address),
    );
    if (trouble?.isSelf) neighbours.metSelf(address);
    else if (trouble) this.mesh.dialFailed(address, trouble.why);
  }

  /** Begins the handshake on a connection, which becomes a link when both ends have proven who they are. */
  #openLink(connection: Connection, dialling: Dialling | undefined, stranger?: GreetedStranger): void {
    const { log } = this.options;
    const dialled = dialling?.address;
    const encrypted = connection.security.key !== undefined;
    let isUp = false;
    const link = this.#open(connection, dialled ? 'dialler' : 'listener', false, {
      met: (_link, hello) => this.#whyNotGoOn(hello, dialled),
      up: (link, hello) => {
        isUp = true;
        stranger?.proven();
        const none = dialled ? this.#room.whyNone(hello.node) : this.#room.whyNoneFor(link, hello.node);
        dialling?.ended(none && { why: none.here, isSelf: false });
        if (hello.probe) link.end(goodbye('duplicate'));
        else if (none) link.end(none);
        else this.mesh.linkUp({ id: link.id, ...identityOf(link, hello, dialled), dialled, encrypted });
      },
      frame: (link, frame, bytes) => this.mesh.frame(link.id, frame, bytes),
      drained: (link) => this.mesh.linkDrained(link.id),
      dropping: (link) =>
        log.warn('link is full: messages are left out, to be asked for again', {
          peer: link.hello?.name,
          waitingBytes: link.waitingBytes,
        }),
      closed: (link, why) => {
        if (isUp) this.mesh.linkDown(link.id, why);
        else if (dialling) dialling.ended(this.#troubleOf(link, dialling.address, why));
        else stranger?.turnedAway(why, link.reason);
      },
    });
    stranger?.onCrowded(() => link.makeRoom());
  }

  /**
   * Why a dial is to end after the other end has proven who it is, if it is. One reason is that there is no room or
   * that the server is refused: the link would be ended here at once, but the other end would first tell the whole
   * network of it. Another is that there is a link to the server already, because the operator asked for it by another
   * name. That link stays, unless it has been silent.
   */
  #whyNotGoOn({ node }: Hello, dialled: Address | undefined): Goodbye | undefined {
    const refusal = this.mesh.neighbours.whyRefused({ node, dialled });
    if (refusal !== undefined) return goodbye(refusal);
    const none = this.#room.whyNone(node);
    if (none) return none;
    const current = this.mesh.neighbours.links.to(node);
    const silentMs = current ? this.options.clock.nowMs() - current.lastHeardMs : Number.POSITIVE_INFINITY;
    return silentMs < 2 * limits.linkIdleMs ? goodbye('duplicate') : undefined;
  }

  get #mostStrangers(): number {
    return this.options.strangers ?? limits.strangers;
  }

  /** The trouble of a dial that did not become a link. There is none if another link to the same server is in use. */
  #troubleOf(link: Link, dialled: Address, why: string): Trouble | undefined {
    if (link.reason !== 'duplicate' || !link.hello) return { why, isSelf: link.reason === 'self' };
    this.mesh.probed(dialled, identityOf(link, link.hello, dialled));
    return undefined;
  }

  /** Begins a handshake only to find out which server answers at an address. */
  #openProbe(connection: Connection, address: Address, ended: Dialling['ended']): void {
    let answered = false;
    this.#open(connection, 'dialler', true, {
      met: () => undefined,
      up: (link, hello) => {
        answered = true;
        this.mesh.probed(address, identityOf(link, hello, address));
        link.end(goodbye('duplicate'));
        ended(undefined);
      },
      ...deaf,
      closed: (_link, why) => {
        if (!answered) ended({ why, isSelf: false });
      },
    });
  }

  #open(
    { socket, security, provenByMs }: Connection,
    role: 'dialler' | 'listener',
    probe: boolean,
    events: LinkEvents,
  ): Link {
    const { identity, crypto, clock } = this.options;
    this.#sockets.add(socket);
    const link = new Link({
      id: ++this.#linkCount,
      socket,
      handshake: new Handshake({
        role,
        ownHello: ownHello(this.options, this.#port, probe),
        identity,
        crypto,
        security,
      }),
      provenByMs,
      clock,
      events: {
        ...events,
        closed: (closed, why) => {
          this.#sockets.delete(socket);
          this.#links.delete(closed.id);
          this.#droppedBefore += closed.traffic.dropped;
          events.closed(closed, why);
        },
      },
    });
    this.#links.set(link.id, link);
    return link;
  }
}
