/** Random maps of servers. */
import type { Random } from './random.js';

export type Claims = Map<string, Set<string>>;

/** A node id that is spread like a real one. */
export function randomNodeId(random: Random): string {
  return random.bytes(16).toString('hex');
}

/** The neighbours that servers claim. Some claim a link that the other end does not. */
export function randomClaims(random: Random, { oneSided = 0.1 } = {}): Claims {
  const nodes = Array.from({ length: 1 + random.below(20) }, () => randomNodeId(random));
  const claims: Claims = new Map(nodes.map((node) => [node, new Set<string>()]));
  const density = random.next() * 0.4;
  for (const a of nodes) {
    for (const b of nodes) {
      if (a >= b || !random.chance(density)) continue;
      if (!random.chance(oneSided)) claims.get(a)?.add(b);
      if (!random.chance(oneSided)) claims.get(b)?.add(a);
    }
  }
  return claims;
}

export function hasEdge(claims: ReadonlyMap<string, ReadonlySet<string>>, a: string, b: string): boolean {
  return claims.get(a)?.has(b) === true && claims.get(b)?.has(a) === true;
}

/** The distance, in links, from a node to each node that a path reaches, found by trying all edges again and again. */
export function distancesFrom(
  claims: ReadonlyMap<string, ReadonlySet<string>>,
  root: string,
): Map<string, number> {
  const distances = new Map([[root, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, distance] of distances) {
      for (const b of claims.keys()) {
        if (!hasEdge(claims, a, b) || (distances.get(b) ?? Number.POSITIVE_INFINITY) <= distance + 1)
          continue;
        distances.set(b, distance + 1);
        changed = true;
      }
    }
  }
  return distances;
}

/** The same items in another order. */
export function shuffled<T>(random: Random, items: Iterable<T>): T[] {
  return [...items]
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
