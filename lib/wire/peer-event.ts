/**
 * EVENT, RESENT and ROUTED: the frames of a link that have a binary head. [PEERING 2]
 *
 * A server that only forwards an EVENT reads its head, and sends on the very bytes that came.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.js';
import { PeerProtocolError } from './peer-error.js';

export const eventType = 16;
export const resentType = 17;
export const routedType = 18;

export const lengthBytes = 4;
const nodeIdBytes = 16;
/** Of every number that counts something without end. */
const countBytes = 6;
const shortBytes = 2;
/** No event is shorter, so a frame of so many bytes has at most so many. */
const leastEventBytes = '{"type":"join","channel":"c","name":"n"}'.length;

/** A run of events of one stream, one after the other: it travels whole, and is kept and asked for as a whole. */
export interface EventFrame {
  readonly type: 'event';
  readonly origin: string;
  readonly channel: string;
  /** Counts the runs of the origin: tells whether this one has been here. */
  readonly number: number;
  /** Counts the events of its stream: the first one's. */
  readonly seq: number;
  /** How many events it has, at least one. */
  readonly count: number;
  /** The digest of the map that the origin had. */
  readonly view: number;
  /** A join, leave or nick is among them. */
  readonly presence: boolean;
  /** It was asked for with a PULL, or follows one that was. */
  readonly resent: boolean;
  /** The events as JSON, a line feed between each two; not looked into here. */
  readonly payload: Buffer;
  /** The whole frame, for sending on. */
  readonly bytes: Buffer;
}

/** A frame for one server, wherever in the network. */
export interface RoutedFrame {
  readonly type: 'routed';
  readonly to: string;
  readonly from: string;
  /** Links that it may still cross. */
  readonly hopsLeft: number;
  /** A whole frame. */
  readonly inner: Buffer;
}

// Of an EVENT: type, flags, origin, number, seq, count, view, length of the channel's name.
const flagsAt = lengthBytes + 1;
const originAt = flagsAt + 1;
const numberAt = originAt + nodeIdBytes;
const seqAt = numberAt + countBytes;
const eventsAt = seqAt + countBytes;
const viewAt = eventsAt + shortBytes;
const channelLengthAt = viewAt + countBytes;
const channelAt = channelLengthAt + shortBytes;
const flagPresence = 1;

// Of a ROUTED: type, hops left, to, from.
const hopsAt = lengthBytes + 1;
const toAt = hopsAt + 1;
const fromAt = toAt + nodeIdBytes;
const innerAt = fromAt + nodeIdBytes;

/** The number of a run's last event. */
export function lastSeq({ seq, count }: Pick<EventFrame, 'seq' | 'count'>): number {
  return seq + count - 1;
}

/** A run of events as a frame. `lines` are the events as the JSON dialect says them to clients, a line feed between each two. */
export function encodeEventFrame(
  head: Pick<EventFrame, 'origin' | 'channel' | 'number' | 'seq' | 'count' | 'view' | 'presence'>,
  lines: string,
): Buffer {
  const channelBytes = Buffer.byteLength(head.channel);
  const bytes = Buffer.allocUnsafe(channelAt + channelBytes + Buffer.byteLength(lines));
  bytes.writeUInt32BE(bytes.length - lengthBytes, 0);
  bytes[lengthBytes] = eventType;
  bytes[flagsAt] = head.presence ? flagPresence : 0;
  bytes.write(head.origin, originAt, 'hex');
  bytes.writeUIntBE(head.number, numberAt, countBytes);
  bytes.writeUIntBE(head.seq, seqAt, countBytes);
  bytes.writeUInt16BE(head.count, eventsAt);
  bytes.writeUIntBE(head.view, viewAt, countBytes);
  bytes.writeUInt16BE(channelBytes, channelLengthAt);
  bytes.write(head.channel, channelAt);
  bytes.write(lines, channelAt + channelBytes);
  return bytes;
}

/** The same events, to be sent because they were missed. */
export function asResent(bytes: Buffer): Buffer {
  if (bytes[lengthBytes] === resentType) return bytes;
  const copy = Buffer.from(bytes);
  copy[lengthBytes] = resentType;
  return copy;
}

/** Whether a whole frame has events. */
export function isEventBytes(bytes: Buffer): boolean {
  return bytes[lengthBytes] === eventType || bytes[lengthBytes] === resentType;
}

/** How many events a whole frame has, or carries for one server. */
export function eventCount(bytes: Buffer): number {
  const at = bytes[lengthBytes] === routedType ? innerAt : 0;
  return isEventBytes(bytes.subarray(at)) ? bytes.readUInt16BE(at + eventsAt) : 0;
}

/** @throws PeerProtocolError */
export function decodeEvent(bytes: Buffer): EventFrame {
  if (bytes.length > limits.eventFrameBytes) throw new PeerProtocolError('an event frame that is too long');
  const channelBytes = bytes.length < channelAt ? 0 : bytes.readUInt16BE(channelLengthAt);
  const payloadAt = channelAt + channelBytes;
  if (channelBytes === 0 || bytes.length < payloadAt)
    throw new PeerProtocolError('an event frame that is too short');
  const count = bytes.readUInt16BE(eventsAt);
  if (count === 0 || count > limits.runEvents || bytes.length - payloadAt < count * leastEventBytes)
    throw new PeerProtocolError(`an event frame of ${count} events in ${bytes.length} bytes`);
  return {
    type: 'event',
    origin: bytes.toString('hex', originAt, numberAt),
    channel: bytes.toString('utf8', channelAt, payloadAt),
    number: bytes.readUIntBE(numberAt, countBytes),
    seq: bytes.readUIntBE(seqAt, countBytes),
    count,
    view: bytes.readUIntBE(viewAt, countBytes),
    presence: ((bytes[flagsAt] ?? 0) & flagPresence) !== 0,
    resent: bytes[lengthBytes] === resentType,
    payload: bytes.subarray(payloadAt),
    bytes,
  };
}

/** @param inner a whole frame */
export function encodeRouted({ to, from, hopsLeft, inner }: Omit<RoutedFrame, 'type'>): Buffer {
  const bytes = Buffer.allocUnsafe(innerAt + inner.length);
  bytes.writeUInt32BE(bytes.length - lengthBytes, 0);
  bytes[lengthBytes] = routedType;
  bytes[hopsAt] = hopsLeft;
  bytes.write(to, toAt, 'hex');
  bytes.write(from, fromAt, 'hex');
  inner.copy(bytes, innerAt);
  return bytes;
}

/** @throws PeerProtocolError */
export function decodeRouted(bytes: Buffer): RoutedFrame {
  if (bytes.length <= innerAt + lengthBytes) throw new PeerProtocolError('a routed frame that is too short');
  const inner = bytes.subarray(innerAt);
  if (inner.readUInt32BE(0) !== inner.length - lengthBytes)
    throw new PeerProtocolError('a routed frame whose length is wrong');
  return {
    type: 'routed',
    to: bytes.toString('hex', toAt, fromAt),
    from: bytes.toString('hex', fromAt, innerAt),
    hopsLeft: bytes[hopsAt] ?? 0,
    inner,
  };
}

/** The same routed frame with one hop less to go. */
export function oneHopOn(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[hopsAt] = Math.max(0, (bytes[hopsAt] ?? 0) - 1);
  return copy;
}
