/**
 * The map as a graph, and the trees of shortest paths in it: one for each origin, the same on every server that has the
 * same map. [PEERING 5]
 */

/** The distance of a server that no path reaches. */
const unreached = -1;

export interface Tree {
  /** The place of each server's parent, on the way to the root; -1 for the root, and for whom no path reaches. */
  readonly parents: Int32Array;
  /** Links between each server and the root; -1 for whom no path reaches. */
  readonly distances: Int32Array;
}

export class Graph {
  /** Node ids, sorted. A node's place in here stands for it everywhere else. */
  readonly nodes: readonly string[];
  readonly #places = new Map<string, number>();
  /** The places of each node's neighbours, ascending. */
  readonly #neighbours: readonly (readonly number[])[];
  readonly #spread: Uint32Array;
  readonly #trees = new Map<number, Tree>();

  /**
   * @param claims what each node says of its neighbours; an edge counts when both its ends claim it
   */
  constructor(claims: ReadonlyMap<string, ReadonlySet<string>>) {
    this.nodes = [...claims.keys()].sort();
    for (const [place, node] of this.nodes.entries()) this.#places.set(node, place);
    this.#spread = Uint32Array.from(this.nodes, spreadOf);
    this.#neighbours = this.nodes.map((node) => {
      const mutual: number[] = [];
      for (const other of claims.get(node) ?? []) {
        const place = this.#places.get(other);
        if (place !== undefined && claims.get(other)?.has(node)) mutual.push(place);
      }
      return mutual.sort((a, b) => a - b);
    });
  }

  placeOf(node: string): number | undefined {
    return this.#places.get(node);
  }

  neighboursOf(place: number): readonly number[] {
    return this.#neighbours[place] ?? [];
  }

  /**
   * The tree of shortest paths from a root, by breadth-first search. Of several parents that are equally near, one is
   * chosen by a mix of root and parent, so that different origins load different servers.
   */
  tree(root: number): Tree {
    const known = this.#trees.get(root);
    if (known) return known;
    const tree = this.#search(root);
    this.#trees.set(root, tree);
    return tree;
  }

  #search(root: number): Tree {
    const distances = new Int32Array(this.nodes.length).fill(unreached);
    const parents = new Int32Array(this.nodes.length).fill(unreached);
    distances[root] = 0;
    const queue = [root];
    for (const place of queue) {
      const distance = (distances[place] ?? 0) + 1;
      for (const next of this.neighboursOf(place)) {
        const known = distances[next];
        if (known === unreached) {
          distances[next] = distance;
          parents[next] = place;
          queue.push(next);
        } else if (known === distance && this.#isBetter(root, place, parents[next] ?? 0)) {
          parents[next] = place;
        }
      }
    }
    return { parents, distances };
  }

  #isBetter(root: number, parent: number, than: number): boolean {
    const salt = this.#spread[root] ?? 0;
    const a = Math.imul((this.#spread[parent] ?? 0) ^ salt, mixer) >>> 0;
    const b = Math.imul((this.#spread[than] ?? 0) ^ salt, mixer) >>> 0;
    return a === b ? parent < than : a < b;
  }
}

/** An odd number whose bits are well spread: the golden ratio's. (Knuth, volume 3, section 6.4) */
const mixer = 0x9e3779b1;

/** Node ids are hashes already. */
function spreadOf(node: string): number {
  return Number.parseInt(node.slice(0, 8), 16);
}
