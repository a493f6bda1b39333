/**
 * What travels on a link between two servers: frames with a length, a type and a body. [PEERING 2]
 *
 *     length  u32, big endian: bytes after it
 *     type    u8
 *     body    JSON; for the most frequent frames a binary head (peer-event.ts)
 */
import { Buffer } from 'node:buffer';
import { PeerProtocolError } from './peer-error.js';
import { decodeEvent, decodeRouted, eventType, lengthBytes, resentType, routedType } from './peer-event.js';
import { readers } from './peer-fields.js';
import type { JsonFrame, JsonType, PeerFrame, RoutableFrame } from './peer-frame-types.js';

export type * from './peer-frame-types.js';
export {
  type Auth,
  type ByeReason,
  type Hello,
  oldestPeerProtocol,
  peerProtocolVersion,
} from './peer-greeting.js';

/** The numbers of the frames whose body is JSON. */
const jsonTypes: { readonly [T in JsonType]: number } = {
  hello: 1,
  bye: 2,
  ping: 3,
  pong: 4,
  peers: 5,
  advert: 6,
  versions: 7,
  want: 8,
  auth: 9,
  interest: 10,
  heads: 11,
  summary: 12,
  ask: 32,
  sync: 33,
  claim: 34,
  claimed: 35,
  release: 36,
  contest: 37,
  find: 38,
  found: 39,
  direct: 40,
  directed: 41,
  pull: 42,
  miss: 43,
};
const jsonTypeOf = new Map(
  Object.entries(jsonTypes).flatMap(([type, number]) => (isJsonType(type) ? [[number, type]] : [])),
);

/** Types from here on are for one server, which need not be a neighbour. */
const firstRoutableType = 32;
/** Types from here on are ignored by servers that do not know them. */
const firstOptionalType = 128;

/**
 * Encodes a frame, with its length. A HELLO ends with a line feed, so that a server whose client port was dialled by
 * mistake takes it for a line and answers.
 */
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

/**
 * @param bytes one whole frame, its length included
 * @returns undefined for a frame of a newer version that this one need not know
 * @throws PeerProtocolError
 */
export function decodePeerFrame(bytes: Buffer): PeerFrame | undefined {
  const number = bytes[lengthBytes] ?? 0;
  if (number === eventType || number === resentType) return decodeEvent(bytes);
  if (number === routedType) return decodeRouted(bytes);
  const type = jsonTypeOf.get(number);
  if (type === undefined && number >= firstOptionalType) return undefined;
  if (type === undefined) throw new PeerProtocolError(`a frame of unknown type ${number}`);
  const body = bytes.toString('utf8', lengthBytes + 1);
  const frame = readers[type](body === '' ? {} : parseFields(type, body));
  if (frame) return frame;
  throw new PeerProtocolError(`a ${type} frame with a field missing or wrong`);
}

export function isRoutable(frame: PeerFrame): frame is RoutableFrame {
  return frame.type !== 'event' && frame.type !== 'routed' && jsonTypes[frame.type] >= firstRoutableType;
}

function isJsonType(type: string): type is JsonType {
  return Object.hasOwn(jsonTypes, type);
}

function parseFields(type: string, body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // Said below.
  }
  throw new PeerProtocolError(`a ${type} frame whose body is not a JSON object`);
}
