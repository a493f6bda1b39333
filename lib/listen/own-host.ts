/**
 * Checks that a request asks for this server by one of its own names. [PROTOCOL 1.2]
 *
 * Any web page can have its host name point to 127.0.0.1 once it is loaded. To the browser this server is then the
 * page's own (DNS rebinding). So a request that comes in over loopback must ask for this machine, or for a host that
 * the operator has allowed, such as that of a proxy on the same machine.
 */
import { plainHost } from '../wire/address.js';
import { hostOfOrigin } from '../wire/origin.js';

/**
 * Whether a request may be served, by the host that it asks for.
 *
 * @param authority the host that is asked for, and the port if there is one
 * @param localAddress the address of this machine at which the request came in
 * @param allowedOrigins in their one spelling; `*` stands for all
 * @returns true also for every request that comes in over another address, or that names no host, which no browser
 *   sends
 */
export function isOwnHost(
  authority: string | undefined,
  localAddress: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (authority === undefined || !isLoopback(plainHost(localAddress ?? ''))) return true;
  const asked = hostOfOrigin(`http://${authority}`);
  if (asked === undefined) return false;
  const isLocal = asked === 'localhost' || asked.endsWith('.localhost') || isLoopback(plainHost(asked));
  return isLocal || allowedOrigins.some((origin) => origin === '*' || hostOfOrigin(origin) === asked);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
