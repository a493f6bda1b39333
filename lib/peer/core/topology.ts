/**
 * The map of the network: what each server says of its neighbours, and whom that leaves in reach. [PEERING 4]
 *
 * Each server floods a small advertisement of its neighbours when they change. An edge counts when both its ends
 * claim it, so a dead server is out of reach as soon as its neighbours no longer claim it.
 */
import { limits } from '../../limits.js';
import type { Advertisement } from '../../wire/peer-frame.js';

interface Node {
  advert: Advertisement;
  neighbours: ReadonlySet<string>;
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

export class Topology {
  readonly #nodes = new Map<string, Node>();
  #own: Advertisement;

  constructor(node: string, name: string) {
    this.#own = { type: 'advert', node, version: 0, name, neighbours: [], leaving: false };
  }

  get own(): Advertisement {
    return this.#own;
  }

  /** Makes the next advertisement of this server itself. */
  advertise(neighbours: readonly string[], leaving: boolean): Advertisement {
    this.#own = { ...this.#own, version: this.#own.version + 1, neighbours: [...neighbours], leaving };
    return this.#own;
  }

  /**
   * Takes in what another server says of itself. Whether that brings it into reach is seen by `recompute`.
   *
   * @returns whether it was news, and so is to be sent on; and who had to make room for it
   */
  accept(advert: Advertisement, nowMs: number): { readonly isNews: boolean; readonly evicted?: LostNode } {
    if (advert.node === this.#own.node) return { isNews: false };
    const neighbours = new Set(advert.neighbours);
    const known = this.#nodes.get(advert.node);
    if (known) {
      if (advert.version <= known.advert.version) return { isNews: false };
      Object.assign(known, { advert, neighbours });
      return { isNews: true };
    }
    const evicted = this.#nodes.size >= limits.nodes ? this.#evict() : undefined;
    if (this.#nodes.size >= limits.nodes) return { isNews: false };
    this.#nodes.set(advert.node, {
      advert,
      neighbours,
      unreachableSinceMs: nowMs,
      replaced: false,
      lost: false,
    });
    return evicted ? { isNews: true, evicted } : { isNews: true };
  }

  /** Whether a node is known and not lost; it may be out of reach for a moment. */
  isPresent(node: string): boolean {
    return this.#nodes.get(node)?.lost === false;
  }

  nameOf(node: string): string {
    return node === this.#own.node
      ? this.#own.name
      : (this.#nodes.get(node)?.advert.name ?? node.slice(0, 8));
  }

  isReachable(node: string): boolean {
    const known = this.#nodes.get(node);
    return known !== undefined && known.unreachableSinceMs === undefined;
  }

  /** How many other servers are in reach. */
  get reachableCount(): number {
    let count = 0;
    for (const { unreachableSinceMs } of this.#nodes.values()) if (unreachableSinceMs === undefined) count++;
    return count;
  }

  /** Advertisements of all that are not lost; one that is out of reach only for a moment counts. */
  presentAdverts(): Advertisement[] {
    return [...this.#nodes.values()].filter(({ lost }) => !lost).map(({ advert }) => advert);
  }

  /** All other servers known, those that are lost too; for who draws the map. */
  *known(): Iterable<{
    readonly advert: Advertisement;
    /** Since when no path reaches it; undefined while one does. */
    readonly unreachableSinceMs: number | undefined;
  }> {
    yield* this.#nodes.values();
  }

  /**
   * Looks anew who is in reach: a breadth-first search from this server along edges that both ends claim.
   *
   * @param neighbours nodes this server has a link with; they are in reach whatever they claim
   * @returns nodes that had been lost and are in reach again
   */
  recompute(neighbours: readonly string[], nowMs: number): string[] {
    const returned: string[] = [];
    const reached = new Set(neighbours);
    for (const id of reached) {
      for (const next of this.#nodes.get(id)?.neighbours ?? []) {
        if (this.#nodes.get(next)?.neighbours.has(id)) reached.add(next);
      }
    }
    for (const [id, node] of this.#nodes) {
      if (reached.has(id) && !node.advert.leaving) {
        if (node.lost) returned.push(id);
        node.unreachableSinceMs = undefined;
        node.replaced = false;
        node.lost = false;
      } else {
        node.unreachableSinceMs ??= nowMs;
      }
    }
    return returned;
  }

  /** A new run of a server answers where this one used to: the old one will not come back. */
  markReplaced(id: string): void {
    const node = this.#nodes.get(id);
    if (node) node.replaced = node.unreachableSinceMs !== undefined;
  }

  /** Nodes that were out of reach for too long, or will not come back; each is returned once. */
  takeLost(nowMs: number): LostNode[] {
    const lost: LostNode[] = [];
    for (const [id, node] of this.#nodes) {
      if (node.lost || node.unreachableSinceMs === undefined) continue;
      const isCertain = node.advert.leaving || node.replaced;
      if (!isCertain && nowMs - node.unreachableSinceMs < limits.lostAfterMs) continue;
      node.lost = true;
      lost.push({ node: id, name: node.advert.name, cause: causeOf(node) });
    }
    return lost;
  }

  /** Forgets nodes that have been out of reach for very long, and returns them. */
  forgetOld(nowMs: number): string[] {
    const old = [...this.#nodes]
      .filter(([, node]) => nowMs - (node.unreachableSinceMs ?? nowMs) > limits.forgetNodeMs)
      .map(([id]) => id);
    for (const id of old) this.#nodes.delete(id);
    return old;
  }

  /** Makes room: the server that is out of reach for longest goes. */
  #evict(): LostNode | undefined {
    let oldest: [string, Node] | undefined;
    for (const entry of this.#nodes) {
      const since = entry[1].unreachableSinceMs;
      if (since !== undefined && since < (oldest?.[1].unreachableSinceMs ?? Number.POSITIVE_INFINITY))
        oldest = entry;
    }
    if (!oldest) return undefined;
    const [node, { advert }] = oldest;
    this.#nodes.delete(node);
    return { node, name: advert.name, cause: 'was lost' };
  }
}

function causeOf({ advert, replaced }: Node): string {
  if (advert.leaving) return 'shut down';
  return replaced ? 'was restarted' : 'was lost';
}
