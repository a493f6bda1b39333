/**
 * What a server makes of the map at a moment: who is in reach, by which ways, and a digest by which two servers know
 * that they see the same. [PEERING 5]
 */
import { Graph } from './shortest-paths.js';

/** Digests are sums of hashes, kept within what a frame carries. */
const digestModulus = 2 ** 48;

export interface Seen {
  /** The version of what it says of itself. */
  readonly version: number;
  readonly neighbours: ReadonlySet<string>;
}

export class View {
  readonly digest: number;
  readonly graph: Graph;
  /** This server's place in the graph. */
  readonly own: number;
  /** For each place, by which neighbour of this server to reach it; undefined when no path does. */
  #firstHops: (string | undefined)[] | undefined;

  /**
   * @param ownNode this server
   * @param servers this server and all others that it knows and that have not said goodbye
   */
  constructor(ownNode: string, servers: ReadonlyMap<string, Seen>) {
    const reached = new Set([ownNode]);
    for (const node of reached) {
      for (const next of servers.get(node)?.neighbours ?? []) {
        if (servers.get(next)?.neighbours.has(node)) reached.add(next);
      }
    }
    const claims = new Map<string, ReadonlySet<string>>();
    let digest = 0;
    for (const node of reached) {
      const seen = servers.get(node);
      if (!seen) continue;
      claims.set(node, seen.neighbours);
      digest = addToDigest(digest, node, seen.version);
    }
    this.digest = digest;
    this.graph = new Graph(claims);
    this.own = this.graph.placeOf(ownNode) ?? 0;
  }

  reaches(node: string): boolean {
    return this.graph.placeOf(node) !== undefined;
  }

  /** How many servers there are in reach, this one included. */
  get size(): number {
    return this.graph.nodes.length;
  }

  /** Links on the way to a server; undefined when no path reaches it. */
  distanceTo(node: string): number | undefined {
    const place = this.graph.placeOf(node);
    return place === undefined ? undefined : this.graph.tree(this.own).distances[place];
  }

  /** The neighbour by which a server is reached. */
  firstHopTo(node: string): string | undefined {
    const place = this.graph.placeOf(node);
    this.#firstHops ??= this.#findFirstHops();
    return place === undefined ? undefined : this.#firstHops[place];
  }

  #findFirstHops(): (string | undefined)[] {
    const { parents, distances } = this.graph.tree(this.own);
    const hops: (string | undefined)[] = new Array(this.size);
    // Parents come before their children.
    const byDistance = this.graph.nodes
      .map((_, place) => place)
      .sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0));
    for (const place of byDistance) {
      const parent = parents[place] ?? 0;
      if (place !== this.own) hops[place] = parent === this.own ? this.graph.nodes[place] : hops[parent];
    }
    return hops;
  }
}

/** Digests of the same things are the same, in whatever order they were added. */
export function addToDigest(digest: number, node: string, version: number): number {
  return (digest + hashOf(node, version)) % digestModulus;
}

/** 48 bits of the first 64 of a node id, which is a hash already, and a version: nobody gains by making two collide. */
function hashOf(node: string, version: number): number {
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
