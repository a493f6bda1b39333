/** A message as it came off the wire: whatever fields it has, unchecked. */
export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function parseMessage(text: string): Message {
  const value: unknown = JSON.parse(text);
  if (isMessage(value)) return value;
  throw new Error(`not a message: ${text}`);
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
