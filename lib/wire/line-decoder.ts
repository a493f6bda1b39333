/**
 * Splits the bytes of a TCP stream into lines. It is pure: bytes go in, lines come out.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { limits } from '../limits.js';
import { ProtocolError } from './errors.js';

type OnLine = (line: string | undefined) => void;
type OnEmpty = () => void;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const mostPieces = 64;

/** Splits a stream of bytes at `\n`; a `\r` before it is dropped. Empty lines are told apart from others. */
export class LineDecoder {
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** @param maxBytes the longest line, its end not counted */
  constructor(private readonly maxBytes: number = limits.lineBytes) {}

  /** Whether a line has begun and is not whole yet. */
  get isWithinLine(): boolean {
    return this.#restBytes > 0;
  }

  /**
   * @param chunk bytes as they came, cut anywhere; kept until the line they belong to is whole
   * @param onLine is called for each whole line, in order; `undefined` stands for a line that is not UTF-8
   * @param onEmpty is called for each line that has nothing in it
   * @throws ProtocolError `too-long` when a line exceeds the limit; the stream cannot be followed from there on
   */
  push(chunk: Buffer, onLine: OnLine, onEmpty: OnEmpty = ignore): void {
    const end = chunk.lastIndexOf(lineFeed);
    if (end === -1) {
      if (chunk.length > 0) this.#keep(chunk);
      return;
    }
    let start = 0;
    if (this.#restBytes > 0) {
      start = chunk.indexOf(lineFeed) + 1;
      this.#tell(this.#withRest(chunk.subarray(0, start - 1)), onLine, onEmpty);
    }
    if (start <= end) this.#tell(chunk.subarray(start, end), onLine, onEmpty);
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
  }

  /** Whole lines. If all of them are valid UTF-8, they are decoded as one text. */
  #tell(lines: Buffer, onLine: OnLine, onEmpty: OnEmpty): void {
    if (isUtf8(lines)) {
      this.#tellText(lines.toString('utf8'), onLine, onEmpty);
      return;
    }
    for (let start = 0; start <= lines.length; ) {
      const found = lines.indexOf(lineFeed, start);
      const end = found === -1 ? lines.length : found;
      const line = lines.subarray(start, lines[end - 1] === carriageReturn ? Math.max(start, end - 1) : end);
      if (isUtf8(line)) this.#tellText(line.toString('utf8'), onLine, onEmpty);
      else {
        this.#checkLength(line.length);
        onLine(undefined);
      }
      start = end + 1;
    }
  }

  #tellText(text: string, onLine: OnLine, onEmpty: OnEmpty): void {
    for (let start = 0; start <= text.length; ) {
      const found = text.indexOf('\n', start);
      const next = found === -1 ? text.length : found;
      const end = next > start && text.charCodeAt(next - 1) === carriageReturn ? next - 1 : next;
      if (end > start) {
        const line = text.slice(start, end);
        // A UTF-16 unit takes at most three bytes, so most lines need not be counted.
        if (line.length * 3 > this.maxBytes) this.#checkLength(Buffer.byteLength(line));
        onLine(line);
      } else {
        onEmpty();
      }
      start = next + 1;
    }
  }

  /** The line that began with the kept bytes. */
  #withRest(tail: Buffer): Buffer {
    this.#keep(tail);
    const line = Buffer.concat(this.#rest, this.#restBytes);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #keep(bytes: Buffer): void {
    // A `\r` at the end does not count yet: it is dropped if `\n` follows.
    this.#checkLength(this.#restBytes + bytes.length - 1);
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    // Copied: a line that comes in a few bytes at a time would otherwise keep the whole chunk behind each of them.
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

function ignore(): void {}
