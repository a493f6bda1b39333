/**
 * A survey of the network from one of its servers: how far away each other server is and through which one it is
 * reached, which servers hold the network together, and which links only one end knows of.
 */
import type { MappedServer, NetworkMap } from '../peer/network-map.js';
import { shortened } from '../terminal/columns.js';

/** A server in reach, with its place in the tree of shortest paths. */
export interface Place {
  readonly server: MappedServer;
  /** Its name, followed by the first digits of its node id if another server has the same name. */
  readonly label: string;
  /** How many links it is away from where the survey began. */
  readonly hops: number;
  /** The server before it on the way there; undefined for the first one. */
  readonly via: Place | undefined;
  /** The servers that are reached through it. */
  readonly next: Place[];
  /** All servers that it is linked with. */
  readonly neighbours: Place[];
  /** How many servers would be cut off if it failed. */
  onlyWayTo: number;
}

export interface Survey {
  /** The server where it began. */
  readonly start: Place;
  /** The servers in the order in which they are reached, the nearest first. */
  readonly places: readonly Place[];
  readonly linkCount: number;
  /** Into how many parts the rest would fall if the first server failed. */
  readonly partsWithoutStart: number;
  /** The servers that no path leads to. */
  readonly away: readonly Away[];
  /** The links that one end claims and the other does not. */
  readonly oneSided: readonly OneSided[];
}

/** A server that no path leads to. */
export interface Away {
  readonly server: MappedServer;
  readonly label: string;
  /** The labels of the servers that it was last linked with. */
  readonly neighbours: readonly string[];
}

/** The labels of the two ends. */
export interface OneSided {
  readonly claimedBy: string;
  readonly deniedBy: string;
}

const labelColumns = 24;
const fewestDigits = 4;

/** Sorts names with numbers by their value: s2 comes before s10. */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * @param from the node id of the server to begin at
 * @throws Error when there is no such server
 */
export function survey(map: NetworkMap, from = map.own): Survey {
  const labels = labelsOf(map.servers);
  const labelOf = (node: string): string => labels.get(node) ?? node.slice(0, 8);
  const inOrder = [...map.servers].sort(
    (a, b) => byName.compare(labelOf(a.node), labelOf(b.node)) || (a.node < b.node ? -1 : 1),
  );
  const known = new Map(inOrder.map((server) => [server.node, server]));
  const claims = new Map(inOrder.map(({ node, neighbours }) => [node, new Set(neighbours)]));
  const claimsOf = (node: string): ReadonlySet<string> => claims.get(node) ?? new Set();
  // This server knows its own links for sure; a link between others counts if both ends claim it.
  const isLinked = (a: string, b: string): boolean =>
    a === map.own || b === map.own
      ? claimsOf(map.own).has(a === map.own ? b : a)
      : claimsOf(a).has(b) && claimsOf(b).has(a);
  const linkedWith = (node: string): string[] => {
    const candidates = node === map.own ? claimsOf(node) : new Set([...claimsOf(node), map.own]);
    return [...candidates].filter((other) => other !== node && known.has(other) && isLinked(node, other));
  };

  const rank = new Map(inOrder.map(({ node }, index) => [node, index]));
  const rankOf = (node: string): number => rank.get(node) ?? 0;
  const places = placesFrom(from, known, labelOf, (node) =>
    linkedWith(node).sort((a, b) => rankOf(a) - rankOf(b)),
  );
  const [start] = places;
  if (!start) throw new Error('no such server to begin at');
  const reached = new Set(places.map(({ server }) => server.node));
  return {
    start,
    places,
    linkCount: places.reduce((sum, { neighbours }) => sum + neighbours.length, 0) / 2,
    partsWithoutStart: weigh(start),
    away: inOrder
      .filter(({ node }) => !reached.has(node))
      .map((server) => ({
        server,
        label: labelOf(server.node),
        neighbours: server.neighbours
          .filter((node) => known.has(node))
          .map(labelOf)
          .sort(byName.compare),
      })),
    oneSided: inOrder.flatMap(({ node }) =>
      [...claimsOf(node)]
        .filter((other) => reached.has(node) && reached.has(other) && !claimsOf(other).has(node))
        .map((other) => ({ claimedBy: labelOf(node), deniedBy: labelOf(other) })),
    ),
  };
}

