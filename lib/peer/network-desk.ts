/** What an operator does with the network: asks for links, ends them, and asks how the network is doing. */
import type { Clock } from '../clock.js';
import { type Address, addressKey, formatAddress } from '../wire/address.js';
import type { LinkState } from './core/links/link-table.js';
import type { Mesh } from './core/mesh.js';
import type { DialOutcome } from './core/mesh-options.js';
import { type NetworkMap, networkMap } from './network-map.js';
import type { PeerNetwork } from './peer-network.js';
import type { MissingPeer, NetworkCounters, PeerSummary } from './summaries.js';

export class NetworkDesk {
  readonly #mesh: Mesh;
  /** The callers of `connect` who wait for the outcome, by the address that they asked for. */
  readonly #waiting = new Map<string, ((outcome: DialOutcome) => void)[]>();

  constructor(
    private readonly network: PeerNetwork,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {
    this.#mesh = network.mesh;
  }

  /**
   * Makes a link to a server, and makes it again whenever it is lost.
   *
   * @returns the outcome of the first try
   */
  connect(address: Address): Promise<DialOutcome> {
    return new Promise((resolve) => {
      const key = addressKey(address);
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
      this.#mesh.connect(address);
      const linked = this.#mesh.linkedAt(address);
      if (!linked) return;
      const at = this.#mesh.neighbours.addresses.reachedAt(address);
      this.settle(address, { ok: true, name: linked.name, at });
    });
  }

  /** Makes a link to a server, and makes it again whenever it is lost. The outcome is in the log. */
  keepConnected(address: Address): void {
    this.#mesh.connect(address);
  }

  /** Tells the callers who wait for a dial its outcome. @returns whether there were any */
  settle(address: Address, outcome: DialOutcome): boolean {
    const key = addressKey(address);
    for (const resolve of this.#waiting.get(key) ?? []) resolve(outcome);
    return this.#waiting.delete(key);
  }

  /** Ends the link to a peer. It is not made again until the operator asks for it. @param node the peer's node id */
  disconnect(node: string): void {
    const link = this.#mesh.neighbours.links.to(node);
    if (link) this.#mesh.disconnect(link);
  }

  /**
   * Stops trying to reach an address. A dial that is under way does not become a link.
   *
   * @returns whether it was being tried
   */
  giveUp(address: Address): boolean {
    const wasTried = this.#mesh.neighbours.addresses.giveUp(address);
    if (wasTried) this.settle(address, { ok: false, why: 'it was given up before there was an answer' });
    return wasTried;
  }

  peers(): PeerSummary[] {
    return [...this.#mesh.neighbours.links.active()]
      .sort((a, b) => a.sinceMs - b.sinceMs)
      .map((link) => this.#summaryOf(link));
  }

  missingPeers(): MissingPeer[] {
    const { addresses, links } = this.#mesh.neighbours;
    return addresses
      .wanted()
      .filter(({ node }) => node === undefined || !links.to(node))
      .map(({ address: { host, port }, tries, isSelf }) => ({
        address: formatAddress(host, port),
        tries,
        isSelf,
      }));
  }

  /** The network as this server sees it. */
  map(): NetworkMap {
    return networkMap(this.#mesh, this.clock.nowMs());
  }

  counters(): NetworkCounters {
    const { post, exchange, repair } = this.#mesh;
    const { pulled, missed } = repair.counters;
    const dropped = this.network.droppedEvents;
    return { forwarded: post.forwarded, duplicates: exchange.duplicates, pulled, missed, dropped };
  }

  /** How many other servers are in reach. */
  get serversInReach(): number {
    return this.#mesh.topology.view(this.clock.nowMs()).size - 1;
  }

  /** Whether a path leads to a server. */
  reaches(node: string): boolean {
    return this.#mesh.topology.view(this.clock.nowMs()).reaches(node);
  }

  /** About how many members a channel has on another server. */
  membersAt(node: string, channel: string): number {
    return this.#mesh.interests.audienceOf(channel).get(node) ?? 0;
  }

  #summaryOf(link: LinkState): PeerSummary {
    const { host, port } = link.dialled ?? link.listensAt;
    return {
      name: link.name,
      node: link.node,
      address: formatAddress(host, port),
      direction: link.dialled ? 'out' : 'in',
      encrypted: link.encrypted,
      byHand: this.#mesh.neighbours.addresses.wanted().some((entry) => entry.node === link.node),
      ageMs: this.clock.nowMs() - link.sinceMs,
      roundTripMs: link.roundTripMs,
      traffic: this.network.trafficOf(link.id),
    };
  }
}
