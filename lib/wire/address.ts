/** `host:port`, as people type it and read it. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `192.0.2.7:8545`, `[2001:db8::1]:8545`. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const addressPattern = /^(?:\[([0-9a-f.]*:[0-9a-f:.]*(?:%[\w.-]+)?)\]|([\p{L}\p{M}\p{N}._-]+)):(\d{1,5})$/iu;

/** @returns undefined for anything but `host:port`, `1.2.3.4:port` and `[IPv6]:port` with a port from 1 to 65535 */
export function parseAddress(text: string): Address | undefined {
  const match = addressPattern.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = parsePort(match?.[3] ?? '');
  return host === undefined || port === undefined || port === 0 ? undefined : { host, port };
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
  if (/^[\d.]+$/.test(text))
    return URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`).hostname : undefined;
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address);
  if (!mapped) return address;
  const bits = (Number.parseInt(mapped[1] ?? '', 16) << 16) | Number.parseInt(mapped[2] ?? '', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
