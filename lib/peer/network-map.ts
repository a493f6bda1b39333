/** The network as this server sees it, as data for whoever draws it. */
import type { Mesh } from './core/mesh.js';

/** A server that this one knows of; itself, too. */
export interface MappedServer {
  /** Its node id. */
  readonly node: string;
  readonly name: string;
  /** The node ids that it says it is linked with; they may say otherwise. */
  readonly neighbours: readonly string[];
  /** For how long no path has led to it; undefined while one does. */
  readonly outOfReachMs: number | undefined;
  /** How many members it has in all channels, where that is known. */
  readonly members?: number;
}

export interface NetworkMap {
  /** The node id of this server, which is among the servers. */
  readonly own: string;
  readonly servers: readonly MappedServer[];
}

export function networkMap({ topology, neighbours, interests, exchange }: Mesh, nowMs: number): NetworkMap {
  const { node, name } = topology.own;
  const others = [...topology.knownServers()].map((server) => ({
    node: server.node,
    name: server.name,
    neighbours: server.neighbours,
    outOfReachMs: server.unreachableSinceMs === undefined ? undefined : nowMs - server.unreachableSinceMs,
    members: interests.membersAt(server.node),
  }));
  // What it advertises of itself may be a moment old.
  const own = {
    node,
    name,
    neighbours: neighbours.links.neighbours(),
    outOfReachMs: undefined,
    members: exchange.rosters.membersAt(node),
  };
  return { own: node, servers: [own, ...others] };
}
