/** From how far away an IP address can be reached, and so who may be told of it. [PEERING 3.5] */
import { canonicalIp } from './address.js';

/** `unusable`: no host can have it (unspecified, multicast, reserved), or it is no IP address at all. */
export type Scope = 'loopback' | 'link-local' | 'private' | 'public' | 'unusable';

/** The scopes of addresses that may be told, from the least public to the most public. */
const told: readonly Scope[] = ['loopback', 'private', 'public'];

/**
 * @param host an IP address; a zone (`%eth0`) is ignored. IPv6 addresses that carry an IPv4 address
 *   (mapped, NAT64, 6to4) are judged by that. The addresses for examples (RFC 5737, RFC 3849) count as public.
 */
export function scopeOf(host: string): Scope {
  const address = canonicalIp(host.replace(/%.*$/, ''));
  if (address === undefined) return 'unusable';
  return address.includes(':') ? scopeOfIpv6(groupsOf(address)) : scopeOfIpv4(address.split('.').map(Number));
}

/**
 * Whether an address may be told over a link, by either end: it must be at least as public as what the link runs
 * over, so that nobody elsewhere learns of this machine's or this network's insides, or can make it dial there.
 *
 * @param over the IP address of the link's other end
 */
export function isTellable(host: string, over: string): boolean {
  const scope = scopeOf(over);
  // Neighbours on one wire are of one network.
  const least = told.indexOf(scope === 'link-local' ? 'private' : scope);
  return least >= 0 && told.indexOf(scopeOf(host)) >= least;
}

/** Whether only the same machine can reach an address. */
export function isThisMachineOnly(host: string): boolean {
  return host.toLowerCase() === 'localhost' || scopeOf(host) === 'loopback';
}

/** Whether who listens there listens on all addresses of the machine. */
export function isEverywhere(host: string): boolean {
  const address = canonicalIp(host);
  return address === '0.0.0.0' || address === '::';
}

/**
 * The place that a connection comes from: an IPv4 address, or an IPv6 /64, which is what one host or home is usually
 * given.
 */
export function placeOf(host: string): string {
  const address = canonicalIp(host.replace(/%.*$/, ''));
  if (address === undefined || !address.includes(':')) return address ?? host;
  return groupsOf(address).slice(0, 4).join(':');
}

function scopeOfIpv4([a = 0, b = 0]: readonly number[]): Scope {
  if (a === 127) return 'loopback';
  if (a === 169 && b === 254) return 'link-local';
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return 'private';
  // Shared by a provider's customers (RFC 6598); for measurements in a laboratory (RFC 2544).
  if ((a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19))) return 'private';
  return a === 0 || a >= 224 ? 'unusable' : 'public';
}

function scopeOfIpv6(groups: readonly number[]): Scope {
  const [first = 0, second = 0, third = 0] = groups;
  if (isZero(groups, 0, 7) && groups[7] === 1) return 'loopback';
  if (isZero(groups, 0, 8)) return 'unusable';
  // ::a.b.c.d (RFC 4291, 2.5.5.1), ::ffff:0:a.b.c.d (RFC 2765), 64:ff9b::a.b.c.d (RFC 6052), 2002:ab:cd:: (RFC 3056)
  if (isZero(groups, 0, 6)) return scopeOfEmbedded(groups, 6);
  if (isZero(groups, 0, 4) && groups[4] === 0xffff && groups[5] === 0) return scopeOfEmbedded(groups, 6);
  if (first === 0x64 && second === 0xff9b && isZero(groups, 2, 6)) return scopeOfEmbedded(groups, 6);
  if (first === 0x2002) return scopeOfEmbedded(groups, 1);
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  // Unique local (RFC 4193), the older site-local (RFC 3879), NAT64 of one's own network (RFC 8215).
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return 'private';
  if (first === 0x64 && second === 0xff9b && third === 1) return 'private';
  // Teredo (RFC 4380) carries an IPv4 address inside, which no server needs to be reached by.
  if (first === 0x2001 && second === 0) return 'unusable';
  return (first & 0xe000) === 0x2000 ? 'public' : 'unusable';
}

function scopeOfEmbedded(groups: readonly number[], at: number): Scope {
  return scopeOfIpv4(groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 255]));
}

function isZero(groups: readonly number[], from: number, to: number): boolean {
  return groups.slice(from, to).every((group) => group === 0);
}

/** The eight groups of an IPv6 address in its canonical spelling. */
function groupsOf(address: string): number[] {
  const [before = [], after = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const gap = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...gap, ...after].map((group) => Number.parseInt(group, 16));
}
