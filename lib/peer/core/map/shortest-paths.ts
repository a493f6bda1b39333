/** Trees of shortest paths: one for each origin, and the same on all servers with the same map. [PEERING 5] */
import type { Vertex } from './graph.js';

/** Stands for the distance of a server that no path reaches, and for the place of a parent that does not exist. */
export const none = -1;

export interface Tree {
  /** The places in the order in which they are reached: the root first, and each one after its parent. */
  readonly reached: readonly number[];
  /** The place of each server's parent on the way to the root; -1 for the root, and for servers that no path reaches. */
  readonly parents: Int32Array;
  /** How many links are between each server and the root; -1 for servers that no path reaches. */
  readonly distances: Int32Array;
}

/**
 * Computes the tree by breadth-first search. Of several parents that are equally near, one is chosen by a mix of root and
 * parent, so that different origins load different servers.
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

/** The golden ratio as a 32-bit fraction: odd, and with well-spread bits. (Knuth, volume 3, section 6.4) */
const mixer = 0x9e3779b1;

function isBetter(parent: Vertex | undefined, than: Vertex | undefined, salt: number): boolean {
  if (!parent || !than) return false;
  const a = Math.imul(parent.spread ^ salt, mixer) >>> 0;
  const b = Math.imul(than.spread ^ salt, mixer) >>> 0;
  return a === b ? parent.node < than.node : a < b;
}
