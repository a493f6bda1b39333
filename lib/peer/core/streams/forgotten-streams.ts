/**
 * Remembers how far the streams of forgotten servers had got. If such a server comes back, members who are still in its
 * channels are told that they missed something. [PEERING 6.3]
 */
import { limits } from '../../../limits.js';

export class ForgottenStreams {
  /**
   * Watermarks by channel and origin. A channel to which one is added moves to the end, so the oldest channel is first.
   */
  readonly #watermarks = new Map<string, Map<string, number>>();
  #size = 0;

  /** @param most how many streams are remembered */
  constructor(private readonly most: number = limits.forgottenStreams) {}

  get size(): number {
    return this.#size;
  }

  /** Remembers how far a stream had got. If there is no room, the oldest one is dropped. */
  remember(origin: string, channel: string, watermark: number): void {
    this.take(origin, channel);
    if (this.#size >= this.most) this.#dropOldest();
    const origins = this.#watermarks.get(channel) ?? new Map<string, number>();
    this.#watermarks.delete(channel);
    this.#watermarks.set(channel, origins.set(origin, watermark));
    this.#size++;
  }

  /** Takes out how far a stream had got, because it is in use again. */
  take(origin: string, channel: string): number | undefined {
    const origins = this.#watermarks.get(channel);
    const watermark = origins?.get(origin);
    if (!origins?.delete(origin)) return undefined;
    this.#size--;
    if (origins.size === 0) this.#watermarks.delete(channel);
    return watermark;
  }

  /** Forgets the streams of a channel that nobody here is in any more. */
  forgetChannel(channel: string): void {
    this.#size -= this.#watermarks.get(channel)?.size ?? 0;
    this.#watermarks.delete(channel);
  }

  /** Drops the oldest stream. Restarted servers have new ids, so most streams that are remembered never come back. */
  #dropOldest(): void {
    for (const [channel, origins] of this.#watermarks) {
      for (const origin of origins.keys()) {
        this.take(origin, channel);
        return;
      }
    }
  }
}
