/**
 * The network of servers as one of them sees it: a pure state machine. Events and the time go in by its methods,
 * effects come out by `MeshEffects`; no socket, no clock and no chance of its own. [PEERING 1]
 */

import { limits } from '../../limits.js';
import type { Log } from '../../log.js';
import { type Address, formatAddress } from '../../wire/address.js';
import type { ChannelEvent, DirectMessage } from '../../wire/messages.js';
import { type ByeReason, encodePeerFrame, type PeerFrame, PeerProtocolError } from '../../wire/peer-frame.js';
import { AddressBook, type Dial } from './address-book.js';
import { Exchange, type ExchangeEffects } from './exchange.js';
import { type Goodbye, goodbye } from './goodbyes.js';
import { Gossip } from './gossip.js';
import type { Crypto, Identity } from './identity.js';
import { Introductions } from './introductions.js';
import { type LinkId, type LinkInfo, type LinkState, LinkTable } from './link-table.js';
import { linksFor } from './routing.js';
import { type LostNode, Topology } from './topology.js';

export interface MeshEffects extends Pick<ExchangeEffects, 'deliver' | 'membersLost'> {
  /** A message from another server to a user. Returns whether there is such a user here. */
  deliverDirect(message: DirectMessage): boolean;
  /** Somebody elsewhere claimed this name earlier. */
  nameLost(nameKey: string, sinceMs: number): void;
  /** What is urgent overtakes what is not, and is never dropped. */
  send(link: LinkId, bytes: Buffer, urgency: Urgency): void;
  /** Bytes that a link has yet to take. */
  waitingBytes(link: LinkId): number;
  /** Says BYE and closes, still reading what is on its way. */
  hangUp(link: LinkId, goodbye: Goodbye): void;
  /** Is answered by `linkUp`, `probed` or `dialFailed`. */
  dial(dial: Dial): void;
  /** What came of a dial. Returns whether somebody waited for it and was told. */
  dialOutcome(address: Address, outcome: DialOutcome): boolean;
}

/** What came of a direct message. */
export type DirectOutcome = 'delivered' | 'no-such-user' | 'no-answer';

/** Data are messages and presence, which a full link may drop, for they are asked for again; all else is control. */
export type Urgency = 'control' | 'data';

export type DialOutcome =
  | { readonly ok: true; readonly name: string }
  /** `retryMs`: it will be tried again after so long; absent when it will not. */
  | { readonly ok: false; readonly why: string; readonly retryMs?: number | undefined };

export interface MeshOptions {
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly name: string;
  /** Most links at once. */
  readonly maxLinks?: number;
  /** Whether it links with servers that it was told of; if not, only with those that somebody asked for. */
  readonly discovers?: boolean;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Milliseconds since some moment; never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly effects: MeshEffects;
  readonly log: Log;
}

/** Who was met at an address. */
type Met = Pick<LinkInfo, 'node' | 'name' | 'listensAt'>;

type FrameHandlers = {
  readonly [T in PeerFrame['type']]: (frame: Extract<PeerFrame, { type: T }>, link: LinkState) => void;
};

export class Mesh {
  readonly links: LinkTable;
  readonly addresses: AddressBook;
  readonly topology: Topology;
  readonly #exchange: Exchange;
  readonly #gossip: Gossip;
  readonly #introductions: Introductions;
  #advertisedAtMs = Number.NEGATIVE_INFINITY;
  #neighboursChanged = false;
  /** Who is in reach is to be looked at anew. */
  #mapChanged = false;
  /** Other servers came into reach, or were reached at an address: there may be something to tell. */
  #reachChanged = false;
  #lastTickMs: number;
  #stopped = false;

