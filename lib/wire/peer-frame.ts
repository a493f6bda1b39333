/**
 * What travels on a link between two servers: frames with a length, a type and a body. [PEERING 2]
 *
 *     length  u32, big endian: bytes after it
 *     type    u8
 *     body    JSON; for the most frequent frames a binary head (peer-event.ts)
 */
import { Buffer } from 'node:buffer';
import type { Address } from './address.js';
import { PeerProtocolError } from './peer-error.js';
import {
  decodeEvent,
  decodeRouted,
  type EventFrame,
  eventType,
  lengthBytes,
  type RoutedFrame,
  resentType,
  routedType,
} from './peer-event.js';
import { readers } from './peer-fields.js';
import type { Auth, Bye, Hello } from './peer-greeting.js';

export {
  type Auth,
  type ByeReason,
  type Hello,
  oldestPeerProtocol,
  peerProtocolVersion,
} from './peer-greeting.js';

/** What a server tells the network about itself, signed by it. */
export interface Advertisement {
  readonly type: 'advert';
  readonly node: string;
  readonly key: string;
  /** Grows with each advertisement of the server. */
  readonly version: number;
  readonly name: string;
  /** The node ids that it has links with. */
  readonly neighbours: readonly string[];
  /** Whether it is going down; no advertisement follows then. */
  readonly leaving: boolean;
  readonly signature: string;
}

/** A server, and which versions of its advertisement and its interest are known; 0 for none. */
export type VersionRow = readonly [node: string, advert: number, interest: number];

/** A channel and how many members it has at a server, rounded; -1 when the server is not interested any more. */
export type InterestChange = readonly [channel: string, members: number];

/** How a server's interest changed from one version to another; from version 0 it is the whole table. */
export interface InterestFrame {
  readonly type: 'interest';
  readonly node: string;
  readonly from: number;
  readonly to: number;
  /** The digest of the whole table at version `to`; this is what is signed. */
  readonly digest: string;
  readonly signature: string;
  readonly changes: readonly InterestChange[];
  /** Which part of several this is, from 0, and whether it is the last. */
  readonly part: number;
  readonly last: boolean;
}

/** How far an origin's streams have got. */
export interface Heads {
  readonly type: 'heads';
  readonly origin: string;
  /** Links that it may still cross. */
  readonly hopsLeft: number;
  readonly heads: readonly (readonly [channel: string, seq: number])[];
}

/** Ranges of numbers of a stream, each from its first to its last, both included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Where a stream stands, and who is in its channel at its origin. */
export interface Sync {
  readonly type: 'sync';
  readonly origin: string;
  readonly channel: string;
  /**
   * Where it stood when its origin learned that the other server is interested: all later events are sent to that
   * server.
   */
  readonly base: number;
  /** Where it stands now. */
  readonly seq: number;
  readonly members: readonly string[];
}

/** A name, and when it was claimed for its user, in milliseconds since 1970. */
export type NameClaim = readonly [name: string, sinceMs: number];

/** The answer to a CLAIM: which claims were written down, and which names others have. */
export interface Claimed {
  readonly type: 'claimed';
  readonly request: number;
  readonly granted: readonly NameClaim[];
  readonly refused: readonly string[];
}

export type JsonFrame =
  | Hello
  | Auth
  | Bye
  /** With the digests of the map and of all interest, as the sender has them. */
  | { readonly type: 'ping'; readonly view: number; readonly interest: number }
  /** The same digests without the two ends of a new link. */
  | { readonly type: 'summary'; readonly view: number; readonly interest: number }
  | { readonly type: 'pong'; readonly view: number; readonly interest: number }
  | { readonly type: 'peers'; readonly addresses: readonly Address[] }
  | Advertisement
  /** Which versions the sender has. */
  | { readonly type: 'versions'; readonly servers: readonly VersionRow[] }
  /** Asks for what is newer than the versions named. */
  | { readonly type: 'want'; readonly servers: readonly VersionRow[] }
  | InterestFrame
  | Heads
  | RoutableFrame;

/** Frames from one server to another, which need not be its neighbour. */
export type RoutableFrame =
  /** Asks for events of a stream. */
  | { readonly type: 'pull'; readonly origin: string; readonly channel: string; readonly ranges: Ranges }
  /** Says which of the events asked for are not there. */
  | { readonly type: 'miss'; readonly origin: string; readonly channel: string; readonly ranges: Ranges }
  /** Asks for a SYNC of its streams in these channels. */
  | { readonly type: 'ask'; readonly channels: readonly string[] }
  | Sync
  /** Claims names at the server that keeps them. */
  | {
      readonly type: 'claim';
      readonly request: number;
      /** Whether a user wants it just now. Otherwise a user has it already, and the keeper did not know. */
      readonly fresh: boolean;
      readonly claims: readonly NameClaim[];
    }
  | Claimed
  /** Takes back the claim that was made at the given time, and no other. */
  | { readonly type: 'release'; readonly name: string; readonly sinceMs: number }
  /** Somebody claimed this name earlier. */
  | { readonly type: 'contest'; readonly name: string; readonly sinceMs: number }
  | { readonly type: 'find'; readonly request: number; readonly name: string }
  | { readonly type: 'found'; readonly request: number; readonly node: string | undefined }
  | { readonly type: 'direct'; readonly request: number; readonly message: string }
  | { readonly type: 'directed'; readonly request: number; readonly delivered: boolean };

export type PeerFrame = JsonFrame | EventFrame | RoutedFrame;

/** Frames for the neighbour itself. */
export type LinkFrame = Exclude<PeerFrame, RoutableFrame>;

export type JsonType = JsonFrame['type'];

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
