/**
 * Whether a request asks for this server by a name of its own. [PROTOCOL 1.2]
 *
 * A page from anywhere can have its own host name point to 127.0.0.1 once it is loaded; to the browser this server is
 * then that page's own (DNS rebinding). So what comes in over loopback must ask for this machine, or for a host that
 * the operator has allowed: that of a proxy on the same machine, for one.
 */
import type { IncomingMessage } from 'node:http';
import { plainHost } from '../wire/address.js';

/**
 * @param allowedOrigins as the operator gave them; `*` stands for all
 * @returns true for whatever comes in over another address, or without a Host, which no browser leaves out
 */
export function asksForOwnHost(
  { headers, socket }: Pick<IncomingMessage, 'headers'> & { socket: { localAddress?: string | undefined } },
  allowedOrigins: readonly string[],
): boolean {
  if (headers.host === undefined || !isLoopback(plainHost(socket.localAddress ?? ''))) return true;
  const asked = hostOf(`http://${headers.host}`);
  if (asked === undefined) return false;
  const isLocal = asked === 'localhost' || asked.endsWith('.localhost') || isLoopback(plainHost(asked));
  return isLocal || allowedOrigins.some((origin) => origin === '*' || hostOf(origin) === asked);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
