/**
 * How far the streams of servers had got that were forgotten since: if such a server comes back, those who are still in its
 * channels are told that they missed something. [PEERING 6.3]
 */
import { limits } from '../../../limits.js';

export class ForgottenStreams {
  /** By channel, and by origin. */
  readonly #watermarks = new Map<string, Map<string, number>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  remember(origin: string, channel: string, watermark: number): void {
    if (this.#size >= limits.forgottenStreams) return;
    let origins = this.#watermarks.get(channel);
    if (!origins) {
      origins = new Map();
      this.#watermarks.set(channel, origins);
    }
    if (!origins.has(origin)) this.#size++;
    origins.set(origin, watermark);
  }

  /** How far a stream had got; it is in use again, and no longer remembered. */
  take(origin: string, channel: string): number | undefined {
    const origins = this.#watermarks.get(channel);
    const watermark = origins?.get(origin);
    if (!origins?.delete(origin)) return undefined;
    this.#size--;
    if (origins.size === 0) this.#watermarks.delete(channel);
    return watermark;
  }

  /** Nobody here is in a channel any more. */
  forgetChannel(channel: string): void {
    this.#size -= this.#watermarks.get(channel)?.size ?? 0;
    this.#watermarks.delete(channel);
  }
}
