/**
 * Decodes the JSON of an event from another server. It is strict, because clients here are sent the same text. [PEERING 2]
 */
import { limits } from '../limits.js';
import { ProtocolError } from './errors.js';
import type { ChannelEvent, DirectMessage } from './messages.js';
import { checkAnyUserName, checkText } from './names.js';
import { type Published, PublishedMessage } from './published.js';

/**
 * The form of a plain message as our servers write it. Checking the form is several times as fast as `JSON.parse`, and text
 * that fits it can be passed on without being written anew. (The numbers are those of `limits`.)
 */
const plainMsg =
  /\{"type":"msg","id":"[\w-]{1,64}","channel":"([^"\\\u0000-\u001f]+)","from":"[A-Za-z_][\w-]{0,31}","text":" *[!#-[\]-~][ !#-[\]-~]*","at":(?:0|[1-9]\d{0,14})\}/y;

/** A message whose text can be passed on, because this server would write it to the letter. */
class PlainMsg implements Published<Msg> {
  readonly type = 'msg';
  #message: Msg | undefined;

  constructor(readonly json: string) {}

  get message(): Msg {
    this.#message ??= JSON.parse(this.json) as Msg;
    return this.#message;
  }
}

type Msg = Extract<ChannelEvent, { type: 'msg' }>;

/** A decoded run of events. */
export interface DecodedRun {
  readonly events: readonly Published<ChannelEvent>[];
  /** Lines that none of our servers would write. */
  readonly unusable: readonly string[];
  /** Whether it has exactly as many events as it says. */
  readonly isWhole: boolean;
}

/**
 * @param lines the payload of an EVENT frame
 * @param channel the channel of its stream, which the events must be of
 * @param count how many events it says it has; further ones are not looked at
 * @param skipped how many events at its beginning are left out
 */
export function decodeChannelEvents(lines: string, channel: string, count: number, skipped = 0): DecodedRun {
  const events: Published<ChannelEvent>[] = [];
  const unusable: string[] = [];
  let at = 0;
  let found = 0;
  for (; found < count && at <= lines.length; found++) {
    const plainEnd = found < skipped ? undefined : endOfPlainMsg(lines, at, channel);
    const end = plainEnd ?? endOfLine(lines, at);
    if (found >= skipped) {
      const line = lines.slice(at, end);
      const event = plainEnd === undefined ? decodeChannelEvent(line, channel) : new PlainMsg(line);
      if (event) events.push(event);
      else unusable.push(line);
    }
    at = end + 1;
  }
  return { events, unusable, isWhole: found === count && at > lines.length };
}

/** Where the line that begins at an offset ends, if it is a plain message in a channel. */
function endOfPlainMsg(lines: string, at: number, channel: string): number | undefined {
  plainMsg.lastIndex = at;
  const [plain, inChannel] = plainMsg.exec(lines) ?? [];
  if (plain === undefined || inChannel !== channel) return undefined;
  const end = at + plain.length;
  // If the whole line is no longer than a text may be, its text is not too long either.
  const fits = plain.length <= limits.textBytes && (end === lines.length || lines[end] === '\n');
  return fits ? end : undefined;
}

function endOfLine(lines: string, at: number): number {
  const end = lines.indexOf('\n', at);
  return end === -1 ? lines.length : end;
}

function decodeChannelEvent(json: string, channel: string): Published<ChannelEvent> | undefined {
  const event = read(json, fromFields);
  return event?.channel === channel ? new PublishedMessage(event) : undefined;
}

/** @returns the direct message without unknown fields; undefined when none of our servers would write it */
export function decodeDirectMessage(json: string): DirectMessage | undefined {
  return read(json, ({ type, id, to, from, text, at }) => {
    if (type !== 'msg' || typeof to !== 'string' || !isShort(id)) return undefined;
    if (typeof from !== 'string' || typeof text !== 'string' || !Number.isSafeInteger(at)) return undefined;
    if (checkText(text) !== text) return undefined;
    return { type, id, to: checkAnyUserName(to), from: checkAnyUserName(from), text, at: Number(at) };
  });
}

const mayBeObject = /^\s*\{/;

function read<T>(json: string, make: (fields: Record<string, unknown>) => T | undefined): T | undefined {
  // A throwing `JSON.parse` takes as long as a hundred good messages.
  if (!mayBeObject.test(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? make(value) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function fromFields({
  type,
  id,
  channel,
  name,
  from,
  text,
  at,
  reason,
}: Record<string, unknown>): ChannelEvent | undefined {
  if (typeof channel !== 'string') return undefined;
  switch (type) {
    case 'msg':
      if (!isShort(id) || typeof from !== 'string' || typeof text !== 'string' || !Number.isSafeInteger(at))
        return undefined;
      if (checkText(text) !== text) return undefined;
      return { type, id, channel, from: checkAnyUserName(from), text, at: Number(at) };
    case 'join':
      return typeof name === 'string' ? { type, channel, name: checkAnyUserName(name) } : undefined;
    case 'leave':
      if (typeof name !== 'string' || (reason !== undefined && !isShort(reason))) return undefined;
      return { type, channel, name: checkAnyUserName(name), reason };
    case 'nick':
      if (typeof name !== 'string' || typeof from !== 'string') return undefined;
      return { type, channel, name: checkAnyUserName(name), from: checkAnyUserName(from) };
    default:
      return undefined;
  }
}

/** Whether a text can be an id or a reason: it is printable and short. */
function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.refCharacters && /^[^\p{C}]*$/u.test(value);
}