/** Finds the servers in reach, by a breadth-first search. */
function placesFrom(
  from: string,
  known: ReadonlyMap<string, MappedServer>,
  labelOf: (node: string) => string,
  linkedWith: (node: string) => string[],
): Place[] {
  const places = new Map<string, Place>();
  const reach = (node: string, via: Place | undefined): void => {
    const server = known.get(node);
    if (!server || places.has(node)) return;
    const hops = via ? via.hops + 1 : 0;
    const place: Place = { server, label: labelOf(node), hops, via, next: [], neighbours: [], onlyWayTo: 0 };
    places.set(node, place);
    via?.next.push(place);
  };
  reach(from, undefined);
  for (const [node, place] of places) for (const other of linkedWith(node)) reach(other, place);
  for (const [node, place] of places) {
    for (const other of linkedWith(node)) {
      const neighbour = places.get(other);
      if (neighbour) place.neighbours.push(neighbour);
    }
  }
  return [...places.values()];
}

/** A server as the depth-first search sees it. */
interface Step {
  readonly place: Place;
  /** Its number in the order in which servers were met. */
  readonly met: number;
  /** The lowest such number to which a link leads back from it or from a server behind it. */
  low: number;
  /** How many servers were met from it on, including itself. */
  size: number;
  readonly rest: Iterator<Place>;
}

/**
 * Notes for each server how many others the start would lose without it: Hopcroft and Tarjan's articulation points
 * (CACM 16, 1973, algorithm 447). It does not recurse, because a chain of servers may be long.
 *
 * @returns into how many parts the rest falls without the start
 */
function weigh(start: Place): number {
  const steps = new Map<Place, Step>();
  const path: Step[] = [];
  let parts = 0;
  const enter = (place: Place): void => {
    const met = steps.size;
    const step = { place, met, low: met, size: 1, rest: place.neighbours[Symbol.iterator]() };
    steps.set(place, step);
    path.push(step);
  };
  enter(start);
  for (let step = path.at(-1); step; step = path.at(-1)) {
    const { done, value: neighbour } = step.rest.next();
    if (!done) {
      const seen = steps.get(neighbour);
      if (seen) step.low = Math.min(step.low, seen.met);
      else enter(neighbour);
      continue;
    }
    path.pop();
    const before = path.at(-1);
    if (!before) continue;
    before.size += step.size;
    before.low = Math.min(before.low, step.low);
    if (before.place === start) parts++;
    else if (step.low >= before.met) before.place.onlyWayTo += step.size;
  }
  return parts;
}

/**
 * What each server is called on the map: its name, and if others have the same name, as many digits of its id as tell
 * them apart.
 */
function labelsOf(servers: readonly MappedServer[]): Map<string, string> {
  const namesakes = new Map<string, string[]>();
  for (const { node, name } of servers) {
    const short = shortened(name, labelColumns);
    namesakes.set(short, [...(namesakes.get(short) ?? []), node]);
  }
  const labels = new Map<string, string>();
  for (const [name, nodes] of namesakes) {
    for (const node of nodes)
      labels.set(node, nodes.length === 1 ? name : `${name} (${digitsOf(node, nodes)})`);
  }
  return labels;
}

function digitsOf(node: string, nodes: readonly string[]): string {
  let digits = fewestDigits;
  const isAmbiguous = (): boolean =>
    nodes.some((other) => other !== node && other.startsWith(node.slice(0, digits)));
  while (digits < node.length && isAmbiguous()) digits++;
  return node.slice(0, digits);
}
