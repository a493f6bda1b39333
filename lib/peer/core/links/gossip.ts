/** Which addresses of other servers a link is told of, and which of those it tells are believed. [PEERING 3.3] */
import { limits } from '../../../limits.js';
import { type Address, addressKey, canonicalIp } from '../../../wire/address.js';
import type { AddressBook } from './address-book.js';
import type { LinkId, LinkState } from './link-table.js';

export class Gossip {
  /** What each link has been told. */
  readonly #told = new Map<LinkId, Set<string>>();

  constructor(private readonly addresses: AddressBook) {}

  /**
   * Addresses that a link has not been told of; they count as told from now on.
   *
   * @param isReachable whether a node is in reach
   */
  freshFor(link: LinkState, isReachable: (node: string) => boolean): Address[] {
    let told = this.#told.get(link.id);
    if (!told) {
      told = new Set();
      this.#told.set(link.id, told);
    }
    const fresh: Address[] = [];
    for (const address of this.addresses.tellable((node) => node !== link.node && isReachable(node))) {
      const key = addressKey(address);
      if (fresh.length >= limits.addressesPerFrame) break;
      if (told.has(key) || !isFit(address, link)) continue;
      told.add(key);
      fresh.push(address);
    }
    return fresh;
  }

  /** Takes in what a link tells. */
  believe(addresses: readonly Address[], link: LinkState, nowMs: number): void {
    this.addresses.heardOf(
      addresses.filter((address) => isFit(address, link)),
      nowMs,
    );
  }

  forget(link: LinkId): void {
    this.#told.delete(link);
  }
}

/** IP addresses alone are told, for a name means something else elsewhere; and loopback only on the same machine. */
function isFit({ host }: Address, { listensAt }: LinkState): boolean {
  return canonicalIp(host) === host && (isLoopback(listensAt.host) || !isLoopback(host));
}

/** 127/8 and ::1, and what some systems take for the same: 0/8 and ::. */
function isLoopback(host: string): boolean {
  return host === '::1' || host === '::' || /^(?:127|0)\./.test(host);
}
