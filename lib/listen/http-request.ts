/**
 * What an HTTP request asks for, and whether it may be understood in more than one way. [RFC 9112]
 *
 * Node's parser refuses most of what is malformed. It passes on what is checked here, which a proxy ahead of this
 * server may read otherwise: that is how requests are smuggled past proxies.
 */
import type { IncomingMessage } from 'node:http';

/** What is looked at of a request. */
export type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'headers' | 'headersDistinct' | 'httpVersionMajor' | 'httpVersionMinor'
>;

/** What a request asks for. */
export interface Asked {
  /** Without the query. */
  readonly path: string;
  /** Host, and port if there is one; undefined for HTTP/1.0 without a `Host`. */
  readonly authority: string | undefined;
}

/** Why it is refused: an HTTP status, and a sentence on what was wrong. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

export type ReadRequest = ({ readonly ok: true } & Asked) | ({ readonly ok: false } & Refusal);

/** RFC 3986, 3.2: a host, and maybe a port, without a user. */
const authorityPattern = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d*)?$/i;
/** RFC 9112, 3.2.1 and 3.2.2. */
const originForm = /^(\/[^?#]*)(?:\?[^#]*)?$/;
const absoluteForm = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?$/i;

/** Headers that a request has once, and of which Node takes the first, or joins them. */
const givenOnce = ['host', 'origin'] as const;

/** Never throws for what a client can send. */
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
    return { ok: false, status: 400, why: 'What is asked for is neither a path nor an http URL.' };
  }
  // RFC 9112, 3.2.2: whatever the Host header says.
  return { ok: true, path: pathThere || '/', authority };
}

function whyUnclear(request: RequestHead): Refusal | undefined {
  const { headersDistinct, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return { status: 505, why: 'This server speaks HTTP/1.1.' };
  for (const name of givenOnce) {
    if ((headersDistinct[name]?.length ?? 0) > 1) {
      return { status: 400, why: `A request has one ${name} header.` };
    }
  }
  const [host] = headersDistinct.host ?? [];
  if (host === undefined && httpVersionMinor > 0) return { status: 400, why: 'A request has a host header.' };
  if (host !== undefined && host !== '' && !authorityPattern.test(host)) {
    return { status: 400, why: 'The host header is no host, with a port or without one.' };
  }
  return whyEndUnclear(request);
}

/** Where a request ends must be beyond doubt. [RFC 9112, 6.1] */
function whyEndUnclear({ headers, httpVersionMinor }: RequestHead): Refusal | undefined {
  const coding = headers['transfer-encoding']?.trim().toLowerCase();
  if (coding === undefined) return undefined;
  if (httpVersionMinor === 0) {
    return { status: 400, why: 'HTTP/1.0 has no transfer-encoding header.' };
  }
  if (coding === 'chunked') return undefined;
  return /,\s*chunked$/.test(coding)
    ? { status: 501, why: 'The only transfer coding that this server knows is chunked.' }
    : { status: 400, why: 'The last transfer coding of a request is chunked.' };
}
