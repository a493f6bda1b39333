/** Origins of web pages (RFC 6454), as browsers send them and as operators type them. */
import { parseUrl } from './parse-url.js';

/** The form of an origin: scheme, host, and port if there is one; a slash at the end is accepted. */
const originPattern = /^([a-z][a-z\d+.-]*):\/\/([^\s/?#\\@*]+)\/?$/i;

/** The schemes that URLs may have, but not the origins of pages. */
const noPages: ReadonlySet<string> = new Set(['ws:', 'wss:', 'ftp:', 'file:']);

/**
 * The one spelling of an origin: in lower case, with a host name of other scripts in Punycode, without the default port
 * of its scheme and without a slash at the end. Two origins are the same if these spellings are the same.
 *
 * @returns undefined for a text that cannot be the origin of a page: `null`, or a text without a scheme or a host, or
 *   with a path, a query, a user or a wildcard
 */
export function parseOrigin(text: string): string | undefined {
  const scheme = originPattern.exec(text)?.[1];
  const url = scheme === undefined ? undefined : parseUrl(text);
  if (!url) return undefined;
  const { protocol, host, origin } = url;
  if (host === '' || noPages.has(protocol)) return undefined;
  // By the URL standard, the origin of other schemes, such as those of apps, is 'null'.
  return isWeb(protocol) ? origin : `${protocol}//${host.toLowerCase()}`;
}

/**
 * Whether an origin is that of the server itself, which a request names by its host and port.
 *
 * The scheme makes no difference, since a proxy may speak TLS on behalf of the server.
 *
 * @param origin the origin, in its one spelling
 * @param authority the host and port, as in a `Host` header
 */
export function isOriginOf(origin: string, authority: string): boolean {
  const { protocol } = new URL(origin);
  return isWeb(protocol) && parseOrigin(`${protocol}//${authority}`) === origin;
}

/**
 * The host of a web page's origin, in its one spelling.
 *
 * @returns undefined for schemes other than HTTP and HTTPS, and for texts that are no origins
 */
export function hostOfOrigin(text: string): string | undefined {
  const origin = parseOrigin(text);
  if (origin === undefined) return undefined;
  const { protocol, hostname } = new URL(origin);
  return isWeb(protocol) ? hostname : undefined;
}

function isWeb(protocol: string): boolean {
  return protocol === 'http:' || protocol === 'https:';
}
