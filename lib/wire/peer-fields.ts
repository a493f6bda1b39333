/** Reads the fields of each frame whose body is JSON, strictly. [PEERING 2] */
import { limits } from '../limits.js';
import type { Address } from './address.js';
import { isHex, isNumber, isServerName, isText } from './peer-checks.js';
import type { InterestChange, JsonFrame, JsonType, NameClaim, VersionRow } from './peer-frame-types.js';
import { greetingReaders } from './peer-greeting.js';

type Fields = Readonly<Record<string, unknown>>;

/** Makes a frame of its body's fields; undefined when a field is wrong. Unknown fields are ignored. */
export const readers: { readonly [T in JsonType]: (fields: Fields) => JsonFrame | undefined } = {
  ...greetingReaders,
  ping: ({ view, interest }) =>
    isCount(view) && isCount(interest) ? { type: 'ping', view, interest } : undefined,
  summary: ({ view, interest }) =>
    isCount(view) && isCount(interest) ? { type: 'summary', view, interest } : undefined,
  pong: ({ view, interest }) =>
    isCount(view) && isCount(interest) ? { type: 'pong', view, interest } : undefined,
  peers: ({ addresses }) =>
    isListOf(addresses, isAddress, limits.addressesPerFrame) ? { type: 'peers', addresses } : undefined,
  advert: ({ node, key, version, name, neighbours, leaving, signature }) =>
    isNodeId(node) &&
    isHex(key, 64) &&
    isVersion(version) &&
    isServerName(name) &&
    isListOf(neighbours, isNodeId, limits.neighboursPerNode) &&
    isHex(signature, 128)
      ? { type: 'advert', node, key, version, name, neighbours, leaving: leaving === true, signature }
      : undefined,
  versions: ({ servers }) =>
    isListOf(servers, isVersionRow, limits.nodes + 1) && areApart(servers)
      ? { type: 'versions', servers }
      : undefined,
  want: ({ servers }) =>
    isListOf(servers, isVersionRow, limits.nodes + 1) && areApart(servers)
      ? { type: 'want', servers }
      : undefined,
  interest: ({ node, from, to, digest, signature, changes, part, last }) =>
    isNodeId(node) &&
    isVersion(from) &&
    isVersion(to) &&
    from < to &&
    isHex(digest, 32) &&
    isHex(signature, 128) &&
    isListOf(changes, isInterestChange, limits.interestPerFrame) &&
    areApart(changes) &&
    isVersion(part)
      ? { type: 'interest', node, from, to, digest, signature, changes, part, last: last === true }
      : undefined,
  heads: ({ origin, hopsLeft, heads }) =>
    isNodeId(origin) && isHops(hopsLeft) && isListOf(heads, isHead, limits.headsPerFrame)
      ? { type: 'heads', origin, hopsLeft, heads }
      : undefined,
  pull: ({ origin, channel, ranges }) =>
    isNodeId(origin) && isText(channel) && areRanges(ranges)
      ? { type: 'pull', origin, channel, ranges }
      : undefined,
  miss: ({ origin, channel, ranges }) =>
    isNodeId(origin) && isText(channel) && areRanges(ranges)
      ? { type: 'miss', origin, channel, ranges }
      : undefined,
  ask: ({ channels }) =>
    isListOf(channels, isText, limits.channelsPerAsk) && areDifferent(channels)
      ? { type: 'ask', channels }
      : undefined,
  sync: ({ origin, channel, base, seq, members }) =>
    isNodeId(origin) &&
    isText(channel) &&
    isCount(base) &&
    isCount(seq) &&
    base <= seq &&
    isListOf(members, isText, limits.membersPerRoster)
      ? { type: 'sync', origin, channel, base, seq, members }
      : undefined,
  claim: ({ request, fresh, claims }) =>
    isCount(request) && isListOf(claims, isClaim, limits.namesPerClaim) && areApart(claims)
      ? { type: 'claim', request, fresh: fresh === true, claims }
      : undefined,
  claimed: ({ request, granted, refused }) =>
    isCount(request) &&
    isListOf(granted, isClaim, limits.namesPerClaim) &&
    areApart(granted) &&
    isListOf(refused, isNameKey, limits.namesPerClaim)
      ? { type: 'claimed', request, granted, refused }
      : undefined,
  release: ({ name, sinceMs }) =>
    isNameKey(name) && isCount(sinceMs) ? { type: 'release', name, sinceMs } : undefined,
  contest: ({ name, sinceMs }) =>
    isNameKey(name) && isCount(sinceMs) ? { type: 'contest', name, sinceMs } : undefined,
  find: ({ request, name }) =>
    isCount(request) && isNameKey(name) ? { type: 'find', request, name } : undefined,
  found: ({ request, node }) =>
    isCount(request) && (node === undefined || isNodeId(node)) ? { type: 'found', request, node } : undefined,
  direct: ({ request, message }) =>
    isCount(request) && typeof message === 'string' && message.length <= limits.directUnits
      ? { type: 'direct', request, message }
      : undefined,
  directed: ({ request, delivered }) =>
    isCount(request) ? { type: 'directed', request, delivered: delivered === true } : undefined,
};

/** The normal form of a user's name. It can be longer than the name, since NFKC makes up to 18 units of one character. */
function isNameKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.nameKeyUnits;
}

function isNodeId(value: unknown): value is string {
  return isHex(value, 32);
}

/** A whole number that the binary frames can carry too. */
function isCount(value: unknown): value is number {
  return isNumber(value, 2 ** 48 - 1);
}

/**
 * The version of an advertisement. The bound is far above what a server reaches; after a jump to the highest number no
 * newer version could follow.
 */
function isVersion(value: unknown): value is number {
  return isNumber(value, limits.version);
}

function isHops(value: unknown): value is number {
  return isNumber(value, limits.hops);
}

function isPort(value: unknown): value is number {
  return isNumber(value, 65_535);
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port }: { host?: unknown; port?: unknown } = value;
  return typeof host === 'string' && /^[\w.:%-]{1,255}$/.test(host) && isPort(port) && port > 0;
}

function isVersionRow(value: unknown): value is VersionRow {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    isNodeId(value[0]) &&
    isVersion(value[1]) &&
    isVersion(value[2])
  );
}

function isInterestChange(value: unknown): value is InterestChange {
  return isPair(value) && isText(value[0]) && (value[1] === -1 || isCount(value[1]));
}

function isHead(value: unknown): value is readonly [string, number] {
  return isPair(value) && isText(value[0]) && isCount(value[1]);
}

function isClaim(value: unknown): value is NameClaim {
  return isPair(value) && isNameKey(value[0]) && isCount(value[1]);
}

function isRange(value: unknown): value is readonly [number, number] {
  return isPair(value) && isCount(value[0]) && isCount(value[1]) && value[0] <= value[1];
}

/** In order and apart, so that nothing is asked for twice. */
function areRanges(value: unknown): value is readonly (readonly [number, number])[] {
  if (!isListOf(value, isRange, limits.rangesPerFrame)) return false;
  return value.every(([from], i) => from > (value[i - 1]?.[1] ?? -1));
}

/** Nothing is said, or asked for, twice: what a row is about comes first in it. */
function areApart(rows: readonly (readonly [string, ...unknown[]])[]): boolean {
  return areDifferent(rows.map(([about]) => about));
}

function areDifferent(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T, most: number): value is T[] {
  return Array.isArray(value) && value.length <= most && value.every(isOne);
}
