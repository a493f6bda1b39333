/**
 * Decodes what a server sends, for clients. [PROTOCOL 3]
 *
 * A client trusts what its server means, but not that it is well formed: a message that is not as the protocol says is
 * `undefined`. So is a type from a later version, which a client ignores.
 */
import type { ServerMessage } from './messages.js';

type Check = (value: unknown) => boolean;

const string: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const strings: Check = (value) => Array.isArray(value) && value.every(string);
const summaries: Check = (value) => Array.isArray(value) && value.every(isSummary);
const absent: Check = (value) => value === undefined;
const ref: Check = (value) => string(value) || number(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

type Shape = Readonly<Record<string, Check>>;

const said: Shape = { id: string, from: string, text: string, at: number };

/** One row for each type, with all shapes that a message of the type may have. */
const shapes: { readonly [T in ServerMessage['type']]: readonly Shape[] } = {
  welcome: [
    { server: string, version: string, protocol: number, limits: isObject, features: optional(strings) },
  ],
  joined: [{ channel: string, name: string, members: strings, more: optional(number), ref: optional(ref) }],
  presence: [{ channel: string, joined: optional(strings), left: optional(strings) }],
  left: [{ channel: string, ref: optional(ref) }],
  msg: [
    { ...said, channel: string },
    { ...said, to: string, channel: absent },
  ],
  join: [{ channel: string, name: string }],
  leave: [{ channel: string, name: string, reason: optional(string) }],
  nick: [{ name: string, from: string, channel: optional(string), ref: optional(ref) }],
  names: [{ channel: string, members: strings, more: optional(number), ref: optional(ref) }],
  channels: [{ channels: summaries, more: optional(number), ref: optional(ref) }],
  ok: [{ id: string, ref }],
  pong: [{ ref: optional(ref) }],
  notice: [{ text: string, channel: optional(string), left: optional(strings) }],
  error: [{ code: string, message: string, retryMs: optional(number), ref: optional(ref) }],
};

const shapesByType: ReadonlyMap<string, readonly Shape[]> = new Map(Object.entries(shapes));

/** @returns undefined for a message that this version of the protocol does not know */
export function decodeServerMessage(text: string): ServerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isServerMessage(value) ? value : undefined;
}

function isServerMessage(value: unknown): value is ServerMessage {
  if (!isObject(value) || typeof value.type !== 'string') return false;
  const fits = (shape: Shape) => Object.entries(shape).every(([field, check]) => check(value[field]));
  return shapesByType.get(value.type)?.some(fits) ?? false;
}

function isSummary(value: unknown): boolean {
  return isObject(value) && string(value.channel) && number(value.members);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
