/**
 * Bytes of a TCP stream -> lines. Pure: bytes in, lines out, and no socket in sight.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { limits } from '../limits.js';
import { ProtocolError } from './errors.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const mostPieces = 64;

/** Splits a stream of bytes at `\n`; a `\r` before it is dropped, and so are empty lines. */
export class LineDecoder {
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** @param maxBytes the longest line, its end not counted */
  constructor(private readonly maxBytes: number = limits.lineBytes) {}

  /**
   * @param chunk bytes as they came, cut anywhere; kept until the line they belong to is whole
   * @param onLine is called for each whole line, in order; `undefined` stands for a line that is not UTF-8
   * @throws ProtocolError `too-long` when a line exceeds the limit; the stream cannot be followed from there on
   */
  push(chunk: Buffer, onLine: (line: string | undefined) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      const line = this.#complete(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) onLine(isUtf8(line) ? line.toString('utf8') : undefined);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  #complete(tail: Buffer): Buffer {
    let line = tail;
    if (this.#restBytes > 0) {
      this.#keep(tail);
      line = Buffer.concat(this.#rest, this.#restBytes);
      this.#rest = [];
      this.#restBytes = 0;
    }
    if (line.length > 0 && line[line.length - 1] === carriageReturn) line = line.subarray(0, -1);
    this.#checkLength(line.length);
    return line;
  }

  #keep(bytes: Buffer): void {
    // A `\r` that may yet be dropped does not count.
    this.#checkLength(this.#restBytes + bytes.length - 1);
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    // A line that dribbles in would otherwise hold a buffer, and the chunk behind it, for every few bytes.
    if (this.#rest.length > mostPieces) this.#rest = [Buffer.concat(this.#rest, this.#restBytes)];
  }

  #checkLength(bytes: number): void {
    if (bytes > this.maxBytes) {
      throw new ProtocolError(
        'too-long',
        `A line has at most ${this.maxBytes} bytes; this connection ends here.`,
      );
    }
  }
}
