/**
 * How texts become bytes on a client's connection: lines over TCP, frames over WebSocket.
 *
 * A server's WebSocket frames are unmasked (RFC 6455, 5.1), so the same bytes serve every member of a lane.
 */
import { Buffer } from 'node:buffer';

export interface Framing {
  readonly transport: 'tcp' | 'websocket';
  /** What comes before a text of the given length; each UTF-16 unit stands for a byte. */
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

/** A whole number as bytes, the most significant first. */
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
 * Frames many texts at once. If all are ASCII, as most are, they become one string that is copied once.
 *
 * @param texts an empty text gets no frame
 */
export function frameAll(framing: Framing, texts: readonly string[]): Framed {
  const ends: number[] = [];
  let all = '';
  let notAscii = 0;
  for (const text of texts) {
    if (text !== '') {
      const before = framing.before(text.length);
      notAscii += unitsNotAscii(before);
      all += before + text + framing.after;
    }
    ends.push(all.length);
  }
  // A unit that is not ASCII takes more than one byte in UTF-8. If only the heads have such units, all texts are ASCII.
  const isAscii = Buffer.byteLength(all, 'utf8') === all.length + notAscii;
  return isAscii ? { bytes: Buffer.from(all, 'latin1'), ends } : frameEach(framing, texts);
}

function unitsNotAscii(head: string): number {
  let count = 0;
  for (let i = 0; i < head.length; i++) if (head.charCodeAt(i) > 0x7f) count++;
  return count;
}

function frameEach(framing: Framing, texts: readonly string[]): Framed {
  const pieces: Buffer[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const text of texts) {
    if (text !== '') {
      const bytes = Buffer.from(text, 'utf8');
      const before = Buffer.from(framing.before(bytes.length), 'latin1');
      const after = Buffer.from(framing.after, 'latin1');
      pieces.push(before, bytes, after);
      end += before.length + bytes.length + after.length;
    }
    ends.push(end);
  }
  return { bytes: Buffer.concat(pieces, end), ends };
}
