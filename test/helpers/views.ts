/** Views of made-up maps. */
import { Graph } from '../../lib/peer/core/map/graph.js';
import { hashOf, View } from '../../lib/peer/core/map/view.js';

/** What a server says of itself. */
export interface Claimed {
  readonly version: number;
  readonly neighbours: ReadonlySet<string>;
}

export function viewOf(ownNode: string, servers: ReadonlyMap<string, Claimed>): View {
  return new View(graphOf(servers), ownNode);
}

export function graphOf(servers: ReadonlyMap<string, Claimed>): Graph {
  const graph = new Graph();
  for (const [node, { version, neighbours }] of servers)
    graph.set(node, { hash: hashOf(node, version), neighbours });
  return graph;
}
