/** The answer to `peers`: a table of the links of this server. */
import type { MissingPeer, PeerSummary } from '../peer/summaries.js';
import { formatBytes, formatCount, formatDuration, formatTable } from './format.js';

const head = ['#', 'name', 'address', 'link', 'made', 'encrypted', 'ping', 'since', 'in', 'out'];

/**
 * @param missing the servers that were asked for and are not linked now
 * @param isWorker whether a node is one of this server's own workers
 */
export function peerLines(
  peers: readonly PeerSummary[],
  missing: readonly MissingPeer[],
  isWorker: (node: string) => boolean = () => false,
): string[] {
  if (peers.length + missing.length === 0) {
    return ['No peers. Type `connect <ip> <port>` with the peer port of another server.'];
  }
  const rows = peers.map((peer, index) => [
    String(index + 1),
    peer.name,
    isWorker(peer.node) ? 'this server' : peer.address,
    peer.direction,
    isWorker(peer.node) ? 'worker' : madeBy(peer),
    peer.encrypted ? 'yes' : 'no',
    peer.roundTripMs === undefined ? '-' : `${peer.roundTripMs.toFixed(1)} ms`,
    formatDuration(peer.ageMs),
    formatBytes(peer.traffic.bytesIn),
    formatBytes(peer.traffic.bytesOut),
  ]);
  const waiting = missing.map(({ address, tries, isSelf }) => {
    const trouble = isSelf ? 'leads to this server itself' : 'not reached';
    return `  ${trouble}: ${address} (${formatCount(tries, 'try', 'tries')} so far, trying on)`;
  });
  return [...(rows.length > 0 ? formatTable(head, rows) : []), ...waiting];
}

function madeBy({ byHand, direction }: PeerSummary): string {
  if (byHand) return 'by hand';
  return direction === 'in' ? 'by it' : 'by gossip';
}
