/**
 * Knows which servers are joined by a way of links that is in order, and since when. It knows it from the wires, not
 * from what servers believe. From this follows which messages must have arrived.
 */
import type { Connection } from './connection.js';
import type { Internet } from './internet.js';
import type { SimNode } from './sim-node.js';
import type { SimServer } from './sim-server.js';
import type { Wire } from './wire.js';

/** Two runs of servers, and the links between them. */
interface Pair {
  readonly ends: readonly [SimNode, SimNode];
  readonly wires: Set<Wire>;
  /** Since when it is in order; infinite while it is not. */
  steadySinceMs: number;
}

export class Reach {
  readonly #pairs = new Map<SimNode, Map<SimNode, Pair>>();
  /** The server that has said that a link is up at its end, for links that are not up at both. */
  readonly #halfUp = new Map<Wire, SimNode>();

  /** When a link last ended or got out of order. */
  #disturbedMs = Number.NEGATIVE_INFINITY;
  /** The moments at which links went silent, in order. */
  readonly #silencedAtMs: number[] = [];

  constructor(private readonly internet: Internet) {}

  /** Notes that a link is up at one end. It counts when it is up at both. */
  up(node: SimNode, { wire }: Connection, nowMs: number): void {
    const before = this.#halfUp.get(wire);
    if (!before || before === node) {
      this.#halfUp.set(wire, node);
      return;
    }
    this.#halfUp.delete(wire);
    const pair = this.#pairs.get(node)?.get(before) ?? this.#add(node, before);
    pair.wires.add(wire);
    this.#judge(pair, nowMs);
  }

  /** Notes that one end will send nothing more on a link. */
  ended(node: SimNode, { wire }: Connection, nowMs: number): void {
    this.#disturbedMs = nowMs;
    this.#halfUp.delete(wire);
    for (const pair of this.#pairs.get(node)?.values() ?? []) {
      if (!pair.wires.delete(wire)) continue;
      if (pair.wires.size === 0) this.#remove(pair);
      else this.#judge(pair, nowMs);
    }
  }

  /**
   * Notes that something happened to a server, or between it and another: its links count as in order only from now on.
   */
  touched(server: SimServer, other: SimServer | undefined, nowMs: number): void {
    this.#disturbedMs = nowMs;
    const node = server.node;
    if (!node) return;
    for (const [neighbour, pair] of this.#pairs.get(node) ?? []) {
      if (other && neighbour.server !== other) continue;
      pair.steadySinceMs = Number.POSITIVE_INFINITY;
      this.#judge(pair, nowMs);
    }
  }

  /** Notes that links went silent without anybody being told. */
  silenced(nowMs: number): void {
    if (this.#silencedAtMs.at(-1) !== nowMs) this.#silencedAtMs.push(nowMs);
  }

  /** The number of moments since a time at which links went silent. */
  silencesSince(sinceMs: number): number {
    return this.#silencedAtMs.length - 1 - this.#silencedAtMs.findLastIndex((atMs) => atMs < sinceMs);
  }

  /**
   * For each run that can be reached: since when there has been a way to it whose links were all in order all the time.
   * (Dijkstra's algorithm, with the youngest link of a way as its length)
   */
  steadySince(from: SimNode): Map<SimNode, number> {
    const found = new Map<SimNode, number>();
    const open = new Map<SimNode, number>([[from, Number.NEGATIVE_INFINITY]]);
    while (open.size > 0) {
      let next: SimNode | undefined;
      let sinceMs = Number.POSITIVE_INFINITY;
      for (const [node, since] of open) if (!next || since < sinceMs) [next, sinceMs] = [node, since];
      if (!next) break;
      open.delete(next);
      found.set(next, sinceMs);
      for (const [neighbour, pair] of this.#pairs.get(next) ?? []) {
        if (found.has(neighbour) || pair.steadySinceMs === Number.POSITIVE_INFINITY) continue;
        const through = Math.max(sinceMs, pair.steadySinceMs, lateAtMs(pair));
        if (through < (open.get(neighbour) ?? Number.POSITIVE_INFINITY)) open.set(neighbour, through);
      }
    }
    return found;
  }

  /** Since when no link has ended, got out of order or carried anything late; infinite while one is out of order. */
  calmSinceMs(): number {
    for (const pairs of this.#pairs.values())
      for (const { steadySinceMs } of pairs.values())
        if (steadySinceMs === Number.POSITIVE_INFINITY) return steadySinceMs;
    return Math.max(this.#disturbedMs, this.lateAtMs());
  }

  /** When something last came late over a link that is there; it is now if something is late and has yet to come. */
  lateAtMs(): number {
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const pairs of this.#pairs.values())
      for (const pair of pairs.values()) lastMs = Math.max(lastMs, lateAtMs(pair));
    return lastMs;
  }

  /** Links that are up at both ends, one for each pair: `a-b` by node ids, sorted. */
  edges(): string[] {
    const edges: string[] = [];
    for (const [a, pairs] of this.#pairs)
      for (const b of pairs.keys()) if (a.id < b.id) edges.push(`${a.id}-${b.id}`);
    return edges.sort();
  }

  /** Servers that have several links with one another. */
  doubleLinks(): string[] {
    return [...this.#pairs].flatMap(([a, pairs]) =>
      [...pairs].flatMap(([b, { wires }]) => (wires.size > 1 ? `${a.name} and ${b.name}` : [])),
    );
  }

  neighboursOf(node: SimNode): Iterable<SimNode> {
    return this.#pairs.get(node)?.keys() ?? [];
  }

  #judge(pair: Pair, nowMs: number): void {
    const isSteady = this.#isSteady(pair);
    if (!isSteady) {
      pair.steadySinceMs = Number.POSITIVE_INFINITY;
      this.silenced(nowMs);
    } else if (pair.steadySinceMs === Number.POSITIVE_INFINITY) {
      pair.steadySinceMs = nowMs;
    }
  }

  #isSteady({ ends: [a, b], wires }: Pair): boolean {
    const lanes = [this.internet.lane(a.server, b.server), this.internet.lane(b.server, a.server)];
    if (lanes.some(({ blocked }) => blocked)) return false;
    if (a.isPaused || b.isPaused) return false;
    return [...wires].every(({ pipes }) => !pipes.some(({ stalled }) => stalled));
  }

  #add(a: SimNode, b: SimNode): Pair {
    const pair: Pair = { ends: [a, b], wires: new Set(), steadySinceMs: Number.POSITIVE_INFINITY };
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const pairs = this.#pairs.get(one) ?? new Map<SimNode, Pair>();
      this.#pairs.set(one, pairs.set(other, pair));
    }
    return pair;
  }

  #remove({ ends: [a, b] }: Pair): void {
    this.#pairs.get(a)?.delete(b);
    this.#pairs.get(b)?.delete(a);
  }
}

/**
 * When a link last carried something late, in either direction. Its present rate does not show that: what was put on it
 * while it was slow still arrives slowly, and what comes later waits behind it.
 */
function lateAtMs({ wires }: Pair): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { pipes } of wires) for (const pipe of pipes) lastMs = Math.max(lastMs, pipe.lateAtMs);
  return lastMs;
}
