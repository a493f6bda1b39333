/**
 * The JSON of what is said most, made by hand: several times as fast as `JSON.stringify`, and the same to the letter.
 */
import type { ChannelEvent, DirectMessage, ServerMessage } from './messages.js';

/** ASCII that stands for itself in a JSON string: no quotes, backslashes or control characters. */
const plain = /^[ !#-[\]-~]*$/;

export function jsonOf(message: ServerMessage): string {
  return message.type === 'msg' ? jsonOfMsg(message) : JSON.stringify(message);
}

function jsonOfMsg(message: Extract<ChannelEvent, { type: 'msg' }> | DirectMessage): string {
  const { id, from, text, at } = message;
  const where = 'to' in message ? `"to":${quoted(message.to)}` : `"channel":${quoted(message.channel)}`;
  return `{"type":"msg","id":${quoted(id)},${where},"from":${quoted(from)},"text":${quoted(text)},"at":${at}}`;
}

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
