/**
 * The frames that wait for a link whose socket takes no more. Frames of control go ahead of data, each kind in its
 * order. Data beyond a bound is dropped, because a server that misses it asks for it again. [PEERING 3.4]
 */
import { Queue } from '../../queue.js';
import { eventCount } from '../../wire/peer-event.js';
import type { Urgency } from '../core/mesh-options.js';

export interface SendQueueLimits {
  readonly dataBytes: number;
  readonly controlBytes: number;
}

/** What became of a frame; `overflow` means that more control waits than is allowed, and that the link has to end. */
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
      // The newest frame is the one that is dropped, so that the frames that wait go out without a gap.
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

/** Frames that wait, and how many bytes they have. */
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
