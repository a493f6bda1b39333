/**
 * EVENT, RESENT and ROUTED: the frames of a link that have a binary head. [PEERING 2]
 *
 * A server that only forwards an EVENT reads its head and sends the same bytes on.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.js';
import { PeerProtocolError } from './peer-error.js';

export const eventType = 16;
export const resentType = 17;
export const routedType = 18;

export const lengthBytes = 4;
const nodeIdBytes = 16;
/** The highest value of a number that counts something without end. */
const countBytes = 6;
const shortBytes = 2;
/** The length of the shortest event, which bounds how many events a frame of a given length can have. */
const leastEventBytes = '{"type":"join","channel":"c","name":"n"}'.length;

/** A run: consecutive events of one stream, which are sent, kept and asked for as a whole. */
export interface EventFrame {
  readonly type: 'event';
  readonly origin: string;
  readonly channel: string;
  /** The run's number among all runs of its origin; it shows whether the run has been here before. */
  readonly number: number;
  /** The number of its first event in the stream. */
  readonly seq: number;
  /** How many events it has, at least one. */
  readonly count: number;
  /** The digest of the origin's view of the map. */
  readonly view: number;
  /** Whether a join, leave or nick is among the events. */
  readonly presence: boolean;
  /** Whether it is sent again because a PULL asked for it. */
  readonly resent: boolean;
  /** The events as JSON, with line feeds between them. They are not decoded here. */
  readonly payload: Buffer;
  /** The whole frame, to be sent on. */
  readonly bytes: Buffer;
}

/** A frame for one server, which need not be a neighbour. */
export interface RoutedFrame {
  readonly type: 'routed';
  readonly to: string;
  readonly from: string;
  /** Links that it may still cross. */
  readonly hopsLeft: number;
  /** A whole frame. */
  readonly inner: Buffer;
}

// The head of an EVENT: type, flags, origin, number, seq, count, view, length of the channel's name.
const flagsAt = lengthBytes + 1;
const originAt = flagsAt + 1;
const numberAt = originAt + nodeIdBytes;
const seqAt = numberAt + countBytes;
const eventsAt = seqAt + countBytes;
const viewAt = eventsAt + shortBytes;
const channelLengthAt = viewAt + countBytes;
const channelAt = channelLengthAt + shortBytes;
const flagPresence = 1;

// The head of a ROUTED: type, hops left, to, from.
const hopsAt = lengthBytes + 1;
const toAt = hopsAt + 1;
const fromAt = toAt + nodeIdBytes;
const innerAt = fromAt + nodeIdBytes;

/** The number of a run's last event. */
export function lastSeq({ seq, count }: Pick<EventFrame, 'seq' | 'count'>): number {
  return seq + count - 1;
}

/**
 * Encodes a run of events. `lines` has the events as the JSON dialect tells them to clients, with line feeds between
 * them.
 */
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

/** The same run marked as sent again, for a server that missed it. */
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

/** The same frame with one hop less to go. */
export function oneHopOn(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[hopsAt] = Math.max(0, (bytes[hopsAt] ?? 0) - 1);
  return copy;
}
