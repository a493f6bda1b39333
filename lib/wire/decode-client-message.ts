/**
 * Decodes what a client sends: a ClientMessage, or a ProtocolError that says what was wrong. [PROTOCOL 2]
 */
import { limits } from '../limits.js';
import { type ErrorCode, ProtocolError } from './errors.js';
import type { ClientMessage, Ref } from './messages.js';
import {
  characters,
  checkAnyUserName,
  checkChannelName,
  checkText,
  checkUserName,
  isBlank,
} from './names.js';

type Fields = Record<string, unknown>;
type Decoder = (fields: Fields) => ClientMessage;

/** One row for each type a client may send. */
const decoders = new Map<string, Decoder>([
  [
    'join',
    (fields) => ({
      type: 'join',
      channel: checkChannelName(requiredString(fields, 'channel')),
      name: optional(fields, 'name', checkUserName),
      features: featuresOf(fields),
      ref: refOf(fields),
    }),
  ],
  [
    'leave',
    (fields) => ({
      type: 'leave',
      channel: checkChannelName(requiredString(fields, 'channel')),
      ref: refOf(fields),
    }),
  ],
  [
    'msg',
    (fields) => {
      if (fields.to !== undefined && fields.channel !== undefined) {
        throw malformed('a msg goes to a channel ("channel") or to one user ("to"), not to both.');
      }
      return {
        type: 'msg',
        text: checkText(requiredString(fields, 'text')),
        channel: optional(fields, 'channel', checkChannelName),
        to: optional(fields, 'to', checkAnyUserName),
        ref: refOf(fields),
      };
    },
  ],
  [
    'nick',
    (fields) => ({ type: 'nick', name: checkUserName(requiredString(fields, 'name')), ref: refOf(fields) }),
  ],
  [
    'names',
    (fields) => ({
      type: 'names',
      channel: checkChannelName(requiredString(fields, 'channel')),
      ref: refOf(fields),
    }),
  ],
  ['channels', (fields) => ({ type: 'channels', ref: refOf(fields) })],
  ['ping', (fields) => ({ type: 'ping', ref: refOf(fields) })],
]);

/** A decoded text: a message, or the error to answer with. */
export type Decoded =
  | { ok: true; message: ClientMessage }
  | { ok: false; error: ProtocolError; ref: Ref | undefined };

/**
 * The form of a `msg` to a channel as most clients write it: no unknown fields, nothing escaped, no character that has
 * to be removed, and a channel name that is plainly in normal form. Matching it is several times as fast as
 * `JSON.parse`.
 */
const plainMsg =
  /^\{"type":"msg"(?:,"channel":"([a-z0-9_-]{1,64})")?,"text":"([^"\\\u0000-\u001f\u007f-\u009f\ud800-\udfff]*)"(?:,"ref":(0|[1-9]\d{0,14}))?\}$/;

/**
 * @param text one line, or one WebSocket message: one JSON object
 * @returns a message or an error; it never throws
 */
export function decodeClientMessage(text: string): Decoded {
  let fields: Fields | undefined;
  try {
    const plain = decodePlainMsg(text);
    if (plain) return { ok: true, message: plain };
    fields = parseObject(text);
    const type = fields.type;
    const decoder = typeof type === 'string' ? decoders.get(type) : undefined;
    if (!decoder) throw malformed(`"type" must be one of ${[...decoders.keys()].join(', ')}.`);
    return { ok: true, message: decoder(fields) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ok: false, error, ref: fields && usableRef(fields.ref) };
  }
}

function decodePlainMsg(line: string): ClientMessage<'msg'> | undefined {
  const match = plainMsg.exec(line);
  if (!match) return undefined;
  const [, channel, text = '', ref] = match;
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 > limits.textBytes || isBlank(text)) return undefined;
  return { type: 'msg', text, channel, to: undefined, ref: ref === undefined ? undefined : Number(ref) };
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(
      'not JSON; send one JSON object, such as {"type":"join","channel":"lobby","name":"ann"}.',
    );
  }
  if (!isObject(value)) throw malformed('send one JSON object with a "type".');
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requiredString(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value === 'string') return value;
  throw malformed(
    value === undefined ? `"${field}" is missing from this ${fields.type}.` : `"${field}" must be a string.`,
  );
}

function optional(fields: Fields, field: string, check: (value: string) => string): string | undefined {
  return fields[field] === undefined ? undefined : check(requiredString(fields, field));
}

/** Those that are not known are of a later version, and mean nothing. */
function featuresOf({ features }: Fields): readonly string[] | undefined {
  if (features === undefined) return undefined;
  if (Array.isArray(features) && features.every((feature) => typeof feature === 'string')) return features;
  throw malformed('"features" must be a list of strings.');
}

function refOf(fields: Fields): Ref | undefined {
  const ref = fields.ref;
  if (ref === undefined || usableRef(ref) !== undefined) return usableRef(ref);
  throw malformed(`"ref" must be a number, or a string of at most ${limits.refCharacters} characters.`);
}

/**
 * Whether a ref can be given back as it came. JSON allows 1e999, for example, which is Infinity here and cannot be
 * written again.
 */
function usableRef(ref: unknown): Ref | undefined {
  if (typeof ref === 'number') return Number.isFinite(ref) ? ref : undefined;
  return typeof ref === 'string' && characters(ref) <= limits.refCharacters ? ref : undefined;
}

function malformed(what: string): ProtocolError {
  const code: ErrorCode = 'malformed';
  return new ProtocolError(code, `Malformed: ${what}`);
}
