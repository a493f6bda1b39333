/** From how far away an IP address can be reached, and so who may be told of it. [PEERING 3.5] */
import { canonicalIp } from './address.js';

/**
 * `unusable`: no server can be there, because no host has it (unspecified, multicast, reserved), or because the provider of
 * the machine or of its network answers there; or it is no IP address at all.
 */
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

/**
 * Where a machine reaches services of its provider: metadata, often with secrets in it, names, time. They have the address of
 * nobody else. Most are link-local (169.254.169.254, fe80::a9fe:a9fe), and so never told; these look like those of others.
 */
const providersIpv4: ReadonlySet<string> = new Set([
  // Metadata of Alibaba Cloud; Tailscale's own service on each machine.
  '100.100.100.200',
  '100.100.100.100',
  // The service of Azure that manages a machine.
  '168.63.129.16',
]);

/** The first groups of such addresses in IPv6. */
const providersIpv6: readonly (readonly number[])[] = [
  // All that Amazon has on each machine (metadata, credentials, names, time): fd00:ec2::/32.
  [0xfd00, 0x0ec2],
  // Metadata of Google Cloud, Linode, Scaleway; Tailscale's own service.
  [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254],
  [0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1],
  [0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042],
  [0xfd7a, 0x115c, 0xa1e0, 0, 0, 0, 0, 0x0053],
];

function scopeOfIpv4(bytes: readonly number[]): Scope {
  const [a = 0, b = 0, c = 0] = bytes;
  if (providersIpv4.has(bytes.join('.'))) return 'unusable';
  // Assigned to protocols (RFC 6890), one of them to Oracle's metadata; and the anycast address of 6to4 (RFC 7526).
  if (a === 192 && ((b === 0 && c === 0) || (b === 88 && c === 99))) return 'unusable';
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
  if (providersIpv6.some((prefix) => prefix.every((group, at) => groups[at] === group))) return 'unusable';
  // Unique local (RFC 4193), the older site-local (RFC 3879), NAT64 of one's own network (RFC 8215).
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0)
    return endsInMetadata(groups) ? 'unusable' : 'private';
  if (first === 0x64 && second === 0xff9b && third === 1)
    return isOthers(scopeOfEmbedded(groups, 6)) ? 'private' : 'unusable';
  // Assigned to protocols (RFC 2928); among them Teredo, which hides an IPv4 address that nobody need reach.
  if (first === 0x2001 && second < 0x200) return 'unusable';
  return (first & 0xe000) === 0x2000 ? 'public' : 'unusable';
}

function scopeOfEmbedded(groups: readonly number[], at: number): Scope {
  return scopeOfIpv4(groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 255]));
}

/** Several providers put the link-local address of their metadata at the end of one of their own: fd00:c1::a9fe:a9fe. */
function endsInMetadata(groups: readonly number[]): boolean {
  return groups[6] === 0xa9fe && groups[7] === 0xa9fe;
}

/** Whether another machine may have it. */
function isOthers(scope: Scope): boolean {
  return scope === 'private' || scope === 'public';
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
