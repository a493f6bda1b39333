/**
 * Gossip: which addresses of other servers a link is told, and which of those that it tells are believed. [PEERING 3.5]
 */
import { limits } from '../../../limits.js';
import { type Address, addressKey, canonicalIp } from '../../../wire/address.js';
import { isTellable } from '../../../wire/scope.js';
import type { AddressBook } from './address-book.js';
import type { LinkId, LinkState } from './link-table.js';

export class Gossip {
  /** The addresses that each link has been told, or has told. */
  readonly #told = new Map<LinkId, Set<string>>();

  constructor(private readonly addresses: AddressBook) {}

  /**
   * The addresses that a link has not been told yet, as many as a frame takes. They count as told from now on.
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

  /** Takes in the addresses that a link tells. */
  believe(addresses: readonly Address[], link: LinkState, nowMs: number): void {
    const believed = addresses.filter((address) => isFit(address, link));
    this.addresses.heardOf(believed, nowMs);
    // The other end knows these addresses, so it need not be told them. It may make up any number of them, so only a
    // bounded number is remembered.
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

/**
 * Whether an address may be told over a link. Only IP addresses are told, because a host name may mean something else
 * elsewhere, and only those that are as public as the link (`isTellable`).
 */
function isFit({ host }: Address, { listensAt }: LinkState): boolean {
  return canonicalIp(host) === host && isTellable(host, listensAt.host);
}
