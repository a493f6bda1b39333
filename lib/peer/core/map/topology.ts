/**
 * The map of the network: what each server says of its neighbours, and whom that leaves in reach. [PEERING 4]
 *
 * Each server floods a small advertisement of its neighbours when they change. An edge counts when both its ends
 * claim it, so a dead server is out of reach as soon as its neighbours no longer claim it.
 */
import { limits } from '../../../limits.js';
import type { Advertisement } from '../../../wire/peer-frame.js';
import type { Crypto, Identity } from '../identity.js';
import { Graph } from './graph.js';
import { hashOf, View } from './view.js';

interface Node {
  advert: Advertisement;
  /** Since when no path reaches it; undefined while one does. */
  unreachableSinceMs: number | undefined;
  /** A new run of the same server answers where it used to: it will not come back. */
  replaced: boolean;
  /** Its members have been told to have left. */
  lost: boolean;
}

export interface LostNode {
  readonly node: string;
  readonly name: string;
  /** Completes 'server beta …'. */
  readonly cause: string;
}

/** What is known of a server, for the operator. */
export interface KnownServer {
  readonly node: string;
  readonly name: string;
  readonly neighbours: readonly string[];
  /** Undefined while a path reaches it. */
  readonly unreachableSinceMs: number | undefined;
}

export class Topology {
  readonly #nodes = new Map<string, Node>();
  /** Nodes that no path reaches. */
  readonly #unreachable = new Map<string, Node>();
  readonly #graph = new Graph();
  #own: Advertisement;
  #ownNeighbours: ReadonlySet<string> = new Set();
  #toldOfNeighbours = true;
  #view: View;
  #stale = false;
  #changes = 0;
  #reachChanges = 0;
  #viewedAtMs = Number.NEGATIVE_INFINITY;
  /** In reach again after an outage in which more may have been missed than heads tell of. */
  readonly #returned = new Set<string>();

  constructor(
    private readonly identity: Identity,
    private readonly crypto: Crypto,
    name: string,
  ) {
    this.#own = this.#sign({ version: 0, name, neighbours: [], leaving: false });
    this.#drawOwn();
    this.#view = new View(this.#graph, this.#own.node);
  }

  get own(): Advertisement {
    return this.#own;
  }

