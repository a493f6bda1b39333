/** A list of runs of events of one stream, in the order of their numbers. Most runs are added in that order. */
import { Queue } from '../../../queue.js';

export interface Run {
  /** The first event's number. */
  readonly seq: number;
  readonly count: number;
}

export class RunList<R extends Run> {
  readonly #runs = new Queue<R>();
  #events = 0;

  /** How many runs it has. */
  get size(): number {
    return this.#runs.length;
  }

  /** How many events the runs have together. */
  get events(): number {
    return this.#events;
  }

  /** The run with the lowest number. */
  get first(): R | undefined {
    return this.#runs.at(0);
  }

  /** Adds a run. @returns whether it was added: it is not if there is a run with the same first number already */
  add(run: R): boolean {
    const place = this.#placeOf(run.seq);
    if (this.#runs.at(place)?.seq === run.seq) return false;
    if (place === this.#runs.length) this.#runs.push(run);
    else this.#runs.insert(place, run);
    this.#events += run.count;
    return true;
  }

  /** The run that an event is in. */
  with(seq: number): R | undefined {
    const place = this.#placeOf(seq);
    const run = this.#runs.at(place);
    if (run?.seq === seq) return run;
    const before = this.#runs.at(place - 1);
    return before && before.seq + before.count > seq ? before : undefined;
  }

  /** The first run whose number is not lower than `seq`. */
  from(seq: number): R | undefined {
    return this.#runs.at(this.#placeOf(seq));
  }

  /** Removes the run with the lowest number. */
  dropFirst(): R | undefined {
    const first = this.#runs.shift();
    this.#events -= first?.count ?? 0;
    return first;
  }

  /** The place of the first run whose number is not lower. */
  #placeOf(seq: number): number {
    let high = this.#runs.length;
    let low = 0;
    // Most runs that are added come after all others.
    if (high > low && this.#seqAt(high - 1) < seq) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#seqAt(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #seqAt(place: number): number {
    return this.#runs.at(place)?.seq ?? 0;
  }
}
