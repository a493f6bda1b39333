/**
 * Reads what an HTTP request asks for, and refuses requests that can be understood in more than one way. [RFC 9112]
 *
 * Node's parser refuses most malformed requests. The ones that are refused here it lets pass, and a proxy ahead of this
 * server may read them differently: that is how requests are smuggled past proxies.
 */
import type { IncomingMessage } from 'node:http';

/** The parts of a request that are looked at. */
export type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'headers' | 'headersDistinct' | 'httpVersionMajor' | 'httpVersionMinor'
>;

/** What a request asks for. */
export interface Asked {
  /** The path, without the query. */
  readonly path: string;
  /** The host, and the port if there is one; undefined for HTTP/1.0 without a `Host`. */
  readonly authority: string | undefined;
}

/** Why a request is refused: an HTTP status, and a sentence on what was wrong. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

export type ReadRequest = ({ readonly ok: true } & Asked) | ({ readonly ok: false } & Refusal);

/** A host, and a port if there is one, without a user. [RFC 3986, 3.2] */
const authorityPattern = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d*)?$/i;
/** The forms of a request's target. [RFC 9112, 3.2.1 and 3.2.2] */
const originForm = /^(\/[^?#]*)(?:\?[^#]*)?$/;
const absoluteForm = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?$/i;

/** Headers that a request may have only once. Of several, Node would take the first, or join them. */
const givenOnce = ['host', 'origin'] as const;

/** Reads a request. It throws for nothing that a client can send. */
export function readRequest(request: RequestHead): ReadRequest {
  const refusal = whyUnclear(request);
  if (refusal) return { ok: false, ...refusal };
  const { url = '', method } = request;
  const [host] = request.headersDistinct.host ?? [];
  const [, path] = originForm.exec(url) ?? [];
  if (path !== undefined) return { ok: true, path, authority: host };
  if (url === '*' && method === 'OPTIONS') return { ok: true, path: url, authority: host };
  const [, authority = '', pathThere] = absoluteForm.exec(url) ?? [];
  if (!authorityPattern.test(authority)) {
    return { ok: false, status: 400, why: 'The target of the request is neither a path nor an http URL.' };
  }
  // The host of the URL counts, even if the Host header says another one. [RFC 9112, 3.2.2]
  return { ok: true, path: pathThere || '/', authority };
}

function whyUnclear(request: RequestHead): Refusal | undefined {
  const { headersDistinct, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return { status: 505, why: 'This server speaks HTTP/1.1.' };
  for (const name of givenOnce) {
    if ((headersDistinct[name]?.length ?? 0) > 1) {
      return { status: 400, why: `A request may have only one ${name} header.` };
    }
  }
  const [host] = headersDistinct.host ?? [];
  if (host === undefined && httpVersionMinor > 0)
    return { status: 400, why: 'A request must have a host header.' };
  if (host !== undefined && host !== '' && !authorityPattern.test(host)) {
    return { status: 400, why: 'The host header is neither a host nor a host with a port.' };
  }
  return whyEndUnclear(request);
}

/** Why it is not certain where a request ends; undefined if it is. [RFC 9112, 6.1] */
function whyEndUnclear({ headers, httpVersionMinor }: RequestHead): Refusal | undefined {
  const coding = headers['transfer-encoding']?.trim().toLowerCase();
  if (coding === undefined) return undefined;
  if (httpVersionMinor === 0) {
    return { status: 400, why: 'HTTP/1.0 has no transfer-encoding header.' };
  }
  if (coding === 'chunked') return undefined;
  return /,\s*chunked$/.test(coding)
    ? { status: 501, why: 'The only transfer coding that this server knows is chunked.' }
    : { status: 400, why: 'The last transfer coding of a request must be chunked.' };
}
