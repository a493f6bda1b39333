/**
 * Everything that the simulator knows of the core besides the methods of `Mesh`: its frames and its tables. A change of
 * the core's insides needs a change of this file, and of no other one here.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../../lib/limits.js';
import type { Identity } from '../../lib/peer/core/identity.js';
import type { Mesh } from '../../lib/peer/core/mesh.js';
import type { Address } from '../../lib/wire/address.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { encodeEventFrame, eventType } from '../../lib/wire/peer-event.js';
import { decodePeerFrame, encodePeerFrame, type PeerFrame } from '../../lib/wire/peer-frame.js';

export type { DirectOutcome } from '../../lib/network.js';
export type { Dial } from '../../lib/peer/core/links/address-book.js';
export { type Goodbye, goodbye } from '../../lib/peer/core/links/goodbyes.js';
export type { LinkId } from '../../lib/peer/core/links/link-table.js';
export { Mesh } from '../../lib/peer/core/mesh.js';
export type { Urgency } from '../../lib/peer/core/mesh-options.js';
export { type Advertisement, type ByeReason, peerProtocolVersion } from '../../lib/wire/peer-frame.js';
export { encodePeerFrame, type Identity, PeerProtocolError };

/** What this core can do. Some scenarios make no sense without it. */
export const abilities = {
  /** No server can tell another's neighbours in its name. */
  signsAdverts: true,
  /** From this type on, servers that do not know a frame ignore it, and do not end the link. */
  optionalTypesFrom: 128 as number | undefined,
} as const;

/** Numbers of the frames that are counted. */
/** A PULL travels in a ROUTED frame. */
const pullType = 42;

/** A frame that crosses wires. It is decoded once, for all who receive the same bytes. */
export interface Parsed {
  readonly bytes: Buffer;
  /** Undefined if it cannot be decoded, or need not be. */
  readonly frame: PeerFrame | undefined;
  readonly error: PeerProtocolError | undefined;
  /**
   * The name of an event, which is the same wherever it passes; undefined for other frames and for events that are sent
   * again.
   */
  readonly eventKey: string | undefined;
  readonly isPull: boolean;
  /** Tells different bytes apart in a trace. */
  readonly hash: number;
}

const parsed = new WeakMap<Buffer, Parsed>();

export function parse(bytes: Buffer): Parsed {
  let known = parsed.get(bytes);
  if (!known) {
    known = parseAnew(bytes);
    parsed.set(bytes, known);
  }
  return known;
}

function parseAnew(bytes: Buffer): Parsed {
  const number = bytes[4];
  let frame: PeerFrame | undefined;
  let error: PeerProtocolError | undefined;
  try {
    checkLength(bytes);
    frame = decodePeerFrame(bytes);
  } catch (thrown) {
    if (!(thrown instanceof PeerProtocolError)) throw thrown;
    error = thrown;
  }
  const eventKey =
    frame?.type === 'event' && number === eventType
      ? `${frame.origin} ${frame.seq} ${frame.channel}`
      : undefined;
  return {
    bytes,
    frame,
    error,
    eventKey,
    isPull: frame?.type === 'routed' && frame.inner[4] === pullType,
    hash: hashOf(bytes),
  };
}

/** Decodes a whole frame. Putting frames together from pieces is tested elsewhere. */
function checkLength(bytes: Buffer): void {
  const said = bytes.length < 5 ? 0 : bytes.readUInt32BE(0);
  if (said === 0 || said > limits.peerFrameBytes || said !== bytes.length - 4)
    throw new PeerProtocolError('a frame with a wrong length');
}

/** FNV-1a. (Fowler, Noll and Vo) Of a long frame its beginning and its length are enough. */
function hashOf(bytes: Buffer): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  const end = Math.min(bytes.length, 512);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

interface TakesFrames {
  frame(link: number, frame: PeerFrame, bytes: Buffer): void;
}

/** @throws PeerProtocolError */
export function passFrame(mesh: TakesFrames, link: number, { frame, error, bytes }: Parsed): void {
  if (error) throw error;
  if (frame) mesh.frame(link, frame, bytes);
}

