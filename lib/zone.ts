/**
 * The zone of an IPv6 address (`fe80::1%eth0`): the network interface of this machine through which it is reached.
 * People give the name or the number of the interface, but each system takes only one of these.
 */
import { ownInterfaces } from './interfaces.js';
import { splitZone } from './wire/address.js';
import { scopeOf } from './wire/scope.js';

interface Interface {
  readonly name: string;
  /** Undefined for an interface that has no link-local address. */
  readonly index: string | undefined;
}

/**
 * Writes the zone of an address as the sockets of this system take it: on Windows as a number, elsewhere as a name.
 *
 * @param host an IP address or a host name
 * @param system as `process.platform` names it
 * @returns the host with its zone in that form; as it is if it has no zone or the zone is not known
 */
export function withSystemZone(
  host: string,
  system: string = process.platform,
  interfaces: readonly Interface[] = zones(),
): string {
  const [address, zone] = splitZone(host);
  if (zone === undefined || interfaces.some(({ name }) => name === zone && system !== 'win32')) return host;
  const meant = interfaces.find(({ name, index }) => (system === 'win32' ? name : index) === zone);
  const taken = system === 'win32' ? meant?.index : meant?.name;
  return taken === undefined ? host : `${address}%${taken}`;
}

/**
 * Why dialling a link-local address, or listening on it, fails with EINVAL.
 *
 * @returns undefined if the zone is not to blame
 */
export function explainZone(host: string, interfaces: readonly Interface[] = zones()): string | undefined {
  const [address, zone] = splitZone(host);
  if (scopeOf(address) !== 'link-local' || !address.includes(':')) return undefined;
  const known = interfaces.map(({ name }) => name);
  if (zone !== undefined && interfaces.some(({ name, index }) => name === zone || index === zone))
    return undefined;
  const trouble =
    zone === undefined ? `${host} lacks its network interface` : `there is no network interface ${zone} here`;
  return `${trouble}; this machine has ${known.join(', ')}`;
}

function zones(): Interface[] {
  return Object.entries(ownInterfaces()).map(([name, addresses = []]) => {
    const index = addresses.find((address) => address.family === 'IPv6' && address.scopeid > 0);
    return { name, index: index && 'scopeid' in index ? String(index.scopeid) : undefined };
  });
}
