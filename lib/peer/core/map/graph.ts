/**
 * The map as a graph that is changed in place: news of one server touches only that server and those it names, however
 * large the network is. [PEERING 5]
 */

/** A server in the graph. It is never changed; news of it puts another object in its place. */
export interface Vertex {
  readonly node: string;
  /** A hash of its id and the version of its advertisement. */
  readonly hash: number;
  /** The first 32 bits of its id, which is a hash. */
  readonly spread: number;
  /** The places of the servers that it has an edge with. */
  readonly neighbours: readonly number[];
}

/** What a server's advertisement says. */
export interface Claim {
  readonly hash: number;
  readonly neighbours: ReadonlySet<string>;
}

const unclaimed: ReadonlySet<string> = new Set();

export class Graph {
  /** The place of each node: an index that stands for it until it is removed, and is then given to another one. */
  readonly #places = new Map<string, number>();
  readonly #claims: ReadonlySet<string>[] = [];
  readonly #free: number[] = [];
  readonly #vertices: Vertex[] = [];

  placeOf(node: string): number | undefined {
    return this.#places.get(node);
  }

  /** All servers as they are now, by their places. A removed server has no neighbours. */
  vertices(): readonly Vertex[] {
    return this.#vertices.slice();
  }

  /** Takes in a server's advertisement in place of its earlier one. An edge counts when both its ends claim it. */
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
