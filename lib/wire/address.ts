/** Hosts, and `host:port`, as people type them and read them. */
import { parseUrl } from './parse-url.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `192.0.2.7:8545`, `[2001:db8::1]:8545`. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A host that may have brackets round it, and a port. The last colon is the one before the port. */
const addressPattern = /^(\[.*\]|[^:]*):(\d{1,5})$/u;

/** @returns undefined for anything but `name:port`, `1.2.3.4:port` and `[IPv6]:port` with a port from 1 to 65535 */
export function parseAddress(text: string): Address | undefined {
  const [, hostText = '', portText = ''] = addressPattern.exec(text) ?? [];
  const host = parseHost(hostText);
  const port = parsePort(portText);
  return host === undefined || port === undefined || port === 0 ? undefined : { host, port };
}

/** The name of a network interface, or its number. */
const zonePattern = /^[\w.:-]+$/;

/** Of ASCII what host names have; of other scripts all that can be seen, and the joiners that some need. */
const namePattern = /^(?![-.])(?:[\w.-]|[^\0-\x7f\p{C}\p{Z}]|[\u200c\u200d])+$/u;
/** A label that says Punycode follows, and has none. Node 26 lets it pass; older versions know it for no URL. */
const emptyPunycode = /(?:^|\.)xn--(?:\.|$)/i;

/**
 * Reads a host as operating systems take it: an IPv4 address in any spelling (`127.1`), an IPv6 address, with its zone
 * if it has one (`fe80::1%eth0`), or a host name in any script.
 *
 * @param text may have brackets round an IPv6 address
 * @returns the host without brackets; the usual spelling of an IPv4 address; undefined for what no system can look up.
 *   A number that could be a port is no host, though systems take it for an address.
 */
export function parseHost(text: string): string | undefined {
  const host = text.replace(/^\[(.*:.*)\]$/, '$1');
  if (host.includes(':')) return isIpv6(host) ? host : undefined;
  if (!namePattern.test(host) || parsePort(host) !== undefined) return undefined;
  // What Punycode a name may have, and which numbers are an IPv4 address, are questions that URLs have answers for.
  const url = emptyPunycode.test(host) ? undefined : parseUrl(`http://${host}/`);
  if (!url) return undefined;
  return /^[\d.]+$/.test(url.hostname) ? url.hostname : host;
}

/** Whether a host is an IP address, with a zone or without, and not a name. */
export function isIp(host: string): boolean {
  return canonicalIp(withoutZone(host)) !== undefined;
}

function isIpv6(host: string): boolean {
  const [, zone] = splitZone(host);
  return isIp(host) && (zone === undefined || zonePattern.test(zone));
}

/** An IPv6 address, and the zone behind its `%`: the network interface through which it is reached, here. */
export function splitZone(host: string): readonly [address: string, zone: string | undefined] {
  const [, address = host, zone] = /^([^%]*)%(.*)$/.exec(host) ?? [];
  return [address, zone];
}

/** An address as others may be told it: a zone means something on this machine only. */
export function withoutZone(host: string): string {
  return splitZone(host)[0];
}

/** @returns undefined for anything but a whole number from 0 to 65535 */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/**
 * The host without the brackets that people put round an IPv6 address; an IPv4 address mapped into IPv6 becomes plain
 * IPv4.
 */
export function plainHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** One key for an address, however its host is spelled: host names have no case. */
export function addressKey({ host, port }: Address): string {
  return formatAddress(host.toLowerCase(), port);
}

/**
 * The one spelling of an IP address, such as `127.0.0.1` for `127.1` and `2001:db8::1` for `2001:DB8:0::1`; an IPv4
 * address mapped into IPv6 becomes plain IPv4.
 *
 * @returns undefined for anything else, host names and addresses with a zone among it
 */
export function canonicalIp(text: string): string | undefined {
  if (/^[\d.]+$/.test(text)) return parseUrl(`http://${text}/`)?.hostname;
  if (!/^[\da-f:.]+$/i.test(text)) return undefined;
  const address = parseUrl(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (address === undefined) return undefined;
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address);
  if (!mapped) return address;
  const bits = (Number.parseInt(mapped[1] ?? '', 16) << 16) | Number.parseInt(mapped[2] ?? '', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
