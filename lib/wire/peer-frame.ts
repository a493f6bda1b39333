/**
 * What travels on a link between two servers: frames with a length, a type and a body. [PEERING 2]
 *
 *     length  u32, big endian: bytes after it
 *     type    u8
 *     body    JSON for the rare frames; for EVENT a binary head and the event's JSON
 *
 * A server that only forwards an EVENT reads its head, and sends on the very bytes that came.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.js';
import type { Address } from './address.js';
import { type Auth, type Bye, greetingReaders, type Hello } from './peer-greeting.js';

export {
  type Auth,
  type ByeReason,
  type Hello,
  oldestPeerProtocol,
  peerProtocolVersion,
} from './peer-greeting.js';

/** What a server tells the network of itself. */
export interface Advertisement {
  readonly type: 'advert';
  readonly node: string;
  /** Grows with each advertisement of a node. */
  readonly version: number;
  readonly name: string;
  /** Node ids it has a link with. */
  readonly neighbours: readonly string[];
  /** It is going down: nothing comes after this one. */
  readonly leaving: boolean;
}

/** Where a stream stands, and who is in its channel at its origin. */
export interface Sync {
  readonly type: 'sync';
  readonly origin: string;
  readonly channel: string;
  readonly seq: number;
  readonly members: readonly string[];
}

/** One event of a stream. */
export interface EventFrame {
  readonly type: 'event';
  readonly origin: string;
  readonly channel: string;
  readonly seq: number;
  /** The stream begins here: nothing is missing before it. */
  readonly first: boolean;
  /** It is a join, leave or nick. */
  readonly presence: boolean;
  /** The event as JSON; not looked into here. */
  readonly payload: Buffer;
  /** The whole frame, for sending on. */
  readonly bytes: Buffer;
}

export type PeerFrame =
  | Hello
  | Advertisement
  | Sync
  | EventFrame
  | Auth
  | Bye
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'peers'; readonly addresses: readonly Address[] }
  /** Asks a neighbour for a SYNC of every stream of an origin. */
  | { readonly type: 'ask'; readonly origin: string };

/** The other server broke the protocol; its link ends. */
export class PeerProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PeerProtocolError';
  }
}

type JsonFrame = Exclude<PeerFrame, EventFrame>;
type JsonType = JsonFrame['type'];

const eventType = 16;
/** The numbers of the frames whose body is JSON. */
const jsonTypes: { readonly [T in JsonType]: number } = {
  hello: 1,
  bye: 2,
  ping: 3,
  pong: 4,
  peers: 5,
  advert: 6,
  sync: 7,
  ask: 8,
  auth: 9,
};
/** Frames from here on are for servers that know them; others leave them out. */
const firstOptionalType = 128;
const jsonTypeOf = new Map(
  Object.entries(jsonTypes).flatMap(([type, number]) => (isJsonType(type) ? [[number, type]] : [])),
);

const lengthBytes = 4;
const nodeIdBytes = 16;
const seqBytes = 6;
/** Of an EVENT: type, flags, origin, seq, length of the channel's name. */
const channelLengthBytes = 2;
const eventHeadBytes = 1 + 1 + nodeIdBytes + seqBytes + channelLengthBytes;
const flagFirst = 1;
const flagPresence = 2;

/** One frame as bytes, its length included. A HELLO ends with a line feed, so that a port for clients answers to it. */
export function encodePeerFrame(frame: JsonFrame): Buffer {
  const { type, ...fields } = frame;
  const body =
    Object.keys(fields).length === 0 ? '' : `${JSON.stringify(fields)}${type === 'hello' ? '\n' : ''}`;
  const bodyBytes = Buffer.byteLength(body);
  const bytes = Buffer.allocUnsafe(lengthBytes + 1 + bodyBytes);
  bytes.writeUInt32BE(1 + bodyBytes, 0);
  bytes[lengthBytes] = jsonTypes[type];
  bytes.write(body, lengthBytes + 1);
  return bytes;
}

/** One event as a frame. `json` is the event as the JSON dialect says it to clients. */
export function encodeEventFrame(head: Omit<EventFrame, 'type' | 'payload' | 'bytes'>, json: string): Buffer {
  const channelBytes = Buffer.byteLength(head.channel);
  const payloadBytes = Buffer.byteLength(json);
  const length = eventHeadBytes + channelBytes + payloadBytes;
  const bytes = Buffer.allocUnsafe(lengthBytes + length);
  let at = bytes.writeUInt32BE(length, 0);
  at = bytes.writeUInt8(eventType, at);
  at = bytes.writeUInt8((head.first ? flagFirst : 0) | (head.presence ? flagPresence : 0), at);
  at += bytes.write(head.origin, at, 'hex');
  at = bytes.writeUIntBE(head.seq, at, seqBytes);
  at = bytes.writeUInt16BE(channelBytes, at);
  at += bytes.write(head.channel, at);
  bytes.write(json, at);
  return bytes;
}

/** Bytes of a link -> frames. */
export class PeerFrameDecoder {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Bytes without which there is nothing to do: chunks are joined only when a frame is whole. */
  #needed = lengthBytes;

