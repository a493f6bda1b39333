/**
 * How far the streams of forgotten servers had got. If such a server comes back, members who are still in its channels are
 * told that they missed something. [PEERING 6.3]
 */
import { limits } from '../../../limits.js';

export class ForgottenStreams {
  /** Watermarks by channel and origin. A channel that got a further one goes to the end, so the first one is the oldest. */
  readonly #watermarks = new Map<string, Map<string, number>>();
  #size = 0;

  /** @param most how many streams are remembered */
  constructor(private readonly most: number = limits.forgottenStreams) {}

  get size(): number {
    return this.#size;
  }

  /** Remembers how far a stream had got; the oldest one makes room. */
  remember(origin: string, channel: string, watermark: number): void {
    this.take(origin, channel);
    if (this.#size >= this.most) this.#dropOldest();
    const origins = this.#watermarks.get(channel) ?? new Map<string, number>();
    this.#watermarks.delete(channel);
    this.#watermarks.set(channel, origins.set(origin, watermark));
    this.#size++;
  }

  /** How far a stream had got that is in use again; it is no longer remembered. */
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

  /** Restarted servers come under new ids, so most of what is here never comes back. */
  #dropOldest(): void {
    for (const [channel, origins] of this.#watermarks) {
      for (const origin of origins.keys()) {
        this.take(origin, channel);
        return;
      }
    }
  }
}
