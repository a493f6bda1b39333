/** A ring of hashes with servers and names: each name belongs to the next server on the ring. [PEERING 7] */

export class NameRing {
  readonly #places: readonly { readonly hash: number; readonly node: string }[];

  /** @param nodes the node ids, which are hashes, of all servers in reach */
  constructor(nodes: Iterable<string>) {
    this.#places = [...nodes]
      .map((node) => ({ hash: Number.parseInt(node.slice(0, 8), 16), node }))
      .sort((a, b) => a.hash - b.hash || (a.node < b.node ? -1 : 1));
  }

  /** @param hash the hash of a name */
  keeperOf(hash: number): string | undefined {
    let low = 0;
    for (let high = this.#places.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle]?.hash ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return (this.#places[low] ?? this.#places[0])?.node;
  }
}

/** A well-spread hash of 32 bits. (FNV-1a, by Fowler, Noll and Vo, with a final mix) */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