  /** The links of this server are others now: its own ways go by them at once, and the network is to be told. */
  setNeighbours(neighbours: readonly string[]): void {
    // One link took the place of another: that is nobody's news.
    if (
      neighbours.length === this.#ownNeighbours.size &&
      neighbours.every((node) => this.#ownNeighbours.has(node))
    )
      return;
    this.#ownNeighbours = new Set(neighbours);
    this.#toldOfNeighbours = false;
    this.#drawOwn();
  }

  /** Changes whenever what is known of any server that is not lost does. */
  get changes(): number {
    return this.#changes;
  }

  /** Changes whenever a server comes into reach, or gets out of it, as of the last view. */
  get reachChanges(): number {
    return this.#reachChanges;
  }

  /** Whether the network has yet to be told of this server's neighbours. */
  get hasNews(): boolean {
    return !this.#toldOfNeighbours;
  }

  /** Makes the next advertisement of this server itself. */
  advertise(leaving: boolean): Advertisement {
    const { version, name } = this.#own;
    const neighbours = leaving ? [] : [...this.#ownNeighbours].sort();
    this.#own = this.#sign({ version: version + 1, name, neighbours, leaving });
    this.#toldOfNeighbours = true;
    this.#drawOwn();
    this.#changes++;
    return this.#own;
  }

  /**
   * Takes in what another server says of itself. Whom that brings into reach, the next view tells.
   *
   * @returns whether it was news, and so is to be sent on; and who had to make room for it. Undefined for a forgery.
   */
  accept(
    advert: Advertisement,
    nowMs: number,
  ): { readonly isNews: boolean; readonly evicted?: LostNode } | undefined {
    if (advert.node === this.#own.node) return { isNews: false };
    const known = this.#nodes.get(advert.node);
    if (known && !isNewer(advert, known.advert)) return { isNews: false };
    if (!this.#isGenuine(advert)) return undefined;
    if (known) {
      known.advert = advert;
      this.#draw(advert);
      return { isNews: true };
    }
    const evicted = this.#nodes.size >= limits.nodes ? this.#evict() : undefined;
    if (this.#nodes.size >= limits.nodes) return { isNews: false };
    const node = { advert, unreachableSinceMs: nowMs, replaced: false, lost: false };
    this.#nodes.set(advert.node, node);
    this.#unreachable.set(advert.node, node);
    this.#draw(advert);
    return evicted ? { isNews: true, evicted } : { isNews: true };
  }

  /** The map as it is now; of many changes in a row, as it was up to `limits.viewMs` ago. */
  view(nowMs: number): View {
    if (this.#stale && nowMs - this.#viewedAtMs >= limits.viewMs) this.#renew(nowMs);
    return this.#view;
  }

  /** The map as it is now, whatever it costs. */
  freshView(nowMs: number): View {
    if (this.#stale) this.#renew(nowMs);
    return this.#view;
  }

  /** Whether a node is known and not lost; it may be out of reach for a moment. */
  isPresent(node: string): boolean {
    return this.#nodes.get(node)?.lost === false;
  }

  advertOf(node: string): Advertisement | undefined {
    return node === this.#own.node ? this.#own : this.#nodes.get(node)?.advert;
  }

  /** Advertisements of all others that are not lost; one that is out of reach only for a moment counts. */
  *presentAdverts(): Iterable<Advertisement> {
    for (const { advert, lost } of this.#nodes.values()) if (!lost) yield advert;
  }

  /** All other servers that are not lost. */
  *knownServers(): Iterable<KnownServer> {
    for (const [node, { advert, unreachableSinceMs, lost }] of this.#nodes) {
      if (!lost) yield { node, name: advert.name, neighbours: advert.neighbours, unreachableSinceMs };
    }
  }

  /** A new run of a server answers where this one used to: the old one will not come back. */
  markReplaced(id: string): void {
    const node = this.#nodes.get(id);
    if (node) node.replaced = node.unreachableSinceMs !== undefined;
  }

  /** Nodes that were out of reach for too long, or will not come back; each is returned once. */
  takeLost(nowMs: number): LostNode[] {
    const lost: LostNode[] = [];
    for (const [id, node] of this.#unreachable) {
      if (node.lost) continue;
      const isCertain = node.advert.leaving || node.replaced;
      if (!isCertain && nowMs - (node.unreachableSinceMs ?? nowMs) < limits.lostAfterMs) continue;
      node.lost = true;
      this.#changes++;
      lost.push({ node: id, name: node.advert.name, cause: causeOf(node) });
    }
    return lost;
  }

  /** Nodes that are in reach again after a long outage, whether they had been lost or not. */
  takeReturned(): string[] {
    const returned = [...this.#returned];
    this.#returned.clear();
    return returned;
  }

  /** Forgets nodes that have been out of reach for very long, and returns them. */
  forgetOld(nowMs: number): string[] {
    const old: string[] = [];
    for (const [id, { unreachableSinceMs }] of this.#unreachable) {
      if (nowMs - (unreachableSinceMs ?? nowMs) > limits.forgetNodeMs) old.push(id);
    }
    for (const id of old) this.#drop(id);
    return old;
  }

  #renew(nowMs: number): void {
    this.#stale = false;
    this.#viewedAtMs = nowMs;
    this.#view = new View(this.#graph, this.#own.node);
    for (const [id, node] of this.#nodes) {
      const wasReached = node.unreachableSinceMs === undefined;
      if (this.#view.reaches(id) === wasReached) continue;
      this.#reachChanges++;
      if (wasReached) this.#getsOutOfReach(id, node, nowMs);
      else this.#comesIntoReach(id, node, nowMs);
    }
  }

  #comesIntoReach(id: string, node: Node, nowMs: number): void {
    const sinceMs = node.unreachableSinceMs ?? nowMs;
    if (nowMs - sinceMs >= limits.longOutageMs) this.#returned.add(id);
    node.unreachableSinceMs = undefined;
    node.replaced = false;
    if (node.lost) this.#changes++;
    node.lost = false;
    this.#unreachable.delete(id);
  }

  #getsOutOfReach(id: string, node: Node, nowMs: number): void {
    node.unreachableSinceMs = nowMs;
    this.#unreachable.set(id, node);
  }

  #drawOwn(): void {
    // What is not told yet makes this view another than everybody else's.
    const version = this.#own.version + (this.#toldOfNeighbours ? 0 : 1);
    const { node } = this.#own;
    this.#graph.set(node, { hash: hashOf(node, version), neighbours: this.#ownNeighbours });
    this.#stale = true;
  }

  #draw({ node, version, neighbours, leaving }: Advertisement): void {
    this.#graph.set(node, {
      hash: hashOf(node, version),
      neighbours: new Set(leaving ? [] : neighbours),
    });
    this.#stale = true;
    this.#changes++;
  }

  #sign(said: Pick<Advertisement, 'version' | 'name' | 'neighbours' | 'leaving'>): Advertisement {
    const { node, publicKey } = this.identity;
    const unsigned = { type: 'advert', node, key: publicKey, ...said } as const;
    return { ...unsigned, signature: this.identity.sign(signedText(unsigned)) };
  }

  #isGenuine(advert: Advertisement): boolean {
    const { node, key, signature } = advert;
    return this.crypto.nodeOf(key) === node && this.crypto.verify(key, signedText(advert), signature);
  }

  #drop(node: string): void {
    this.#changes++;
    this.#nodes.delete(node);
    this.#unreachable.delete(node);
    this.#graph.remove(node);
  }

  /** Makes room: the server that is out of reach for longest goes. */
  #evict(): LostNode | undefined {
    let oldest: [string, Node] | undefined;
    for (const entry of this.#unreachable) {
      const [since, best] = [entry[1].unreachableSinceMs ?? 0, oldest?.[1].unreachableSinceMs];
      if (best === undefined || since < best) oldest = entry;
    }
    if (!oldest) return undefined;
    const [node, { advert }] = oldest;
    this.#drop(node);
    return { node, name: advert.name, cause: 'was lost' };
  }
}

/** A server that signs two things under one version is broken; so that all believe the same, the greater one counts. */
function isNewer(advert: Advertisement, known: Advertisement): boolean {
  if (advert.version !== known.version) return advert.version > known.version;
  if (advert.signature === known.signature) return false;
  return signedText(advert) > signedText(known);
}

function signedText({ node, version, name, neighbours, leaving }: Omit<Advertisement, 'signature'>): string {
  return JSON.stringify(['hearsay advert', node, version, name, neighbours, leaving]);
}

function causeOf({ advert, replaced }: Node): string {
  if (advert.leaving) return 'shut down';
  return replaced ? 'was restarted' : 'was lost';
}
