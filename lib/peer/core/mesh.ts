/**
 * The network of servers as one of them sees it: a pure state machine. Events and the time go in by its methods,
 * effects come out by `MeshEffects`; no socket, no clock and no chance of its own. [PEERING 1]
 */

import { limits } from '../../limits.js';
import type { Log } from '../../log.js';
import { type Address, formatAddress } from '../../wire/address.js';
import type { ChannelEvent } from '../../wire/messages.js';
import { type ByeReason, encodePeerFrame, type PeerFrame, PeerProtocolError } from '../../wire/peer-frame.js';
import { AddressBook, type Dial } from './address-book.js';
import { Exchange, type ExchangeEffects } from './exchange.js';
import { type LinkId, type LinkInfo, type LinkState, LinkTable } from './link-table.js';
import { linksFor } from './routing.js';
import { Topology } from './topology.js';

export interface MeshEffects extends Pick<ExchangeEffects, 'deliver' | 'membersLost'> {
  send(link: LinkId, bytes: Buffer): void;
  /** Says BYE and closes, still reading what is on its way. */
  hangUp(link: LinkId, reason: ByeReason, message: string): void;
  /** Is answered by `linkUp`, `probed` or `dialFailed`. */
  dial(dial: Dial): void;
  /** What came of a dial. Returns whether somebody waited for it and was told. */
  dialOutcome(address: Address, outcome: DialOutcome): boolean;
}

export type DialOutcome =
  | { readonly ok: true; readonly name: string }
  /** `retryMs`: it will be tried again after so long; absent when it will not. */
  | { readonly ok: false; readonly why: string; readonly retryMs?: number | undefined };

export interface MeshOptions {
  readonly node: string;
  readonly name: string;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Milliseconds since some moment; never goes back. */
  readonly nowMs: () => number;
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
  /** What each link has been told of addresses. */
  readonly #told = new Map<LinkId, Set<string>>();
  #advertisedAtMs = Number.NEGATIVE_INFINITY;
  #neighboursChanged = false;
  /** Other servers came into reach, or were reached at an address: there may be something to tell. */
  #reachChanged = false;
  #lastTickMs: number;
  #stopped = false;

  constructor(private readonly options: MeshOptions) {
    const { node, name, random, effects, log } = options;
    this.links = new LinkTable(node);
    this.addresses = new AddressBook(random);
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
    this.options.effects.hangUp(link.id, 'disconnected', 'the operator of that server disconnected this one');
  }

  /** Tells the network that this server goes, and ends all links. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#advertise();
    for (const link of this.links.active()) {
      this.options.effects.hangUp(link.id, 'shutting-down', 'that server is shutting down');
    }
  }

  // ---- What the relay says and asks ---------------------------------------------------------------------------

  publish(event: ChannelEvent, json: string): void {
    this.#exchange.publish(event, json, this.options.nowMs());
  }

  membersElsewhere(channel: string): Iterable<string> {
    return this.#exchange.rosters.namesExceptAt(this.options.node, channel);
  }

  channelsElsewhere(): ReadonlyMap<string, number> {
    return this.#exchange.rosters.countsExceptAt(this.options.node);
  }

  /** A name counts while its server is in reach: whoever comes back from a server that died can have it again. */
  holdsName(nameKey: string): boolean {
    for (const origin of this.#exchange.rosters.originsOf(nameKey)) {
      if (origin !== this.options.node && this.topology.isReachable(origin)) return true;
    }
    return false;
  }

  // ---- What happens on links ----------------------------------------------------------------------------------

