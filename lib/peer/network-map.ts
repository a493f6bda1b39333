/** The network as this server sees it, as data that can be drawn. */
import type { Mesh } from './core/mesh.js';

/** A server that this one knows of, or this one itself. */
export interface MappedServer {
  /** Its node id. */
  readonly node: string;
  readonly name: string;
  /** The node ids that it says it is linked with, which the other ends may not confirm. */
  readonly neighbours: readonly string[];
  /** For how long no path has led to it; undefined while one does. */
  readonly outOfReachMs: number | undefined;
  /** How many members it has in all channels together, if that is known. */
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
  // This server's own ADVERT may be a moment old, so its links are taken from the link table.
  const own = {
    node,
    name,
    neighbours: neighbours.links.neighbours(),
    outOfReachMs: undefined,
    members: exchange.rosters.membersAt(node),
  };
  return { own: node, servers: [own, ...others] };
}
