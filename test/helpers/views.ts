/** Views of made-up maps. */
import { hashOf, View } from '../../lib/peer/core/map/view.js';

/** What a server says of itself. */
export interface Claimed {
  readonly version: number;
  readonly neighbours: ReadonlySet<string>;
}

export function viewOf(ownNode: string, servers: ReadonlyMap<string, Claimed>): View {
  return new View(ownNode, (node) => {
    const claimed = servers.get(node);
    return claimed && { hash: hashOf(node, claimed.version), neighbours: claimed.neighbours };
  });
}
