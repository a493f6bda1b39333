/** Trees of shortest paths: one for each origin, the same on every server that has the same map. [PEERING 5] */
import type { Vertex } from './graph.js';

/** The distance of a server that no path reaches, and the place of a parent that there is not. */
export const none = -1;

export interface Tree {
  /** The places in the order in which they are reached, the root's first, and each after its parent's. */
  readonly reached: readonly number[];
  /** The place of each server's parent, on the way to the root; -1 for the root, and for whom no path reaches. */
  readonly parents: Int32Array;
  /** Links between each server and the root; -1 for whom no path reaches. */
  readonly distances: Int32Array;
}

/**
 * By breadth-first search. Of several parents that are equally near, one is chosen by a mix of root and parent, so that
 * different origins load different servers.
 */
export function shortestPaths(vertices: readonly Vertex[], root: number): Tree {
  const distances = new Int32Array(vertices.length).fill(none);
  const parents = new Int32Array(vertices.length).fill(none);
  const salt = vertices[root]?.spread ?? 0;
  const reached = [root];
  distances[root] = 0;
  for (const place of reached) {
    const vertex = vertices[place];
    const distance = (distances[place] ?? 0) + 1;
    for (const next of vertex?.neighbours ?? []) {
      const known = distances[next];
      if (known === none) {
        distances[next] = distance;
        parents[next] = place;
        reached.push(next);
      } else if (known === distance && isBetter(vertex, vertices[parents[next] ?? none], salt)) {
        parents[next] = place;
      }
    }
  }
  return { reached, parents, distances };
}

/** An odd number whose bits are well spread: the golden ratio's. (Knuth, volume 3, section 6.4) */
const mixer = 0x9e3779b1;

function isBetter(parent: Vertex | undefined, than: Vertex | undefined, salt: number): boolean {
  if (!parent || !than) return false;
  const a = Math.imul(parent.spread ^ salt, mixer) >>> 0;
  const b = Math.imul(than.spread ^ salt, mixer) >>> 0;
  return a === b ? parent.node < than.node : a < b;
}
