/**
 * What a server makes of the map at a moment: which servers are in reach, by which routes, and a digest that shows two
 * servers whether they see the same. [PEERING 5]
 */
import type { Graph, Vertex } from './graph.js';
import { none, shortestPaths, type Tree } from './shortest-paths.js';

/** The modulus of digests, which are sums of hashes: what a frame can carry. */
const digestModulus = 2 ** 48;

export class View {
  /** This server's place in the graph. */
  readonly own: number;
  readonly digest: number;
  readonly #vertices: readonly Vertex[];
  readonly #ways: Tree;
  /** The parents in the trees of other servers, which are kept once computed. */
  readonly #parents = new Map<number, Int32Array>();
  /** For each place, the neighbour of this server by which it is reached. */
  #firstHops: (string | undefined)[] | undefined;

  /** @param ownNode this server, which must be in the graph */
  constructor(
    private readonly graph: Graph,
    ownNode: string,
  ) {
    this.own = graph.placeOf(ownNode) ?? none;
    this.#vertices = graph.vertices();
    this.#ways = shortestPaths(this.#vertices, this.own);
    let digest = 0;
    for (const place of this.#ways.reached) digest = addToDigest(digest, this.#vertices[place]?.hash ?? 0);
    this.digest = digest;
  }

  /** How many servers there are in reach, this one included. */
  get size(): number {
    return this.#ways.reached.length;
  }

  /** A number above all places. */
  get places(): number {
    return this.#vertices.length;
  }

  /** The servers in reach, this one included. */
  *nodes(): Iterable<string> {
    for (const place of this.#ways.reached) yield this.#vertices[place]?.node ?? '';
  }

  /** The place of a server in reach. */
  placeOf(node: string): number | undefined {
    const place = this.graph.placeOf(node);
    // A server that came after this view was made has the place of one that was out of reach, or a new one.
    return place === undefined || (this.#ways.distances[place] ?? none) === none ? undefined : place;
  }

  nodeAt(place: number): string | undefined {
    return this.#vertices[place]?.node;
  }

  reaches(node: string): boolean {
    return this.placeOf(node) !== undefined;
  }

  /** How many links away a server is; undefined when no path reaches it. */
  distanceTo(node: string): number | undefined {
    const place = this.placeOf(node);
    return place === undefined ? undefined : this.#ways.distances[place];
  }

  /** The place of each server's parent in the tree of shortest paths from a root in reach; -1 for the root. */
  parentsFrom(root: number): Int32Array {
    if (root === this.own) return this.#ways.parents;
    let parents = this.#parents.get(root);
    if (!parents) {
      parents = shortestPaths(this.#vertices, root).parents;
      this.#parents.set(root, parents);
    }
    return parents;
  }

  /** The neighbour by which a server is reached. */
  firstHopTo(node: string): string | undefined {
    const place = this.placeOf(node);
    this.#firstHops ??= this.#findFirstHops();
    return place === undefined ? undefined : this.#firstHops[place];
  }

  #findFirstHops(): (string | undefined)[] {
    const { reached, parents } = this.#ways;
    const hops: (string | undefined)[] = new Array(this.places);
    for (const place of reached) {
      const parent = parents[place] ?? none;
      if (place !== this.own) hops[place] = parent === this.own ? this.nodeAt(place) : hops[parent];
    }
    return hops;
  }
}

/** Adds a hash to a digest. The order of additions makes no difference. */
export function addToDigest(digest: number, hash: number): number {
  return (digest + hash) % digestModulus;
}

/**
 * A hash of 48 bits, of the first 64 bits of a node id (a hash already) and a version. It need not withstand attacks:
 * nobody gains by a collision.
 */
export function hashOf(node: string, version: number): number {
  const low = mix(Number.parseInt(node.slice(0, 8), 16) ^ mix(version));
  const high = mix(Number.parseInt(node.slice(8, 16), 16) ^ low);
  return (high >>> 16) * 2 ** 32 + low;
}

/** Spreads each of 32 bits over all. (The last steps of MurmurHash3, by Austin Appleby) */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
