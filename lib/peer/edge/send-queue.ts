/**
 * What waits for a link whose socket takes no more: control ahead of data, each in its order; data beyond a bound is
 * dropped, for whoever misses it asks for it again. [PEERING 3.4]
 */
import { Queue } from '../../queue.js';
import { eventCount } from '../../wire/peer-event.js';
import type { Urgency } from '../core/mesh-options.js';

export interface SendQueueLimits {
  readonly dataBytes: number;
  readonly controlBytes: number;
}

/** What became of a frame; `overflow`: there is more control than can wait, and the link is to end. */
export type Pushed = 'waits' | 'dropped' | 'overflow';

export class SendQueue {
  /** Events dropped so far. */
  dropped = 0;
  readonly #control = new Frames();
  readonly #data = new Frames();

  constructor(private readonly limits: SendQueueLimits) {}

  get bytes(): number {
    return this.#control.bytes + this.#data.bytes;
  }

  push(bytes: Buffer, urgency: Urgency): Pushed {
    const { controlBytes, dataBytes } = this.limits;
    if (urgency === 'control') {
      this.#control.push(bytes);
      return this.#control.bytes > controlBytes ? 'overflow' : 'waits';
    }
    if (this.#data.bytes + bytes.length > dataBytes) {
      // The newest, so that what was taken on goes out without a gap.
      this.dropped += eventCount(bytes);
      return 'dropped';
    }
    this.#data.push(bytes);
    return 'waits';
  }

  /** The next frame to send. */
  shift(): Buffer | undefined {
    return this.#control.shift() ?? this.#data.shift();
  }

  clear(): void {
    this.#control.clear();
    this.#data.clear();
  }
}

/** Frames that wait, and how many bytes they are. */
class Frames {
  bytes = 0;
  readonly #frames = new Queue<Buffer>();

  push(frame: Buffer): void {
    this.#frames.push(frame);
    this.bytes += frame.length;
  }

  shift(): Buffer | undefined {
    const frame = this.#frames.shift();
    this.bytes -= frame?.length ?? 0;
    return frame;
  }

  clear(): void {
    this.#frames.clear();
    this.bytes = 0;
  }
}
