/**
 * The neighbours of this server: the links to them, whether these are alive, which addresses to dial, and which
 * addresses to tell them. [PEERING 3]
 */
import { limits } from '../../../limits.js';
import { type Address, formatAddress, isIp } from '../../../wire/address.js';
import { type ByeReason, encodePeerFrame } from '../../../wire/peer-frame.js';
import type { Topology } from '../map/topology.js';
import type { MeshOptions } from '../mesh-options.js';
import { AddressBook } from './address-book.js';
import { goodbye } from './goodbyes.js';
import { Gossip } from './gossip.js';
import { Introductions } from './introductions.js';
import { type LinkId, type LinkInfo, type LinkState, LinkTable } from './link-table.js';

/** A server that was met at an address. */
export type Met = Pick<LinkInfo, 'node' | 'name' | 'listensAt'>;

export interface NeighbourEvents {
  /** A link is in use from now on, to a new neighbour or in the place of another link. */
  up(link: LinkState): void;
  /** A link has ended, whether it was in use or set aside for another one. */
  down(link: LinkState): void;
  /** A neighbour has no link any more. */
  neighbourLost(): void;
}

export class Neighbours {
  readonly links: LinkTable;
  readonly addresses: AddressBook;
  readonly introductions: Introductions;
  readonly #gossip: Gossip;
  /** Whether there may be addresses to tell: other servers came into reach, or were reached at an address. */
  #hasNews = false;
  #lastTickMs: number;
  #stopped = false;

  constructor(
    private readonly options: MeshOptions,
    private readonly topology: Topology,
    private readonly events: NeighbourEvents,
  ) {
    const { identity, random, discovers, effects, nowMs } = options;
    this.links = new LinkTable(identity.node);
    this.addresses = new AddressBook(random, discovers);
    this.#gossip = new Gossip(this.addresses);
    this.introductions = new Introductions(
      (link, bytes) => effects.send(link, bytes, 'control'),
      (link) => effects.waitingBytes(link),
    );
    this.#lastTickMs = nowMs();
  }

  // ---- The operator's wishes ----------------------------------------------------------------------------------

  connect(address: Address): void {
    this.addresses.want(address, this.options.nowMs());
    this.#dialDue();
  }

  linkedAt(address: Address): LinkState | undefined {
    const node = this.addresses.nodeAt(address);
    return node === undefined ? undefined : this.links.to(node);
  }

  disconnect(link: LinkState): void {
    this.addresses.refuse(link.node, link.dialled ? [link.listensAt, link.dialled] : [link.listensAt]);
    this.#hangUp(link.id, 'disconnected');
  }

  stop(): void {
    this.#stopped = true;
    for (const link of this.links.active()) this.#hangUp(link.id, 'shutting-down');
  }

  // ---- Links --------------------------------------------------------------------------------------------------

