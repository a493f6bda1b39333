/**
 * Encodes a client's message as our own clients send it: a join asks for all features that they understand. [PROTOCOL
 * 2]
 */
import { type ClientMessage, features } from './messages.js';

export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message.type === 'join' ? { ...message, features } : message);
}
