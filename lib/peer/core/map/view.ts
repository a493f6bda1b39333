/**
 * What a server makes of the map at a moment: who is in reach, by which ways, and a digest by which two servers know
 * that they see the same. [PEERING 5]
 */
import type { Graph, Vertex } from './graph.js';
import { none, shortestPaths, type Tree } from './shortest-paths.js';

/** Digests are sums of hashes, kept within what a frame carries. */
const digestModulus = 2 ** 48;

export class View {
  /** This server's place in the graph. */
  readonly own: number;
  readonly digest: number;
  readonly #vertices: readonly Vertex[];
  readonly #ways: Tree;
  /** The parents in the trees of other servers. */
  readonly #parents = new Map<number, Int32Array>();
  /** For each place, by which neighbour of this server to reach it. */
  #firstHops: (string | undefined)[] | undefined;

  /** @param ownNode this server, which the graph has */
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

  /** How many places there are: all are below this. */
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
    // A server that came after this look at the map has a place of somebody out of reach, or none that was there.
    return place === undefined || (this.#ways.distances[place] ?? none) === none ? undefined : place;
  }

  nodeAt(place: number): string | undefined {
    return this.#vertices[place]?.node;
  }

  reaches(node: string): boolean {
    return this.placeOf(node) !== undefined;
  }

  /** Links on the way to a server; undefined when no path reaches it. */
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

/** Digests of the same things are the same, in whatever order they were added. */
export function addToDigest(digest: number, hash: number): number {
  return (digest + hash) % digestModulus;
}

/** 48 bits of the first 64 of a node id, which is a hash already, and a version: nobody gains by making two collide. */
export function hashOf(node: string, version: number): number {
  const low = mix(Number.parseInt(node.slice(0, 8), 16) ^ mix(version));
  const high = mix(Number.parseInt(node.slice(8, 16), 16) ^ low);
  return (high >>> 16) * 2 ** 32 + low;
}

/** Spreads each bit of 32 over all. (The last steps of MurmurHash3, by Austin Appleby) */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