  linkUp(info: LinkInfo): void {
    const { log, nowMs } = this.options;
    const refusal = this.whyRefused(info);
    if (refusal) {
      this.#hangUp(info.id, refusal);
      log.debug('link refused', { peer: info.name, reason: refusal });
      if (info.dialled && refusal === 'self') this.metSelf(info.dialled);
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

  linkDown(id: LinkId, why: string): void {
    const link = this.links.get(id);
    if (!link) return;
    const wasInUse = this.links.isActive(link);
    const next = this.links.remove(id);
    this.#gossip.forget(id);
    this.introductions.end(id);
    this.events.down(link);
    if (!wasInUse) return;
    if (next) {
      this.#activate(next);
      return;
    }
    this.options.log.info('link down', { peer: link.name, address: addressOf(link), reason: why });
    this.addresses.lost(link.node, this.options.nowMs());
    this.#hasNews = true;
    this.events.neighbourLost();
  }

  /** Notes that a frame came on a link. @returns the link; undefined if it has ended */
  heard(id: LinkId, nowMs: number): LinkState | undefined {
    const link = this.links.get(id);
    if (link) this.#closeDuplicates(this.links.heard(link, nowMs));
    return link;
  }

  /** Notes that a PONG came on a link. */
  answered(link: LinkState): void {
    if (link.pingedAtMs !== undefined) link.roundTripMs = this.options.nowMs() - link.pingedAtMs;
    link.pingedAtMs = undefined;
    link.answeredAtMs = this.options.nowMs();
  }

  // ---- Addresses ----------------------------------------------------------------------------------------------

  probed(address: Address, info: Met): void {
    if (info.node === this.options.identity.node) this.metSelf(address);
    else this.#noteReached(address, info);
  }

  dialFailed(address: Address, why: string): void {
    this.#unreached(address, why, this.addresses.failed(address, this.options.nowMs()));
  }

  /** Notes that a dial led to this server itself, and nowhere else. */
  metSelf(address: Address): void {
    this.#unreached(address, goodbye('self').here, this.addresses.metSelf(address, this.options.nowMs()));
  }

  /** Takes in the addresses of other servers that a neighbour tells. */
  told(addresses: readonly Address[], link: LinkState): void {
    this.#gossip.believe(addresses, link, this.options.nowMs());
  }

  /** Notes that other servers are in reach than before. */
  reachChanged(): void {
    this.#hasNews = true;
  }

  /**
   * Does what time requires: sends PINGs, ends silent links, dials, and tells addresses.
   *
   * @param digests makes the digests of a PING
   * @returns by how many milliseconds this tick is late
   */
  tick(nowMs: number, digests: () => { readonly view: number; readonly interest: number }): number {
    const lateMs = Math.max(0, nowMs - this.#lastTickMs - 2 * limits.peerTickMs);
    this.#lastTickMs = nowMs;
    const { toPing, dead } = this.links.checkSilence(nowMs, lateMs);
    for (const link of toPing) {
      link.pingedAtMs = nowMs;
      this.options.effects.send(link.id, encodePeerFrame({ type: 'ping', ...digests() }), 'control');
    }
    for (const link of dead) {
      this.#hangUp(link.id, 'silent');
      this.linkDown(link.id, goodbye('silent').here);
    }
    this.introductions.goOn();
    this.#dialDue();
    if (this.#hasNews) for (const link of this.links.active()) this.#tellAddresses(link);
    this.#hasNews = false;
    return lateMs;
  }

  /** Why a server that was met may not have a link; undefined if it may. */
  whyRefused({ node, dialled }: Pick<LinkInfo, 'node' | 'dialled'>): ByeReason | undefined {
    if (node === this.options.identity.node) return 'self';
    if (this.#stopped) return 'shutting-down';
    if (dialled && this.addresses.isWanted(dialled)) this.addresses.allow(node);
    if (this.addresses.isRefused(node)) return 'refused';
    if (dialled && this.addresses.isGivenUp(dialled)) return 'refused';
    const mostLinks = this.options.maxLinks ?? limits.links;
    return this.links.size >= mostLinks && !this.links.to(node) ? 'full' : undefined;
  }

  // ---- Inside -------------------------------------------------------------------------------------------------

  #unreached(address: Address, why: string, next: ReturnType<AddressBook['failed']>): void {
    const { effects, log } = this.options;
    const isWanted = this.addresses.isWanted(address);
    const isTold = effects.dialOutcome(address, { ok: false, why, retryMs: next?.retryMs });
    // It is said only once in the log. `peers` shows that the address is still being tried.
    const level = isWanted && !isTold && next?.tries === 1 ? 'warn' : 'debug';
    log[level]('cannot reach server', { address: formatAddress(address.host, address.port), reason: why });
  }

  #noteReached(address: Address, { node, name, listensAt }: Met): void {
    const at = { host: listensAt.host, port: address.port };
    const before = this.addresses.reached(address, node, at);
    if (before !== undefined) this.topology.markReplaced(before);
    this.#hasNews = true;
    this.options.effects.dialOutcome(address, { ok: true, name, at });
  }

  /** Begins to use a link, and tells the other end all that it may not know. */
  #activate(link: LinkState): void {
    this.#gossip.forget(link.id);
    this.options.log.info('link up', {
      peer: link.name,
      address: addressOf(link),
      ...(link.dialled && !isIp(link.dialled.host) && { at: link.listensAt.host }),
      direction: link.dialled ? 'out' : 'in',
    });
    this.events.up(link);
    this.#tellAddresses(link);
  }

  #tellAddresses(link: LinkState): void {
    const view = this.topology.view(this.options.nowMs());
    const addresses = this.#gossip.freshFor(
      link,
      (node) => view.reaches(node) || this.links.to(node) !== undefined,
    );
    if (addresses.length > 0)
      this.options.effects.send(link.id, encodePeerFrame({ type: 'peers', addresses }), 'control');
  }

  #dialDue(): void {
    if (this.#stopped) return;
    for (const dial of this.addresses.due(this.options.nowMs(), this.#neighbourhood()))
      this.options.effects.dial(dial);
  }

  #closeDuplicates(links: readonly LinkState[]): void {
    for (const link of links) this.#hangUp(link.id, 'duplicate');
  }

  #hangUp(link: LinkId, reason: ByeReason): void {
    this.options.effects.hangUp(link, goodbye(reason));
  }

  #neighbourhood() {
    let ownLinks = 0;
    for (const { dialled } of this.links.active())
      if (dialled && !this.addresses.isWanted(dialled)) ownLinks++;
    const view = this.topology.view(this.options.nowMs());
    return {
      ownLinks,
      isLinked: (node: string) => this.links.to(node) !== undefined,
      isReachable: (node: string) => view.reaches(node),
    };
  }
}

function addressOf({ dialled, listensAt }: LinkInfo): string {
  const { host, port } = dialled ?? listensAt;
  return formatAddress(host, port);
}
