/**
 * How texts become bytes on a client's connection: lines over TCP, frames over WebSocket.
 *
 * Frames from a server are unmasked (RFC 6455, 5.1), so the very same bytes serve every member of a lane.
 */
import { Buffer } from 'node:buffer';

export interface Framing {
  readonly transport: 'tcp' | 'websocket';
  /** What comes before a text of so many bytes; each UTF-16 unit stands for a byte. */
  before(textBytes: number): string;
  /** What comes after it, in the same way. */
  readonly after: string;
}

/** One text a line, ended by `\n`; the text has no line feed of its own. */
export const lineFraming: Framing = {
  transport: 'tcp',
  before: () => '',
  after: '\n',
};

/** One text a frame: final, opcode 1, no mask (RFC 6455, 5.2). */
export const webSocketFraming: Framing = {
  transport: 'websocket',
  before(textBytes) {
    if (textBytes < 126) return `\x81${String.fromCharCode(textBytes)}`;
    if (textBytes < 65_536) return `\x81\x7e${bytesOf(textBytes, 2)}`;
    return `\x81\x7f${bytesOf(textBytes, 8)}`;
  },
  after: '',
};

/** A whole number in so many bytes, the highest first. */
function bytesOf(value: number, count: number): string {
  let bytes = '';
  for (let i = count - 1; i >= 0; i--) bytes += String.fromCharCode(Math.floor(value / 256 ** i) % 256);
  return bytes;
}

/** Texts, framed one after the other. */
export interface Framed {
  readonly bytes: Buffer;
  /** Where each text's frame ends. */
  readonly ends: readonly number[];
}

/**
 * Frames texts, many in one go: it is one string and one copy of it, where all are ASCII.
 *
 * @param texts an empty one stands for nothing, and gets no frame
 */
export function frameAll(framing: Framing, texts: readonly string[]): Framed {
  const ends: number[] = [];
  let all = '';
  let end = 0;
  let isAscii = true;
  for (const text of texts) {
    if (text !== '') {
      const bytes = Buffer.byteLength(text, 'utf8');
      const before = framing.before(bytes);
      if (bytes !== text.length) isAscii = false;
      all += before + text + framing.after;
      end += before.length + bytes + framing.after.length;
    }
    ends.push(end);
  }
  const bytes = isAscii ? Buffer.from(all, 'latin1') : frameEach(framing, texts, end);
  return { bytes, ends };
}

function frameEach(framing: Framing, texts: readonly string[], length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const text of texts) {
    if (text === '') continue;
    at += bytes.write(framing.before(Buffer.byteLength(text, 'utf8')), at, 'latin1');
    at += bytes.write(text, at, 'utf8');
    at += bytes.write(framing.after, at, 'latin1');
  }
  return bytes;
}
