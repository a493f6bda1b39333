/**
 * How texts get to a server and back, whatever carries them: one connection, from the dialling to its end.
 */
import { formatAddress } from '../wire/address.js';
import { explainZone } from '../zone.js';

export interface Transport {
  /** Sends one text; nothing happens when the connection is not open. */
  send(text: string): void;
  /** Ends the connection once what was sent is on its way; `onEnd` follows. */
  end(): void;
  /** Cuts the connection off; `onEnd` follows. */
  destroy(): void;
}

export interface TransportHandlers {
  onOpen(): void;
  /** A whole text came. */
  onText(text: string): void;
  /** The connection has ended, or could not be made. Called once, never during the dialling; nothing follows. */
  onEnd(why: string): void;
}

/** Begins to make a connection. */
export type Dial = (handlers: TransportHandlers) => Transport;

/** Why a connection could not be made or was lost, in words for the one who waits for it. */
export function explainFailure(host: string, port: number, error: NodeJS.ErrnoException): string {
  const where = formatAddress(host, port);
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return `nothing listens on ${where} (is the server running, and is that its port for this program?)`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${host} is not known; check it, or give an IP address`;
    case 'ETIMEDOUT':
      return `${where} does not answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `there is no way from here to ${host}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection broke off';
    case 'EINVAL':
      return explainZone(host) ?? `${host} is no address that can be dialled`;
    default:
      return error.message || String(error);
  }
}

/** Of several addresses of one name, one at which nothing listens tells more than one to which there is no way. */
function codeOf(error: NodeJS.ErrnoException): string | undefined {
  if (!(error instanceof AggregateError)) return error.code;
  const codes = error.errors.map((each: NodeJS.ErrnoException) => each.code);
  return ['ECONNREFUSED', 'ETIMEDOUT'].find((code) => codes.includes(code)) ?? codes[0];
}

/** What answers there speaks something else. */
export const notHearsay = 'what answers there is no Hearsay server, or its port for another kind of client';

export const closedByServer = 'the server closed the connection';
