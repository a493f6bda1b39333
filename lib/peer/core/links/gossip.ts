/** Which addresses of other servers a link is told of, and which of those it tells are believed. [PEERING 3.5] */
import { limits } from '../../../limits.js';
import { type Address, addressKey, canonicalIp } from '../../../wire/address.js';
import { isTellable } from '../../../wire/scope.js';
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
    const told = this.#toldTo(link);
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
    const believed = addresses.filter((address) => isFit(address, link));
    this.addresses.heardOf(believed, nowMs);
    // It knows them; but however many it makes up, they are not all kept in mind.
    const told = this.#toldTo(link);
    for (const address of believed) if (told.size < limits.knownAddresses) told.add(addressKey(address));
  }

  forget(link: LinkId): void {
    this.#told.delete(link);
  }

  #toldTo({ id }: LinkState): Set<string> {
    let told = this.#told.get(id);
    if (!told) {
      told = new Set();
      this.#told.set(id, told);
    }
    return told;
  }
}

/** IP addresses alone are told, for a name means something else elsewhere; and none that is less public than the link. */
function isFit({ host }: Address, { listensAt }: LinkState): boolean {
  return canonicalIp(host) === host && isTellable(host, listensAt.host);
}
