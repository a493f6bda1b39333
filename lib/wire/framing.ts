/**
 * How one text becomes bytes on a client's connection: a line over TCP, a frame over WebSocket.
 *
 * Frames from a server are unmasked (RFC 6455, 5.1), so the very same bytes serve every member of a lane.
 */
import { Buffer } from 'node:buffer';

export interface Framing {
  readonly transport: 'tcp' | 'websocket';
  /** The most bytes that `write` may need for a text of so many UTF-16 units. */
  maxBytes(textLength: number): number;
  /** Writes the framed text at an offset into a buffer with room for it, and returns where it ends. */
  write(into: Buffer, offset: number, text: string): number;
}

/** One text a line, ended by `\n`; the text has no line feed of its own. */
export const lineFraming: Framing = {
  transport: 'tcp',
  maxBytes: (textLength) => textLength * 3 + 1,
  write(into, offset, text) {
    const end = offset + into.write(text, offset, 'utf8');
    into[end] = 0x0a;
    return end + 1;
  },
};

const finalTextFrame = 0x81;
const longestHeader = 10;

/** One text a frame: final, opcode 1, no mask (RFC 6455, 5.2). */
export const webSocketFraming: Framing = {
  transport: 'websocket',
  maxBytes: (textLength) => textLength * 3 + longestHeader,
  write(into, offset, text) {
    const bytes = Buffer.byteLength(text, 'utf8');
    into[offset] = finalTextFrame;
    let payload = offset + 2;
    if (bytes < 126) {
      into[offset + 1] = bytes;
    } else if (bytes < 65_536) {
      into[offset + 1] = 126;
      payload = into.writeUInt16BE(bytes, offset + 2);
    } else {
      into[offset + 1] = 127;
      into.writeUInt32BE(0, offset + 2);
      payload = into.writeUInt32BE(bytes, offset + 6);
    }
    return payload + into.write(text, payload, 'utf8');
  },
};

/** Gathers framed texts in one reused buffer, and hands out exact copies of what it gathered. */
export class BatchWriter {
  #bytes = Buffer.allocUnsafe(65_536);
  #length = 0;

  /** Bytes gathered so far. */
  get length(): number {
    return this.#length;
  }

  add(framing: Framing, text: string): void {
    const needed = this.#length + framing.maxBytes(text.length);
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length = framing.write(this.#bytes, this.#length, text);
  }

  /** A copy of what was gathered; the writer is empty again. */
  take(): Buffer {
    const batch = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    if (this.#bytes.length > 1_048_576) this.#bytes = Buffer.allocUnsafe(65_536);
    return batch;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
