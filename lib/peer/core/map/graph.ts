/**
 * The map as a graph, kept as it changes: news of one server touches only that server and those it names, however large
 * the network. [PEERING 5]
 */

/** A server in the graph. Never changed: another takes its place. */
export interface Vertex {
  readonly node: string;
  /** Of its id, and the version of what it says of itself. */
  readonly hash: number;
  /** The first 32 bits of its id, which is a hash already. */
  readonly spread: number;
  /** The places of those with whom it has an edge. */
  readonly neighbours: readonly number[];
}

/** What a server says of itself. */
export interface Claim {
  readonly hash: number;
  readonly neighbours: ReadonlySet<string>;
}

const unclaimed: ReadonlySet<string> = new Set();

export class Graph {
  /** A node's place stands for it until it is removed; then it is another's. */
  readonly #places = new Map<string, number>();
  readonly #claims: ReadonlySet<string>[] = [];
  readonly #free: number[] = [];
  readonly #vertices: Vertex[] = [];

  placeOf(node: string): number | undefined {
    return this.#places.get(node);
  }

  /** All servers as they are now, by their places; those of removed ones have no neighbours. */
  vertices(): readonly Vertex[] {
    return this.#vertices.slice();
  }

  /** What a server says takes the place of what it said before. An edge counts when both its ends claim it. */
  set(node: string, { hash, neighbours: claimed }: Claim): void {
    const place = this.#places.get(node) ?? this.#newPlace(node);
    this.#claims[place] = claimed;
    const neighbours = new Set<number>();
    for (const other of claimed) {
      const at = this.#places.get(other);
      if (at !== undefined && at !== place && this.#claims[at]?.has(node)) neighbours.add(at);
    }
    const before = new Set(this.#vertices[place]?.neighbours);
    this.#vertices[place] = { node, hash, spread: spreadOf(node), neighbours: [...neighbours] };
    for (const at of before) if (!neighbours.has(at)) this.#unlink(at, place);
    for (const at of neighbours) if (!before.has(at)) this.#link(at, place);
  }

  remove(node: string): void {
    const place = this.#places.get(node);
    if (place === undefined) return;
    this.set(node, { hash: 0, neighbours: unclaimed });
    this.#places.delete(node);
    this.#free.push(place);
  }

  #newPlace(node: string): number {
    const place = this.#free.pop() ?? this.#vertices.length;
    this.#places.set(node, place);
    return place;
  }

  #link(at: number, to: number): void {
    const vertex = this.#vertices[at];
    if (vertex) this.#vertices[at] = { ...vertex, neighbours: [...vertex.neighbours, to] };
  }

  #unlink(at: number, from: number): void {
    const vertex = this.#vertices[at];
    if (vertex)
      this.#vertices[at] = { ...vertex, neighbours: vertex.neighbours.filter((other) => other !== from) };
  }
}

function spreadOf(node: string): number {
  return Number.parseInt(node.slice(0, 8), 16);
}
