/**
 * Whether a request asks for this server by a name of its own. [PROTOCOL 1.2]
 *
 * A page from anywhere can have its own host name point to 127.0.0.1 once it is loaded; to the browser this server is
 * then that page's own (DNS rebinding). So what comes in over loopback must ask for this machine, or for a host that
 * the operator has allowed: that of a proxy on the same machine, for one.
 */
import { plainHost } from '../wire/address.js';
import { hostOfOrigin } from '../wire/origin.js';

/**
 * @param authority the host, and port if there is one, that is asked for
 * @param localAddress at which the request came in
 * @param allowedOrigins in their one spelling; `*` stands for all
 * @returns true for whatever comes in over another address, or names no host at all, as no browser does
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
