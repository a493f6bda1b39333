/**
 * The network of servers on real sockets, and nothing but those: carries out the effects of the mesh, and tells it what
 * happens on sockets.
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
import { type Guest, Reception } from './edge/reception.js';

export interface PeerNetworkOptions extends LinkRoomOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  /** What people call this server. */
  readonly name: string;
  readonly version: string;
  /** The network key, and one that is taken as well; none if links are not to be encrypted. */
  readonly keys: readonly NetworkKey[];
  /** What others are told to dial: an IP address, and the port, if that is another than this server's own. */
  readonly advertise: { readonly host: string; readonly port: number | undefined } | undefined;
  /** Connections at the peer port that have yet to prove who they are; `limits.strangers` if not given. */
  readonly strangers?: number;
  /** Whether it links with servers that it was told of. */
  readonly discovers: boolean;
  /** Where what comes from other servers goes. */
  readonly receiver: NetworkReceiver;
  /** Told what came of a dial. Returns whether somebody waited for it. */
  readonly dialOutcome: (address: Address, outcome: DialOutcome) => boolean;
  /** Looks host names up; the system does it if it is left out. */
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
  readonly #reception: Reception;
  readonly #dialler: Dialler;
  readonly #room: LinkRoom;
  #linkCount = 0;
  /** Frames for which links that have ended had no room. */
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
    this.#reception = new Reception({
      keys,
      strangers: this.#strangers,
      clock,
      log,
      greet: (connection, guest) => this.#openLink(connection, undefined, guest),
    });
    this.#dialler = new Dialler({ keys, clock, lookup: new NameLookup(random, options.lookUp) });
    this.#ticker = setInterval(() => {
      this.mesh.tick();
      this.#reception.tick();
    }, limits.peerTickMs);
  }

  /** What has passed over a link; nothing if there is none of this number any more. */
  trafficOf(link: LinkId): Traffic {
    return this.#links.get(link)?.traffic ?? { bytesIn: 0, bytesOut: 0, dropped: 0 };
  }

  /** Events for which links had no room. */
  get droppedEvents(): number {
    let dropped = this.#droppedBefore;
    for (const link of this.#links.values()) dropped += link.traffic.dropped;
    return dropped;
  }

  // ---- Start and end ------------------------------------------------------------------------------------------

  /**
   * Takes links from other servers from now on.
   *
   * @param listen starts a server of node:net to listen, and returns its port
   */
  async open(listen: (server: Server) => Promise<number>): Promise<number> {
    const { server } = this.#reception;
    this.#port = await listen(server);
    // Strangers that are turned away take a moment to go.
    server.maxConnections = this.#room.most + 2 * this.#strangers;
    return this.#port;
  }

  /** Says goodbye to all peers; resolves when no link is left. */
  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#reception.close();
    this.#dialler.close();
    this.mesh.stop();
    await Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
  }

  /** Ends everything at once. */
  destroy(): void {
    clearInterval(this.#ticker);
    this.#reception.close();
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

  /** Says who we are on a connection; it becomes a link when both ends have proven who they are. */
  #openLink(connection: Connection, dialling: Dialling | undefined, guest?: Guest): void {
    const { log } = this.options;
    const dialled = dialling?.address;
    const encrypted = connection.security.key !== undefined;
    let isUp = false;
    const link = this.#open(connection, dialled ? 'dialler' : 'listener', false, {
      met: (_link, hello) => this.#whyNotGoOn(hello, dialled),
      up: (link, hello) => {
        isUp = true;
        guest?.proven();
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
        else guest?.turnedAway(why, link.reason);
      },
    });
    guest?.onCrowded(() => link.makeRoom());
  }

  /**
   * An operator may ask for a server by another name than that by which it is linked already. The link in use stays;
   * that the server answers under that name, too, is all there was to learn. Nor is one begun that would be ended here
   * at once: the other end would tell the whole network of it.
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

  get #strangers(): number {
    return this.options.strangers ?? limits.strangers;
  }

  /** What became of a dial that made no link: nothing is amiss if there is another link to the same server. */
  #troubleOf(link: Link, dialled: Address, why: string): Trouble | undefined {
    if (link.reason !== 'duplicate' || !link.hello) return { why, isSelf: link.reason === 'self' };
    this.mesh.probed(dialled, identityOf(link, link.hello, dialled));
    return undefined;
  }

  /** Only looks who answers at an address. */
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
