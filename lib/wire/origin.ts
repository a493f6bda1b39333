/** Origins of web pages (RFC 6454), as browsers send them and as operators type them. */

/** Scheme, host, and port if there is one; a slash at the end is forgiven. */
const originPattern = /^([a-z][a-z\d+.-]*):\/\/([^\s/?#\\@*]+)\/?$/i;

/** Schemes that URLs have, and the origins of pages do not. */
const noPages: ReadonlySet<string> = new Set(['ws:', 'wss:', 'ftp:', 'file:']);

/**
 * The one spelling of an origin: lower case, a host name of other scripts in Punycode, no port that the scheme has
 * anyway, no slash at the end. So two origins are the same if their spellings are.
 *
 * @returns undefined for what is the origin of no page: `null`, or without a scheme or a host, or with a path, a
 *   query, a user or a wildcard
 */
export function parseOrigin(text: string): string | undefined {
  const scheme = originPattern.exec(text)?.[1];
  if (scheme === undefined || !URL.canParse(text)) return undefined;
  const { protocol, host, origin } = new URL(text);
  if (host === '' || noPages.has(protocol)) return undefined;
  // The origin of other schemes, such as those of apps, is 'null' to the URL standard.
  return isWeb(protocol) ? origin : `${protocol}//${host.toLowerCase()}`;
}

/**
 * Whether an origin is that of a server which was asked for by this host and port.
 *
 * The scheme makes no difference, since a proxy may speak TLS on behalf of the server.
 *
 * @param origin in its one spelling
 * @param authority as in a `Host` header
 */
export function isOriginOf(origin: string, authority: string): boolean {
  const { protocol } = new URL(origin);
  return isWeb(protocol) && parseOrigin(`${protocol}//${authority}`) === origin;
}

/**
 * The host of a web page's origin, in its one spelling.
 *
 * @returns undefined for what has none: other schemes, and what is no origin
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
