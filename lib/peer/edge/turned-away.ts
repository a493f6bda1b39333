/**
 * Who is turned away at the peer port, for the log: a few lines in a while, and then only how many more there were,
 * for anybody can come there as often as he likes.
 */
import type { Clock } from '../../clock.js';
import { limits } from '../../limits.js';
import type { Log } from '../../log.js';

export class TurnedAway {
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** Since then. */
  #lines = 0;
  #more = 0;

  constructor(
    private readonly log: Log,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** @param address where it came from @param reason for people */
  note(address: string, reason: string): void {
    this.tick();
    if (this.#lines >= limits.turnedAwayLines) {
      this.#more++;
      return;
    }
    this.#lines++;
    this.log.info('peer turned away', { address, reason });
  }

  /** Time has passed. */
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#sinceMs < limits.turnedAwayMs) return;
    this.sumUp();
    this.#sinceMs = nowMs;
    this.#lines = 0;
  }

  /** Says how many there were of whom nothing was said. */
  sumUp(): void {
    if (this.#more > 0) this.log.info('more peers turned away', { count: this.#more });
    this.#more = 0;
  }
}