/** Encodes any frame, even of a type that does not exist. */
export function encodeRaw(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + body.length, 0);
  head[4] = type;
  return Buffer.concat([head, body]);
}

/** An ADVERT, properly signed if asked for; its fields may be absurd. */
export function encodeOwnAdvert(
  { node, publicKey, sign }: Identity,
  version: number,
  neighbours: readonly string[],
): Buffer {
  const [name, leaving] = ['hostile', false];
  const signature = sign(JSON.stringify(['hearsay advert', node, version, name, neighbours, leaving]));
  return encodePeerFrame({
    type: 'advert',
    node,
    key: publicKey,
    version,
    name,
    neighbours,
    leaving,
    signature,
  });
}

/** Events that a server says for a user of its own; their numbers may be absurd. */
export function encodeOwnEvents(
  { node }: Identity,
  channel: string,
  seq: number,
  lines: readonly string[],
  count = lines.length,
): Buffer {
  const presence = !lines.every((json) => json.includes('"type":"msg"'));
  const head = { origin: node, channel, number: seq, seq, count, view: seq % 1000, presence };
  return encodeEventFrame(head, lines.join('\n'));
}

/** A frame in words, for the report of a failure. */
export function describeFrame({ frame, error, bytes }: Pick<Parsed, 'frame' | 'error' | 'bytes'>): string {
  if (!frame) return `${error?.message ?? 'optional'} (${bytes.length} bytes)`;
  if (frame.type === 'event') {
    const text = frame.payload.toString('utf8');
    return `event ${frame.origin.slice(0, 4)} ${frame.channel}#${frame.seq} ${text.slice(0, 90)}`;
  }
  if (frame.type === 'routed') {
    const inner = describeFrame({
      frame: decodePeerFrame(frame.inner),
      error: undefined,
      bytes: frame.inner,
    });
    return `for ${frame.to.slice(0, 4)} from ${frame.from.slice(0, 4)}: ${inner}`;
  }
  return JSON.stringify(frame)
    .replace(/[0-9a-f]{32,}/g, (hex) => hex.slice(0, 4))
    .slice(0, 200);
}

/** The other servers that a server sees in reach, and their links as `a-b`, sorted. */
export function mapOf(mesh: Mesh, ownNode: string): string[] {
  const claims = new Map<string, readonly string[]>([[ownNode, mesh.neighbours.links.neighbours()]]);
  for (const { node, neighbours, leaving } of mesh.topology.presentAdverts())
    if (!leaving) claims.set(node, neighbours);
  const reached = new Set([ownNode]);
  const edges: string[] = [];
  for (const a of reached) {
    for (const b of claims.get(a) ?? []) {
      if (!claims.get(b)?.includes(a)) continue;
      reached.add(b);
      if (a < b) edges.push(`${a}-${b}`);
    }
  }
  return edges.sort();
}

/** How many other servers a server has in reach. */
export function reachableCount(mesh: Mesh): number {
  const { node } = mesh.topology.own;
  const inReach = new Set(mapOf(mesh, node).flatMap((edge) => edge.split('-')));
  inReach.delete(node);
  return inReach.size;
}

/** The neighbour through which a server would now send something to another. */
export function firstHop(mesh: Mesh, node: string): string | undefined {
  return mesh.topology.view(Number.NEGATIVE_INFINITY).firstHopTo(node);
}

/** Whether an operator asked for an address. */
export function isWanted(mesh: Mesh, address: Address): boolean {
  return mesh.neighbours.addresses.isWanted(address);
}

/** The sizes of the core's tables that can be seen from outside, and what they may be at most. */
export function tableSizes(
  mesh: Mesh,
): { readonly table: string; readonly size: number; readonly cap: number }[] {
  return [
    { table: 'links', size: mesh.neighbours.links.size, cap: limits.links },
    { table: 'interests', size: mesh.interests.size, cap: limits.channelsElsewhere },
    {
      table: 'addresses by hand',
      size: mesh.neighbours.addresses.wanted().length,
      cap: limits.knownAddresses,
    },
  ];
}