  /** @param maxBytes the longest frame taken; may be raised once the other has said who it is */
  constructor(public maxBytes: number) {}

  /**
   * @param chunk bytes as they came, cut anywhere
   * @param onFrame is called for each whole frame that is known, in order, with all its bytes
   * @throws PeerProtocolError the stream cannot be followed from there on
   */
  push(chunk: Buffer, onFrame: (frame: PeerFrame, bytes: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bytes);
    let at = 0;
    for (;;) {
      this.#needed = this.#frameBytes(all, at);
      if (all.length - at < this.#needed) break;
      const bytes = all.subarray(at, at + this.#needed);
      const frame = decodePeerFrame(bytes);
      if (frame) onFrame(frame, bytes);
      at += this.#needed;
    }
    this.#chunks = at < all.length ? [all.subarray(at)] : [];
    this.#bytes = all.length - at;
  }

  /** How many bytes the frame at an offset has; just enough for its length when that is not there yet. */
  #frameBytes(all: Buffer, at: number): number {
    if (all.length - at < lengthBytes) return lengthBytes;
    const length = all.readUInt32BE(at);
    if (length === 0 || length > this.maxBytes) {
      throw new PeerProtocolError(`a frame of ${length} bytes, where at most ${this.maxBytes} are taken`);
    }
    return lengthBytes + length;
  }
}

/**
 * @param bytes one whole frame, its length included
 * @returns undefined for one that a newer version knows and this one need not
 * @throws PeerProtocolError
 */
export function decodePeerFrame(bytes: Buffer): PeerFrame | undefined {
  const number = bytes[lengthBytes] ?? 0;
  if (number === eventType) return decodeEvent(bytes);
  const type = jsonTypeOf.get(number);
  if (type === undefined && number >= firstOptionalType) return undefined;
  if (type === undefined) throw new PeerProtocolError(`a frame of unknown type ${number}`);
  const body = bytes.toString('utf8', lengthBytes + 1);
  const frame = readers[type](body === '' ? {} : parseFields(type, body));
  if (frame) return frame;
  throw new PeerProtocolError(`a ${type} frame with a field missing or wrong`);
}

function decodeEvent(bytes: Buffer): EventFrame {
  if (bytes.length > limits.eventFrameBytes) throw new PeerProtocolError('an event frame that is too long');
  const start = lengthBytes + eventHeadBytes;
  const channelBytes = bytes.length < start ? 0 : bytes.readUInt16BE(start - channelLengthBytes);
  const payloadStart = start + channelBytes;
  if (channelBytes === 0 || bytes.length < payloadStart)
    throw new PeerProtocolError('an event frame that is too short');
  const flags = bytes[lengthBytes + 1] ?? 0;
  const originStart = lengthBytes + 2;
  return {
    type: 'event',
    origin: bytes.toString('hex', originStart, originStart + nodeIdBytes),
    channel: bytes.toString('utf8', start, payloadStart),
    seq: bytes.readUIntBE(originStart + nodeIdBytes, seqBytes),
    first: (flags & flagFirst) !== 0,
    presence: (flags & flagPresence) !== 0,
    payload: bytes.subarray(payloadStart),
    bytes,
  };
}

function isJsonType(type: string): type is JsonType {
  return Object.hasOwn(jsonTypes, type);
}

type Fields = Readonly<Record<string, unknown>>;

/** From a body's fields to its frame; undefined when a field is not as it must be. Unknown fields are ignored. */
const readers: { readonly [T in JsonType]: (fields: Fields) => JsonFrame | undefined } = {
  ...greetingReaders,
  ping: () => ({ type: 'ping' }),
  pong: () => ({ type: 'pong' }),
  peers: ({ addresses }) =>
    isListOf(addresses, isAddress, limits.addressesPerFrame) ? { type: 'peers', addresses } : undefined,
  advert: ({ node, version, name, neighbours, leaving }) =>
    isNodeId(node) &&
    isCount(version) &&
    isServerName(name) &&
    isListOf(neighbours, isNodeId, limits.neighboursPerNode)
      ? { type: 'advert', node, version, name, neighbours, leaving: leaving === true }
      : undefined,
  ask: ({ origin }) => (isNodeId(origin) ? { type: 'ask', origin } : undefined),
  sync: ({ origin, channel, seq, members }) =>
    isNodeId(origin) && isText(channel) && isCount(seq) && isListOf(members, isText, limits.membersPerRoster)
      ? { type: 'sync', origin, channel, seq, members }
      : undefined,
};

function parseFields(type: string, body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // Said below.
  }
  throw new PeerProtocolError(`a ${type} frame whose body is not a JSON object`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 512;
}

function isServerName(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{C}\p{Z}]{1,64}$/u.test(value);
}

function isNodeId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

/** A whole number that the binary frames can carry too. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** (8 * seqBytes);
}

function isPort(value: unknown): value is number {
  return isCount(value) && value <= 65_535;
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port }: { host?: unknown; port?: unknown } = value;
  return typeof host === 'string' && /^[\w.:%-]{1,255}$/.test(host) && isPort(port) && port > 0;
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T, most: number): value is T[] {
  return Array.isArray(value) && value.length <= most && value.every(isOne);
}
