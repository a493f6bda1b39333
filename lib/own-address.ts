/**
 * Chooses among the addresses of a host name: the one that a server listens on, and the one that others are to dial.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ownInterfaces } from './interfaces.js';
import { type Scope, scopeOf } from './wire/scope.js';

/**
 * The first address of this machine among those that a host name stands for. All ports are opened there, even if the
 * name stands for another address a moment later.
 *
 * @param host an IP address or a host name
 * @param addressesOf looks a host name up
 * @param own the addresses that this machine has
 * @returns the host as it was given if it is an IP address, or if none of its addresses is of this machine; listening
 *   there then fails with the reason
 */
export async function ownAddressOf(
  host: string,
  addressesOf: (name: string) => Promise<readonly string[]> = lookUp,
  own: ReadonlySet<string> = ownAddresses(),
): Promise<string> {
  if (isIP(host) !== 0) return host;
  const addresses = await addressesOf(host).catch(() => []);
  // All addresses of 127/8 are of this machine, but only one of them is listed.
  const isOwn = (address: string) =>
    own.has(address) || (isIP(address) === 4 && scopeOf(address) === 'loopback');
  return addresses.find(isOwn) ?? host;
}

/** The scopes of addresses that others can dial, the widest first. */
const dialable: readonly Scope[] = ['public', 'private', 'loopback'];

/**
 * The address of a host name that others are told. They are not told the name, because it may mean something else to
 * them.
 *
 * @returns undefined if none of its addresses is one at which others could reach this server
 * @throws Error if there is no such name
 */
export async function addressToAdvertise(
  host: string,
  addressesOf: (name: string) => Promise<readonly string[]> = lookUp,
): Promise<string | undefined> {
  const addresses = await addressesOf(host);
  return dialable.map((scope) => addresses.find((address) => scopeOf(address) === scope)).find(Boolean);
}

async function lookUp(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function ownAddresses(): Set<string> {
  return new Set(
    Object.values(ownInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  );
}
