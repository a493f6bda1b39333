/**
 * The map of the network: what each server says of its neighbours, and which servers are in reach because of that.
 * [PEERING 4]
 *
 * Each server floods a small advertisement of its neighbours when they change. An edge counts when both its ends claim
 * it, so a dead server is out of reach as soon as its neighbours no longer claim it.
 */
import { limits } from '../../../limits.js';
import type { Advertisement } from '../../../wire/peer-frame.js';
import type { Crypto, Identity } from '../identity.js';
import { Pace } from '../pace.js';
import { Graph } from './graph.js';
import { hashOf, View } from './view.js';

interface Node {
  advert: Advertisement;
  /** The neighbour that told of it first. */
  readonly broughtBy: string;
  /** How often news of it is taken. */
  readonly pace: Pace;
  /** The time since which no path reaches it; undefined while one does. */
  unreachableSinceMs: number | undefined;
  /** Whether a new run of the same server has taken its place, so that it will not come back. */
  replaced: boolean;
  /** Whether clients have been told that its members left. */
  lost: boolean;
}

export interface LostNode {
  readonly node: string;
  readonly name: string;
  /** Why it is gone: completes the sentence 'server beta …'. */
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
  /** How many of the nodes each neighbour told of first. */
  readonly #brought = new Map<string, number>();
  #own: Advertisement;
  #ownNeighbours: ReadonlySet<string> = new Set();
  #toldOfNeighbours = true;
  #view: View;
  #stale = false;
  #changes = 0;
  #reachChanges = 0;
  #viewedAtMs = Number.NEGATIVE_INFINITY;
  /** Nodes in reach again after an outage in which more may have been missed than heads tell of. */
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

  /** The links of this server have changed: its own routes use them at once, and the network is to be told. */
  setNeighbours(neighbours: readonly string[]): void {
    // One link took the place of another, which is no news to anybody.
    if (
      neighbours.length === this.#ownNeighbours.size &&
      neighbours.every((node) => this.#ownNeighbours.has(node))
    )
      return;
    this.#ownNeighbours = new Set(neighbours);
    this.#toldOfNeighbours = false;
    this.#drawOwn();
  }

  /** A number that changes whenever what is known of a server does, unless the server is lost. */
  get changes(): number {
    return this.#changes;
  }

  /** A number that changes whenever a server comes into reach or gets out of it, as of the last view. */
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
   * Takes in another server's advertisement. The next view tells which servers it brings into reach.
   *
   * @param broughtBy the neighbour that sent it
   * @returns whether it was news, and so is to be sent on, and which server had to make room for it; undefined for a
   *   forgery
   */
  accept(
    advert: Advertisement,
    nowMs: number,
    broughtBy = '',
  ): { readonly isNews: boolean; readonly evicted?: LostNode } | undefined {
    if (advert.node === this.#own.node) return { isNews: false };
    const known = this.#nodes.get(advert.node);
    if (known && !isNewer(advert, known.advert)) return { isNews: false };
    // Whoever goes on telling of itself is believed less often; what is passed over is asked for later.
    if (known && !known.pace.mayGo(nowMs)) return { isNews: false };
    const brought = this.#brought.get(broughtBy) ?? 0;
    if (!known && brought >= limits.nodesPerNeighbour) return { isNews: false };
    if (!this.#isGenuine(advert)) return undefined;
    if (known) {
      known.advert = advert;
      this.#draw(advert);
      return { isNews: true };
    }
    const evicted = this.#nodes.size >= limits.nodes ? this.#evict() : undefined;
    if (this.#nodes.size >= limits.nodes) return { isNews: false };
    const pace = new Pace(0, limits.advertsAtOnce, limits.advertsMs);
    const node = { advert, broughtBy, pace, unreachableSinceMs: nowMs, replaced: false, lost: false };
    this.#brought.set(broughtBy, brought + 1);
    this.#nodes.set(advert.node, node);
    this.#unreachable.set(advert.node, node);
    this.#draw(advert);
    return evicted ? { isNews: true, evicted } : { isNews: true };
  }

  /** The map as it is now; if it changes often, as it was at most `limits.viewMs` ago. */
  view(nowMs: number): View {
    if (this.#stale && nowMs - this.#viewedAtMs >= limits.viewMs) this.#renew(nowMs);
    return this.#view;
  }

  /** The map as it is now, computed anew if anything has changed. */
  freshView(nowMs: number): View {
    if (this.#stale) this.#renew(nowMs);
    return this.#view;
  }

  /** Whether a node is known and not lost. It may be out of reach for a moment. */
  isPresent(node: string): boolean {
    return this.#nodes.get(node)?.lost === false;
  }

  advertOf(node: string): Advertisement | undefined {
    return node === this.#own.node ? this.#own : this.#nodes.get(node)?.advert;
  }

  /** The advertisements of all other servers that are not lost, also of those out of reach for a moment. */
  *presentAdverts(): Iterable<Advertisement> {
    for (const { advert, lost } of this.#nodes.values()) if (!lost) yield advert;
  }

  /** All other servers that are not lost. */
  *knownServers(): Iterable<KnownServer> {
    for (const [node, { advert, unreachableSinceMs, lost }] of this.#nodes) {
      if (!lost) yield { node, name: advert.name, neighbours: advert.neighbours, unreachableSinceMs };
    }
  }

  /** Notes that a new run of a server has taken the place of this one, which will not come back. */
  markReplaced(id: string): void {
    const node = this.#nodes.get(id);
    if (node) node.replaced = node.unreachableSinceMs !== undefined;
  }

  /** Nodes that have been out of reach for too long or will not come back; each is returned once. */
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

  /** Nodes that are in reach again after a long outage, whether or not they had been lost. */
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
    // A change that has not been told yet makes this view differ from everybody else's.
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
    const broughtBy = this.#nodes.get(node)?.broughtBy ?? '';
    const brought = (this.#brought.get(broughtBy) ?? 0) - 1;
    if (brought > 0) this.#brought.set(broughtBy, brought);
    else this.#brought.delete(broughtBy);
    this.#nodes.delete(node);
    this.#unreachable.delete(node);
    this.#graph.remove(node);
  }

  /** Makes room: forgets the server that has been out of reach for longest. */
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

/**
 * Whether one of two advertisements with the same version counts. Only a broken server signs two; the greater text
 * counts, so that all servers believe the same.
 */
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
