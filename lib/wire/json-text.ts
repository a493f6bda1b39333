/**
 * The JSON of the most frequent messages, made by hand: the same as `JSON.stringify` to the letter, and several times
 * as fast.
 */
import type { ChannelEvent, DirectMessage, ServerMessage } from './messages.js';

/** ASCII that stands for itself in a JSON string: no quotes, backslashes or control characters. */
const plain = /^[ !#-[\]-~]*$/;

export function jsonOf(message: ServerMessage): string {
  return message.type === 'msg' ? jsonOfMsg(message) : JSON.stringify(message);
}

function jsonOfMsg(message: Extract<ChannelEvent, { type: 'msg' }> | DirectMessage): string {
  const { id, from, text, at } = message;
  const [field, where] = 'to' in message ? ['to', message.to] : ['channel', message.channel];
  return `{"type":"msg","id":${quoted(id)}${whereAndWho(field, where, from)}${quoted(text)},"at":${at}}`;
}

/** The middle made last; it is used again, since people say several things in a row. */
let made = { field: '', where: '', from: '', json: '' };

/** The middle of a message's JSON: its channel and its speaker. */
function whereAndWho(field: string, where: string, from: string): string {
  if (made.where !== where || made.from !== from || made.field !== field) {
    made = { field, where, from, json: `,"${field}":${quoted(where)},"from":${quoted(from)},"text":` };
  }
  return made.json;
}

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
