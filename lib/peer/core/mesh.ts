/**
 * The mesh is the network of servers as one of them sees it, and a pure state machine. Events and the time go in
 * through its methods, and effects come out through `MeshEffects`; it has no socket, no clock and no randomness of its
 * own. [PEERING 1]
 *
 * This file only joins its parts: `Neighbours` (links and dialling), `Topology` (the map), `Reconciler` (what all
 * servers know alike), `Exchange` and `Repair` (streams), `Asks` (joining), `Names` and `Directs` (users).
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../limits.js';
import type { ChannelElsewhere, DirectOutcome, Network } from '../../network.js';
import type { Address } from '../../wire/address.js';
import type { ChannelEvent, DirectMessage, Presence } from '../../wire/messages.js';
import { encodePeerFrame, type PeerFrame } from '../../wire/peer-frame.js';
import type { Published } from '../../wire/published.js';
import { Answers } from './answers.js';
import { Inbox } from './inbox.js';
import type { LinkId, LinkInfo, LinkState } from './links/link-table.js';
import { Neighbours } from './links/neighbours.js';
import { Interests } from './map/interest.js';
import { OwnInterest } from './map/own-interest.js';
import { Reconciler } from './map/reconciler.js';
import { Routes } from './map/routes.js';
import { type LostNode, Topology } from './map/topology.js';
import type { View } from './map/view.js';
import type { MeshOptions, Urgency } from './mesh-options.js';
import { Pace } from './pace.js';
import { Post } from './post.js';
import { Prices } from './prices.js';
import { Asks } from './streams/asks.js';
import { Exchange } from './streams/exchange.js';
import { Repair } from './streams/repair.js';
import { Directs } from './users/directs.js';
import { NameRing } from './users/name-ring.js';
import { Names } from './users/names.js';

export class Mesh implements Network {
  readonly neighbours: Neighbours;
  readonly topology: Topology;
  readonly interests: Interests;
  readonly exchange: Exchange;
  readonly repair: Repair;
  readonly post: Post;
  readonly #ownInterest: OwnInterest;
  readonly #reconciler: Reconciler;
  readonly #answers: Answers;
  /** Answers that consist of events. They have shares of their own. */
  readonly #resends: Answers;
  readonly #asks: Asks;
  readonly #names: Names;
  readonly #directs: Directs;
  readonly #inbox: Inbox;
  readonly #prices = new Prices();
  readonly #ownNode: string;
  readonly #pace = new Pace(limits.advertiseMs, limits.advertiseBurst, limits.advertiseSustainedMs);
  #viewDigest = -1;
  #reachChanges = -1;
  #stopped = false;

  constructor(private readonly options: MeshOptions) {
    const { identity, crypto, name, effects, receiver, log } = options;
    this.#ownNode = identity.node;
    this.topology = new Topology(identity, crypto, name);
    this.interests = new Interests(crypto, (node, channel, interested) =>
      this.#audienceChanged(node, channel, interested),
    );
    this.#ownInterest = new OwnInterest(identity, crypto);
    this.neighbours = new Neighbours(options, this.topology, {
      up: (link) => {
        const isAdvertised = this.#neighboursChanged();
        this.#reconciler.greet(link, isAdvertised);
      },
      down: (link) => this.#reconciler.forgetLink(link),
      neighbourLost: () => this.#neighboursChanged(),
    });
    const routes = new Routes(this.interests);
    this.post = new Post({
      ownNode: this.#ownNode,
      links: this.neighbours.links,
      routes,
      topology: this.topology,
      nowMs: options.nowMs,
      effects,
      receiveOwn: (inner) => this.#inbox.receiveFrom(this.#ownNode, inner, this.#nowMs()),
    });
    const sendTo = (node: string, inner: Buffer): void => this.post.toServer(node, inner, 'control');
    const reaches = (node: string): boolean => node === this.#ownNode || this.#view().reaches(node);
    const answersBy = (urgency: Urgency): Answers =>
      new Answers({
        ownNode: this.#ownNode,
        reaches,
        sendTo: (node, inner) => this.post.toServer(node, inner, urgency),
        nowMs: options.nowMs,
      });
    this.#answers = answersBy('control');
    this.#resends = answersBy('data');
    this.exchange = new Exchange({
      ownNode: this.#ownNode,
      topology: this.topology,
      interests: this.interests,
      ownInterest: this.#ownInterest,
      post: this.post,
      receiver,
      synced: (stream) => this.#asks.settled(stream),
      log,
    });
    this.repair = new Repair(this.#ownNode, this.exchange, this.interests, routes, {
      sendTo,
      answer: (node, make) => this.#answers.send(node, make),
      resend: (node, make) => this.#resends.send(node, make),
      sendToNeighbour: (node, bytes) => this.post.toNeighbour(node, bytes, 'control'),
      neighbours: () => this.neighbours.links.neighbours(),
    });
    this.#asks = new Asks(
      this.exchange,
      this.interests,
      (node) => this.topology.isPresent(node),
      sendTo,
      this.#answers,
    );
    this.#names = new Names({
      ownNode: this.#ownNode,
      sendTo,
      answers: this.#answers,
      reaches,
      nameLost: (...lost) => receiver.nameLost(...lost),
    });
    this.#directs = new Directs({
      ownNode: this.#ownNode,
      names: this.#names,
      sendTo,
      answers: this.#answers,
      reaches,
      deliver: (message) => receiver.deliverDirect(message),
    });
    this.#reconciler = new Reconciler({
      ownNode: this.#ownNode,
      topology: this.topology,
      interests: this.interests,
      ownInterest: this.#ownInterest,
      introductions: this.neighbours.introductions,
      send: (link, bytes) => this.post.toLink(link, bytes),
      links: () => this.neighbours.links.active(),
      evicted: (lost) => this.#forget(lost),
    });
    this.#inbox = new Inbox({
      ownNode: this.#ownNode,
      neighbours: this.neighbours,
      reconciler: this.#reconciler,
      exchange: this.exchange,
      repair: this.repair,
      asks: this.#asks,
      names: this.#names,
      directs: this.#directs,
      post: this.post,
      view: () => this.#view(),
      log,
    });
  }

  // ---- The operator's wishes ----------------------------------------------------------------------------------

  /** Makes a link to an address, and makes it again whenever it is lost. */
  connect(address: Address): void {
    this.neighbours.connect(address);
  }

  /** The link to an address, if there is one now. */
  linkedAt(address: Address): LinkState | undefined {
    return this.neighbours.linkedAt(address);
  }

  /** Ends a link. Until `connect`, it is not made again, and not accepted from the other end either. */
  disconnect(link: LinkState): void {
    this.neighbours.disconnect(link);
  }

  /** Tells the network that this server is going down, and ends all links. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.post.toAllNeighbours(encodePeerFrame(this.topology.advertise(true)));
    this.neighbours.stop();
  }

  // ---- What the relay says and asks ---------------------------------------------------------------------------

  noteMember(event: Presence): void {
    this.exchange.noteMember(event, this.#nowMs());
  }

  publish(channel: string, events: readonly Published<ChannelEvent>[]): void {
    this.exchange.publish(channel, events, this.#nowMs());
  }

  /** Gets a channel ready for a member here; calls `done` when its members are known, or after a while. */
  prepare(channel: string, done: () => void): void {
    const nowMs = this.#nowMs();
    this.#ownInterest.raise(channel, nowMs);
    this.#reconciler.tick(nowMs);
    this.#asks.prepare(channel, this.topology.freshView(nowMs), nowMs, done);
  }

  membersElsewhere(channel: string): Iterable<string> {
    return this.exchange.rosters.namesExceptAt(this.#ownNode, channel);
  }

  isElsewhere(channel: string): boolean {
    return this.interests.count(channel, (node) => this.topology.isPresent(node)) > 0;
  }

  channelsElsewhere(): ReadonlyMap<string, ChannelElsewhere> {
    return this.interests.channels((node) => this.topology.isPresent(node));
  }

  /** Claims a name in the whole network, and tells `done` whether it is granted. */
  claimName(nameKey: string, sinceMs: number, done: (granted: boolean) => void): void {
    const nowMs = this.#nowMs();
    // The keeper is found by the newest map, because another server that claims the name asks that keeper too.
    this.#noteView(this.topology.freshView(nowMs), nowMs);
    this.#names.claim(nameKey, sinceMs, nowMs, done);
  }

  releaseName(nameKey: string): void {
    this.#names.release(nameKey);
  }

  sendDirect(message: DirectMessage, done: (outcome: DirectOutcome) => void): void {
    this.#directs.send(message, this.#nowMs(), done);
  }

  // ---- What happens on links ----------------------------------------------------------------------------------

  /** Takes a connection whose ends have both said who they are. It becomes a link, or is refused and closed. */
  linkUp(info: LinkInfo): void {
    this.neighbours.linkUp(info);
  }

  /** Notes that a dial or a probe met a server at an address, without becoming a link. */
  probed(address: Address, met: Pick<LinkInfo, 'node' | 'name' | 'listensAt'>): void {
    this.neighbours.probed(address, met);
  }

  /** Notes that a dial or a probe failed, or that the other end refused. */
  dialFailed(address: Address, why: string): void {
    this.neighbours.dialFailed(address, why);
  }

  /**
   * Receives a frame that came on a link.
   *
   * @param bytes the whole frame
   * @throws PeerProtocolError if the other end broke the protocol, for which the link is to be ended
   */
  frame(id: LinkId, frame: PeerFrame, bytes: Buffer): void {
    const nowMs = this.#nowMs();
    const link = this.neighbours.heard(id, nowMs);
    if (!link) return;
    const restMs = this.#prices.charge(id, frame, nowMs);
    if (restMs !== undefined) this.options.effects.rest(id, restMs);
    this.#inbox.receive(frame, link, bytes, nowMs);
  }

  /** Notes that a link has ended, from either side. */
  linkDown(id: LinkId, why: string): void {
    this.#prices.forgetLink(id);
    this.neighbours.linkDown(id, why);
  }

  /** Notes that a link has room again for what waits to be sent. */
  linkDrained(id: LinkId): void {
    this.neighbours.introductions.goOn(id);
  }

  /** Looks at every deadline. To be called each `limits.peerTickMs`. */
  tick(): void {
    if (this.#stopped) return;
    const nowMs = this.#nowMs();
    const lateMs = this.neighbours.tick(nowMs, () => this.#reconciler.digests());
    if (lateMs >= limits.longOutageMs) this.exchange.wasHeldUp(nowMs);
    this.#advertise(nowMs);
    const view = this.topology.freshView(nowMs);
    this.#noteView(view, nowMs);
    this.#reconciler.tick(nowMs);
    this.exchange.tick(nowMs);
    this.repair.tick(view, nowMs);
    this.#asks.tick(view, nowMs);
    this.#names.tick(nowMs);
    this.#directs.tick(nowMs);
    for (const channel of this.#ownInterest.takeIdle(nowMs)) this.exchange.closeStreams(channel);
    for (const lost of this.topology.takeLost(nowMs)) this.#lose(lost);
    for (const node of this.topology.takeReturned()) this.exchange.nodeReturned(node, nowMs);
    for (const node of this.topology.forgetOld(nowMs)) this.#forgetNode(node);
  }

  // ---- Inside -------------------------------------------------------------------------------------------------

  /** Takes the neighbours into the map. @returns whether all neighbours were told of the change */
  #neighboursChanged(): boolean {
    this.topology.setNeighbours([...this.neighbours.links.neighbours()]);
    return this.#advertise(this.#nowMs());
  }

  /** Tells all neighbours what is new about this server, if it is time. @returns whether they were told */
  #advertise(nowMs: number): boolean {
    if (this.#stopped || !this.topology.hasNews || !this.#pace.mayGo(nowMs)) return false;
    this.post.toAllNeighbours(encodePeerFrame(this.topology.advertise(false)));
    return true;
  }

  /** Notes that routes may have changed, if the map has. */
  #noteView(view: View, nowMs: number): void {
    if (view.digest === this.#viewDigest) return;
    this.#viewDigest = view.digest;
    this.repair.viewChanged(nowMs);
    if (this.topology.reachChanges === this.#reachChanges) return;
    this.#reachChanges = this.topology.reachChanges;
    this.#names.ringChanged(new NameRing(view.nodes()));
    this.neighbours.reachChanged();
  }

  #audienceChanged(node: string, channel: string, interested: boolean): void {
    const nowMs = this.#nowMs();
    this.exchange.audienceChanged(node, channel, interested, nowMs);
    if (interested) this.#asks.becameInterested(node, channel, nowMs);
    else this.#asks.settled({ origin: node, channel });
  }

  #lose({ node, name, cause }: LostNode): void {
    this.options.log.info('server gone', { server: name, cause });
    this.exchange.nodeLost(node, name, cause, this.#nowMs());
  }

  #forget(evicted: LostNode): void {
    this.#lose(evicted);
    this.#forgetNode(evicted.node);
  }

  #forgetNode(node: string): void {
    this.exchange.rememberStreams(node);
    this.interests.forget(node);
    this.exchange.forgetNode(node);
    this.#reconciler.forgetNode(node);
    this.#asks.forgetNode(node);
    this.#answers.forgetNode(node);
    this.#resends.forgetNode(node);
    this.#names.forgetNode(node);
    this.#directs.forgetNode(node);
  }

  #view(): View {
    return this.topology.view(this.#nowMs());
  }

  #nowMs(): number {
    return this.options.nowMs();
  }
}
