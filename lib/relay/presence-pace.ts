/**
 * Decides when the members of large channels are told of joins and leaves. All members are told of each join, so a
 * flood of joins costs as much as their number times the number of members, unless they wait a little and are told
 * together. [PROTOCOL 3]
 *
 * Time is divided into rounds. In each round a channel's members are told at most once, channels have their turn in the
 * order in which they began to wait, and the number of members who are told in all is limited. After a quiet time, the
 * first join is told at once.
 */
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';

/** A channel that may have to wait. */
export interface Waiting {
  /** How many members are to be told. */
  readonly size: number;
}

export class PresencePace<C extends Waiting> {
  /** The channels that wait and since when, in the order in which they began. */
  readonly #waiting = new Map<C, number>();
  /** The channels whose members have been told in this round. */
  readonly #told = new Set<C>();
  /** How many members were told. What is more than a round has room for counts for the next rounds. */
  #members = 0;
  #callOff: (() => void) | undefined;

  /** @param tell is given the channels whose time has come */
  constructor(
    private readonly clock: Pick<Clock, 'nowMs' | 'after'>,
    private readonly tell: (channels: readonly C[]) => void,
  ) {}

  /** Whether a channel's members may be told at once. If not, the channel waits until `tell` is called with it. */
  mayTell(channel: C): boolean {
    if (this.#waiting.has(channel)) return false;
    if (!this.#told.has(channel) && this.#hasRoom) {
      this.#note(channel);
      return true;
    }
    this.#waiting.set(channel, this.clock.nowMs());
    return false;
  }

  /** Lets a channel wait no longer, because its members are told everything now. */
  forget(channel: C): void {
    this.#waiting.delete(channel);
  }

  /** Ends the last round. Returns the channels that wait, which wait no longer. */
  finish(): readonly C[] {
    const all = [...this.#waiting.keys()];
    this.#waiting.clear();
    this.#told.clear();
    this.#callOff?.();
    this.#callOff = undefined;
    return all;
  }

  get #hasRoom(): boolean {
    return this.#members < limits.presencePerRound;
  }

  /** Counts a channel as told in this round. The first one begins the round. */
  #note(channel: C): void {
    this.#told.add(channel);
    this.#members += channel.size;
    this.#callOff ??= this.clock.after(limits.presenceRoundMs, () => this.#endRound());
  }

  #endRound(): void {
    this.#callOff = undefined;
    this.#told.clear();
    this.#members = Math.max(0, this.#members - limits.presencePerRound);
    const nowMs = this.clock.nowMs();
    const due: C[] = [];
    for (const [channel, sinceMs] of this.#waiting) {
      if (!this.#hasRoom && nowMs - sinceMs < limits.presenceWaitMs) break;
      this.#waiting.delete(channel);
      this.#note(channel);
      due.push(channel);
    }
    if (this.#members > 0) this.#callOff ??= this.clock.after(limits.presenceRoundMs, () => this.#endRound());
    this.tell(due);
  }
}
