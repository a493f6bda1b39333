/** Splits the bytes of a link into frames. [PEERING 2] */
import { Buffer } from 'node:buffer';
import { PeerProtocolError } from './peer-error.js';
import { lengthBytes } from './peer-event.js';
import { decodePeerFrame, type PeerFrame } from './peer-frame.js';

export class PeerFrameDecoder {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many bytes there must be before the next step. Chunks are joined only when a frame is whole. */
  #needed = lengthBytes;

  /** @param maxBytes the longest frame that is taken; it may be raised once the other end has proven who it is */
  constructor(public maxBytes: number) {}

  /**
   * @param chunk bytes as they came, cut anywhere
   * @param onFrame is called for each whole frame that is known, in order, with all its bytes
   * @throws PeerProtocolError the stream cannot be followed from there on
   */
  push(chunk: Buffer, onFrame: (frame: PeerFrame, bytes: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bytes);
    let at = 0;
    for (;;) {
      this.#needed = this.#frameBytes(all, at);
      if (all.length - at < this.#needed) break;
      const bytes = all.subarray(at, at + this.#needed);
      const frame = decodePeerFrame(bytes);
      if (frame) onFrame(frame, bytes);
      at += this.#needed;
    }
    this.#chunks = at < all.length ? [all.subarray(at)] : [];
    this.#bytes = all.length - at;
  }

  /** How many bytes the frame at an offset has; if its length has yet to come, as many as the length takes. */
  #frameBytes(all: Buffer, at: number): number {
    if (all.length - at < lengthBytes) return lengthBytes;
    const length = all.readUInt32BE(at);
    if (length === 0 || length > this.maxBytes) {
      throw new PeerProtocolError(`a frame of ${length} bytes, where at most ${this.maxBytes} are taken`);
    }
    return lengthBytes + length;
  }
}
