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

/** Without the brackets that people put round an IPv6 address, and an IPv4 address mapped into IPv6 as what it is. */
export function plainHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
