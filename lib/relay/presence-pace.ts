/**
 * When members of large channels are told who came and left. Each coming is told to all members, so a flood of them costs
 * as much as there are comings times members, unless it waits a little and is told together. [PROTOCOL 3]
 *
 * Time goes by rounds. In each round a channel's members are told once, the channels take turns in the order in which they
 * began to wait, and so many members are told in all. After a quiet time the first coming is told at once.
 */
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';

/** A channel, as far as the pace goes. */
export interface Waiting {
  /** How many are to be told. */
  readonly size: number;
}

export class PresencePace<C extends Waiting> {
  /** Since when each waits, the longest first. */
  readonly #waiting = new Map<C, number>();
  /** Whose members have been told in this round. */
  readonly #told = new Set<C>();
  /** How many were told; it may be more than a round has room for, and then counts for the next ones, too. */
  #members = 0;
  #callOff: (() => void) | undefined;

  /** @param tell is given the channels whose time has come */
  constructor(
    private readonly clock: Pick<Clock, 'nowMs' | 'after'>,
    private readonly tell: (channels: readonly C[]) => void,
  ) {}

  /** @returns whether a channel's members may be told at once; if not, it waits until `tell` */
  mayTell(channel: C): boolean {
    if (this.#waiting.has(channel)) return false;
    if (!this.#told.has(channel) && this.#hasRoom) {
      this.#note(channel);
      return true;
    }
    this.#waiting.set(channel, this.clock.nowMs());
    return false;
  }

  /** A channel's members have been told all there was, for another reason. */
  forget(channel: C): void {
    this.#waiting.delete(channel);
  }

  /** Ends the last round. Returns all that wait, who wait no longer. */
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

  /** A channel is told in this round, which begins with the first one. */
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