  /** Both ends of a connection have said who they are. It is a link, or is refused and hung up. */
  linkUp(info: LinkInfo): void {
    const { effects, log, nowMs } = this.options;
    const refusal = this.#whyRefused(info);
    if (refusal) {
      effects.hangUp(info.id, refusal.reason, refusal.message);
      log.debug('link refused', { peer: info.name, reason: refusal.reason });
      if (info.dialled && refusal.reason === 'self') this.#metSelf(info.dialled);
      else if (info.dialled) this.dialFailed(info.dialled, `refused here: ${refusal.message}`);
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
    if (info.node === this.options.node) this.#metSelf(address);
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
    this.#told.delete(id);
    if (!wasInUse) return;
    if (next) {
      this.#activate(next);
      return;
    }
    this.options.log.info('link down', { peer: link.name, address: addressOf(link), reason: why });
    this.addresses.lost(link.node, this.options.nowMs());
    this.#noteNeighbours();
  }

  /** Time has passed: looks at every deadline. To be called each `limits.peerTickMs`. */
  tick(): void {
    const nowMs = this.options.nowMs();
    const lateMs = Math.max(0, nowMs - this.#lastTickMs - 2 * limits.peerTickMs);
    this.#lastTickMs = nowMs;
    if (this.#stopped) return;
    this.#checkSilence(nowMs, lateMs);
    if (this.#neighboursChanged && nowMs - this.#advertisedAtMs >= limits.advertiseMs) this.#advertise();
    this.#exchange.tick(nowMs);
    for (const lost of this.topology.takeLost(nowMs)) {
      this.options.log.info('server gone', { server: lost.name, cause: lost.cause });
      this.#exchange.nodeLost(lost.node, lost.name, lost.cause);
    }
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
    bye: () => {
      // The edge has noted the reason; the end of the connection follows.
    },
    ping: (_frame, link) => this.#send(link, encodePeerFrame({ type: 'pong' })),
    pong: (_frame, link) => {
      if (link.pingedAtMs !== undefined) link.roundTripMs = this.options.nowMs() - link.pingedAtMs;
      link.pingedAtMs = undefined;
    },
    peers: ({ addresses }, link) => {
      // Somebody else's loopback is not ours.
      const ours = addresses.filter(({ host }) => isLoopback(link.listensAt.host) || !isLoopback(host));
      this.addresses.heardOf(ours, this.options.nowMs());
    },
    advert: (advert, link) => {
      if (!this.topology.accept(advert)) return;
      this.#flood(encodePeerFrame(advert), link.id);
      this.#recompute();
    },
    ask: ({ origin }, link) => {
      for (const bytes of this.#exchange.stateOf(origin)) this.#send(link, bytes);
    },
    sync: (sync, link) => this.#exchange.receiveSync(sync, link, this.options.nowMs()),
    event: (event, link) => this.#exchange.receiveEvent(event, link, this.options.nowMs()),
  };

  #handle<T extends PeerFrame['type']>(frame: Extract<PeerFrame, { type: T }>, link: LinkState): void {
    const handler: FrameHandlers[T] = this.#handlers[frame.type as T];
    handler(frame, link);
  }

  #whyRefused({
    node,
    dialled,
  }: LinkInfo): { readonly reason: ByeReason; readonly message: string } | undefined {
    if (node === this.options.node) return { reason: 'self', message: 'this is the server itself' };
    if (this.#stopped) return { reason: 'shutting-down', message: 'that server is shutting down' };
    if (dialled && this.addresses.isWanted(dialled)) this.addresses.allow(node);
    if (this.addresses.isRefused(node)) {
      return { reason: 'refused', message: 'the operator of that server disconnected this one' };
    }
    if (this.links.size >= limits.links && !this.links.to(node)) {
      return { reason: 'full', message: `that server has ${limits.links} links, which is the most` };
    }
    return undefined;
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
    this.#told.set(link.id, new Set());
    this.#noteNeighbours();
    for (const advert of [this.topology.own, ...this.topology.presentAdverts()]) {
      this.#send(link, encodePeerFrame(advert));
    }
    for (const bytes of this.#exchange.introduction()) this.#send(link, bytes);
    this.#tellAddresses(link);
    this.options.log.info('link up', {
      peer: link.name,
      address: addressOf(link),
      direction: link.dialled ? 'out' : 'in',
    });
  }

  #noteNeighbours(): void {
    this.#recompute();
    this.#neighboursChanged = true;
    if (this.options.nowMs() - this.#advertisedAtMs >= limits.advertiseMs) this.#advertise();
  }

  #recompute(): void {
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
    const told = this.#told.get(link.id);
    if (!told) return;
    const fresh = this.addresses
      .tellable((node) => node !== link.node && this.topology.isReachable(node))
      .filter(({ host, port }) => !told.has(formatAddress(host, port)))
      .filter(({ host }) => isLoopback(link.listensAt.host) || !isLoopback(host))
      .slice(0, limits.addressesPerFrame);
    if (fresh.length === 0) return;
    for (const { host, port } of fresh) told.add(formatAddress(host, port));
    this.#send(link, encodePeerFrame({ type: 'peers', addresses: fresh }));
  }

  #checkSilence(nowMs: number, lateMs: number): void {
    const { toPing, dead } = this.links.checkSilence(nowMs, lateMs);
    for (const link of toPing) {
      link.pingedAtMs = nowMs;
      this.#send(link, encodePeerFrame({ type: 'ping' }));
    }
    for (const link of dead) {
      const message = `nothing was heard for ${limits.linkDeadMs / 1000} s`;
      this.options.effects.hangUp(link.id, 'silent', message);
      this.linkDown(link.id, message);
    }
  }

  #dialDue(): void {
    const dials = this.addresses.due(this.options.nowMs(), this.#neighbourhood());
    for (const dial of dials) this.options.effects.dial(dial);
  }

  #closeDuplicates(links: readonly LinkState[]): void {
    for (const link of links)
      this.options.effects.hangUp(link.id, 'duplicate', 'another link to that server is in use');
  }

  #flood(bytes: Buffer, cameFrom: LinkId | undefined): void {
    const source = cameFrom === undefined ? undefined : this.links.get(cameFrom);
    // Where it came from is a neighbour, whichever of its links it came by.
    const active = source ? this.links.to(source.node) : undefined;
    for (const link of linksFor(this.links.active(), active)) this.#send(link, bytes);
  }

  #send(link: LinkState, bytes: Buffer): void {
    link.lastSaidMs = this.options.nowMs();
    this.options.effects.send(link.id, bytes);
  }

  #neighbourhood() {
    let ownLinks = 0;
    for (const { dialled } of this.links.active())
      if (dialled && !this.addresses.isWanted(dialled)) ownLinks++;
    return { ownLinks, isLinked: (node: string) => this.links.to(node) !== undefined };
  }
}

function addressOf({ dialled, listensAt }: LinkInfo): string {
  const { host, port } = dialled ?? listensAt;
  return formatAddress(host, port);
}

function isLoopback(host: string): boolean {
  return host === '::1' || /^127\./.test(host);
}
