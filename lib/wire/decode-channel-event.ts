/**
 * The JSON of an event from another server -> a ChannelEvent, strictly: it is said on to clients here. [PEERING 2]
 */
import { limits } from '../limits.js';
import { ProtocolError } from './errors.js';
import type { ChannelEvent, DirectMessage } from './messages.js';
import { checkText, checkUserName } from './names.js';

/**
 * What a user of plain words said, as a server of ours writes it: to take it apart by its form is several times as fast
 * as by `JSON.parse`, and most of the checks are the form's.
 */
const plainMsg =
  /^\{"type":"msg","id":"([\w-]+)","channel":"([^"\\\u0000-\u001f]+)","from":"([A-Za-z_][\w-]*)","text":"([ !#-[\]-~]+)","at":(0|[1-9]\d{0,14})\}$/;

export interface DecodedEvent {
  /** With just its own fields. */
  readonly event: ChannelEvent;
  /** What came, if it is to the letter what this server would write. */
  readonly json: string | undefined;
}

/**
 * @param json the payload of an EVENT frame
 * @param channel the channel of its stream, which the event must be of
 * @returns undefined when it is not an event that a server of ours would have said
 */
export function decodeChannelEvent(json: string, channel: string): DecodedEvent | undefined {
  const plain = decodePlainMsg(json);
  const event = plain ?? read(json, fromFields);
  return event?.channel === channel ? { event, json: plain && json } : undefined;
}

function decodePlainMsg(json: string): ChannelEvent | undefined {
  const [plain, id = '', channel = '', from = '', text = '', at] = plainMsg.exec(json) ?? [];
  const fits =
    plain !== undefined &&
    id.length <= limits.refCharacters &&
    from.length <= limits.userNameCharacters &&
    text.length <= limits.textBytes &&
    text.trim() !== '';
  return fits ? { type: 'msg', id, channel, from, text, at: Number(at) } : undefined;
}

/** @returns the direct message with just its own fields; undefined when no server of ours would have said it */
export function decodeDirectMessage(json: string): DirectMessage | undefined {
  return read(json, ({ type, id, to, from, text, at }) => {
    if (type !== 'msg' || typeof to !== 'string' || !isShort(id)) return undefined;
    if (typeof from !== 'string' || typeof text !== 'string' || !Number.isSafeInteger(at)) return undefined;
    if (checkText(text) !== text) return undefined;
    return { type, id, to: checkUserName(to), from: checkUserName(from), text, at: Number(at) };
  });
}

function read<T>(json: string, make: (fields: Record<string, unknown>) => T | undefined): T | undefined {
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
      return { type, id, channel, from: checkUserName(from), text, at: Number(at) };
    case 'join':
      return typeof name === 'string' ? { type, channel, name: checkUserName(name) } : undefined;
    case 'leave':
      if (typeof name !== 'string' || (reason !== undefined && !isShort(reason))) return undefined;
      return { type, channel, name: checkUserName(name), reason };
    case 'nick':
      if (typeof name !== 'string' || typeof from !== 'string') return undefined;
      return { type, channel, name: checkUserName(name), from: checkUserName(from) };
    default:
      return undefined;
  }
}

/** An id or a reason: printable, and not long. */
function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.refCharacters && /^[^\p{C}]*$/u.test(value);
}
