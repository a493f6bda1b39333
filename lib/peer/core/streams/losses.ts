/** Losses of streams, gathered for a while so that members are told once and not again and again. [PEERING 6.3] */
import { limits } from '../../../limits.js';
import { Timetable } from '../timetable.js';

/** Events of an origin in a channel that were given up and will not come. */
export interface Loss {
  readonly origin: string;
  readonly channel: string;
  /** How many events; undefined if that is not known. */
  readonly count: number | undefined;
}

export class Losses {
  readonly #gathered = new Map<string, Loss>();
  readonly #due = new Timetable<string>();

  note(loss: Loss, nowMs: number): void {
    const { origin, channel, count } = loss;
    const key = `${origin} ${channel}`;
    const before = this.#gathered.get(key);
    if (!before) this.#due.add(key, nowMs + limits.lossGatherMs);
    const isKnown = count !== undefined && (!before || before.count !== undefined);
    this.#gathered.set(key, { origin, channel, count: isKnown ? count + (before?.count ?? 0) : undefined });
  }

  /** Takes the losses that are to be told by now. */
  take(nowMs: number): Loss[] {
    return this.#due.takeDue(nowMs).flatMap((key) => {
      const loss = this.#gathered.get(key);
      this.#gathered.delete(key);
      return loss ?? [];
    });
  }
}
