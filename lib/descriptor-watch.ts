/**
 * Checks every now and then whether a file descriptor is left, and warns if none is. Without it nobody would notice
 * that the system closes connections.
 */
import type { Clock } from './clock.js';
import { isOutOfDescriptors } from './descriptors.js';
import { limits } from './limits.js';
import type { Log } from './log.js';
import { LastingWarning } from './log-brake.js';

export class DescriptorWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #warning: LastingWarning;

  constructor(
    clock: Pick<Clock, 'nowMs'>,
    log: Log,
    private readonly isOut: () => boolean = isOutOfDescriptors,
  ) {
    this.#warning = new LastingWarning(log, clock, 'no file descriptor is left');
    this.#timer = setInterval(() => this.look(), limits.descriptorLookMs).unref();
  }

  look(): void {
    if (!this.isOut()) return;
    this.#warning.note({
      consequence: 'new connections are closed, and links cannot be made',
      remedy: 'a higher limit (ulimit -n)',
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