  constructor(private readonly options: MeshOptions) {
    const { name, random, effects, log } = options;
    const { node } = options.identity;
    this.links = new LinkTable(node);
    this.addresses = new AddressBook(random, options.discovers);
    this.#gossip = new Gossip(this.addresses);
    this.#introductions = new Introductions(
      (link, bytes) => effects.send(link, bytes, 'control'),
      (link) => effects.waitingBytes(link),
    );
    this.topology = new Topology(node, name);
    this.#exchange = new Exchange(
      this.topology,
      {
        flood: (bytes, cameFrom) => this.#flood(bytes, cameFrom),
        deliver: (event) => effects.deliver(event),
        membersLost: (...lost) => effects.membersLost(...lost),
      },
      log,
    );
    this.#lastTickMs = options.nowMs();
  }

  // ---- The operator's wishes ----------------------------------------------------------------------------------

  /** Makes a link, and makes it again whenever it is lost. */
  connect(address: Address): void {
    this.addresses.want(address, this.options.nowMs());
    this.#dialDue();
  }

  /** The link that an address stands for, if there is one now. */
  linkedAt(address: Address): LinkState | undefined {
    const node = this.addresses.nodeAt(address);
    return node === undefined ? undefined : this.links.to(node);
  }

  /** Ends a link, and neither makes it again nor takes it from the other end until `connect`. */
  disconnect(link: LinkState): void {
    this.addresses.refuse(link.node, link.dialled ? [link.listensAt, link.dialled] : [link.listensAt]);
    this.#hangUp(link.id, 'disconnected');
  }

  /** Tells the network that this server goes, and ends all links. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#advertise();
    for (const link of this.links.active()) this.#hangUp(link.id, 'shutting-down');
  }

  // ---- What the relay says and asks ---------------------------------------------------------------------------

  publish(event: ChannelEvent, json: string): void {
    this.#exchange.publish(event, json, this.options.nowMs());
  }

  membersElsewhere(channel: string): Iterable<string> {
    return this.#exchange.rosters.namesExceptAt(this.options.identity.node, channel);
  }

  channelsElsewhere(): ReadonlyMap<string, number> {
    return this.#exchange.rosters.countsExceptAt(this.options.identity.node);
  }

  prepare(_channel: string, done: () => void): void {
    done();
  }

  /** A name counts while its server is in reach: whoever comes back from a server that died can have it again. */
  claimName(nameKey: string, _sinceMs: number, done: (granted: boolean) => void): void {
    const holders = [...this.#exchange.rosters.originsOf(nameKey)];
    done(
      !holders.some((origin) => origin !== this.options.identity.node && this.topology.isReachable(origin)),
    );
  }

  releaseName(_nameKey: string): void {}

  sendDirect(_message: DirectMessage, done: (outcome: DirectOutcome) => void): void {
    done('no-such-user');
  }

  // ---- What happens on links ----------------------------------------------------------------------------------

  /** Both ends of a connection have said who they are. It is a link, or is refused and hung up. */
  linkUp(info: LinkInfo): void {
    const { log, nowMs } = this.options;
    const refusal = this.#whyRefused(info);
    if (refusal) {
      this.#hangUp(info.id, refusal);
      log.debug('link refused', { peer: info.name, reason: refusal });
      if (info.dialled && refusal === 'self') this.#metSelf(info.dialled);
      else if (info.dialled) this.dialFailed(info.dialled, goodbye(refusal).here);
      return;
    }
    if (info.dialled) this.#noteReached(info.dialled, info);
    else if (info.listensAt.port > 0) this.addresses.claimed(info.listensAt, info.node, nowMs());
    const isInUse = this.links.add(info, nowMs());
    const link = this.links.get(info.id);
    if (isInUse && link) this.#activate(link);
    else this.#closeDuplicates(this.links.closable(info.node));
  }

  /** A dial or a probe met a server at an address, and that was all it was good for. */
  probed(address: Address, info: Met): void {
    if (info.node === this.options.identity.node) this.#metSelf(address);
    else this.#noteReached(address, info);
  }

  /** A dial or a probe came to nothing, or the other end refused. */
  dialFailed(address: Address, why: string): void {
    const { effects, log, nowMs } = this.options;
    const isWanted = this.addresses.isWanted(address);
    const next = this.addresses.failed(address, nowMs());
    const isTold = effects.dialOutcome(address, { ok: false, why, retryMs: next?.retryMs });
    // Once is enough to say it; `peers` shows that it is still being tried.
    const level = isWanted && !isTold && next?.tries === 1 ? 'warn' : 'debug';
    log[level]('cannot reach server', { address: formatAddress(address.host, address.port), reason: why });
  }

  /**
   * A frame came on a link.
   *
   * @throws PeerProtocolError the other end broke the protocol; the link is to be ended for it
   */
  frame(id: LinkId, frame: PeerFrame): void {
    const link = this.links.get(id);
    if (!link) return;
    this.#closeDuplicates(this.links.heard(link, this.options.nowMs()));
    this.#handle(frame, link);
  }

  /** A link has ended, from whichever side. */
  linkDown(id: LinkId, why: string): void {
    const link = this.links.get(id);
    if (!link) return;
    const wasInUse = this.links.isActive(link);
    const next = this.links.remove(id);
    this.#gossip.forget(id);
    this.#introductions.end(id);
    if (!wasInUse) return;
    if (next) {
      this.#activate(next);
      return;
    }
    this.options.log.info('link down', { peer: link.name, address: addressOf(link), reason: why });
    this.addresses.lost(link.node, this.options.nowMs());
    this.#noteNeighbours();
  }

  /** A link has room again. */
  linkDrained(id: LinkId): void {
    this.#introductions.goOn(id);
  }

  /** Time has passed: looks at every deadline. To be called each `limits.peerTickMs`. */
  tick(): void {
    const nowMs = this.options.nowMs();
    const lateMs = Math.max(0, nowMs - this.#lastTickMs - 2 * limits.peerTickMs);
    this.#lastTickMs = nowMs;
    if (this.#stopped) return;
    this.#checkSilence(nowMs, lateMs);
    this.#introductions.goOn();
    if (this.#mapChanged) this.#recompute();
    if (this.#neighboursChanged && nowMs - this.#advertisedAtMs >= limits.advertiseMs) this.#advertise();
    this.#exchange.tick(nowMs);
    for (const lost of this.topology.takeLost(nowMs)) this.#lose(lost);
    for (const node of this.topology.forgetOld(nowMs)) this.#exchange.forgetNode(node);
    this.#dialDue();
    if (this.#reachChanged) {
      this.#reachChanged = false;
      for (const link of this.links.active()) this.#tellAddresses(link);
    }
  }

  // ---- Inside -------------------------------------------------------------------------------------------------

  readonly #handlers: FrameHandlers = {
    hello: () => {
      throw new PeerProtocolError('a second HELLO');
    },
    auth: () => {
      throw new PeerProtocolError('a second AUTH');
    },
    bye: () => {
      // The edge has noted the reason; the end of the connection follows.
    },
    ping: (_frame, link) => this.#send(link, encodePeerFrame({ type: 'pong' })),
    pong: (_frame, link) => {
      if (link.pingedAtMs !== undefined) link.roundTripMs = this.options.nowMs() - link.pingedAtMs;
      link.pingedAtMs = undefined;
    },
    peers: ({ addresses }, link) => this.#gossip.believe(addresses, link, this.options.nowMs()),
    advert: (advert, link) => {
      const { isNews, evicted } = this.topology.accept(advert, this.options.nowMs());
      if (evicted) this.#forget(evicted);
      if (!isNews) return;
      this.#flood(encodePeerFrame(advert), link.id);
      // At the next tick, for many may come at once.
      this.#mapChanged = true;
    },
    ask: ({ origin }, link) => this.#introductions.begin(link.id, origin, this.#exchange.stateOf(origin)),
    sync: (sync, link) => this.#exchange.receiveSync(sync, link, this.options.nowMs()),
    event: (event, link) => this.#exchange.receiveEvent(event, link, this.options.nowMs()),
  };

  #handle<T extends PeerFrame['type']>(frame: Extract<PeerFrame, { type: T }>, link: LinkState): void {
    const handler: FrameHandlers[T] = this.#handlers[frame.type as T];
    handler(frame, link);
  }

  #whyRefused({ node, dialled }: LinkInfo): ByeReason | undefined {
    if (node === this.options.identity.node) return 'self';
    if (this.#stopped) return 'shutting-down';
    if (dialled && this.addresses.isWanted(dialled)) this.addresses.allow(node);
    if (this.addresses.isRefused(node)) return 'refused';
    return this.links.size >= (this.options.maxLinks ?? limits.links) && !this.links.to(node)
      ? 'full'
      : undefined;
  }

  #metSelf(address: Address): void {
    this.addresses.isSelf(address);
    this.options.effects.dialOutcome(address, { ok: false, why: 'that is this server itself' });
  }

  #noteReached(address: Address, { node, name, listensAt }: Met): void {
    const before = this.addresses.reached(address, node, { host: listensAt.host, port: address.port });
    if (before !== undefined) this.topology.markReplaced(before);
    this.#reachChanged = true;
    this.options.effects.dialOutcome(address, { ok: true, name });
  }

  /** A link is in use from now on: tells the other end all that it may not know. */
  #activate(link: LinkState): void {
    this.#gossip.forget(link.id);
    this.#noteNeighbours();
    this.#send(link, encodePeerFrame(this.topology.own));
    this.#introductions.begin(link.id, 'everything', this.#introduction());
    this.#tellAddresses(link);
    this.options.log.info('link up', {
      peer: link.name,
      address: addressOf(link),
      direction: link.dialled ? 'out' : 'in',
    });
  }

  *#introduction(): Iterable<Buffer> {
    for (const advert of this.topology.presentAdverts()) yield encodePeerFrame(advert);
    yield* this.#exchange.introduction();
  }

  #noteNeighbours(): void {
    this.#recompute();
    this.#neighboursChanged = true;
    if (this.options.nowMs() - this.#advertisedAtMs >= limits.advertiseMs) this.#advertise();
  }

  #recompute(): void {
    this.#mapChanged = false;
    this.#reachChanged = true;
    for (const origin of this.topology.recompute(this.links.neighbours(), this.options.nowMs())) {
      // Its members were dropped here, while others may never have lost sight of it.
      this.#flood(encodePeerFrame({ type: 'ask', origin }), undefined);
    }
  }

  #advertise(): void {
    this.#neighboursChanged = false;
    this.#advertisedAtMs = this.options.nowMs();
    const advert = this.topology.advertise(this.#stopped ? [] : this.links.neighbours(), this.#stopped);
    this.#flood(encodePeerFrame(advert), undefined);
  }

  #tellAddresses(link: LinkState): void {
    const addresses = this.#gossip.freshFor(link, (node) => this.topology.isReachable(node));
    if (addresses.length > 0) this.#send(link, encodePeerFrame({ type: 'peers', addresses }));
  }

  #checkSilence(nowMs: number, lateMs: number): void {
    const { toPing, dead } = this.links.checkSilence(nowMs, lateMs);
    for (const link of toPing) {
      link.pingedAtMs = nowMs;
      this.#send(link, encodePeerFrame({ type: 'ping' }));
    }
    for (const link of dead) {
      this.#hangUp(link.id, 'silent');
      this.linkDown(link.id, goodbye('silent').here);
    }
  }

  #lose({ node, name, cause }: LostNode): void {
    this.options.log.info('server gone', { server: name, cause });
    this.#exchange.nodeLost(node, name, cause);
  }

  #forget(evicted: LostNode): void {
    this.#lose(evicted);
    this.#exchange.forgetNode(evicted.node);
  }

  #dialDue(): void {
    const dials = this.addresses.due(this.options.nowMs(), this.#neighbourhood());
    for (const dial of dials) this.options.effects.dial(dial);
  }

  #closeDuplicates(links: readonly LinkState[]): void {
    for (const link of links) this.#hangUp(link.id, 'duplicate');
  }

  #flood(bytes: Buffer, cameFrom: LinkId | undefined): void {
    const source = cameFrom === undefined ? undefined : this.links.get(cameFrom);
    // Where it came from is a neighbour, whichever of its links it came by.
    const active = source ? this.links.to(source.node) : undefined;
    for (const link of linksFor(this.links.active(), active)) this.#send(link, bytes);
  }

  #send(link: LinkState, bytes: Buffer): void {
    this.options.effects.send(link.id, bytes, 'control');
  }

  #hangUp(link: LinkId, reason: ByeReason): void {
    this.options.effects.hangUp(link, goodbye(reason));
  }

  #neighbourhood() {
    let ownLinks = 0;
    for (const { dialled } of this.links.active())
      if (dialled && !this.addresses.isWanted(dialled)) ownLinks++;
    return {
      ownLinks,
      isLinked: (node: string) => this.links.to(node) !== undefined,
      isReachable: (node: string) => this.topology.isReachable(node),
    };
  }
}

function addressOf({ dialled, listensAt }: LinkInfo): string {
  const { host, port } = dialled ?? listensAt;
  return formatAddress(host, port);
}
