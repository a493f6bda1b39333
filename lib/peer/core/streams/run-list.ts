/** Runs of events of one stream, in the order of their numbers; most come in that order. */

export interface Run {
  /** The first event's number. */
  readonly seq: number;
  readonly count: number;
}

/** Empty places at the front are kept until there are so many. */
const mostEmpty = 64;

export class RunList<R extends Run> {
  #runs: (R | undefined)[] = [];
  /** Where the list begins; places before it are empty. */
  #head = 0;
  #events = 0;

  /** How many runs it has. */
  get size(): number {
    return this.#runs.length - this.#head;
  }

  /** How many events they have. */
  get events(): number {
    return this.#events;
  }

  /** The run with the lowest number. */
  get first(): R | undefined {
    return this.#runs[this.#head];
  }

  /** @returns whether it is there from now on; not if one with its number was already */
  add(run: R): boolean {
    const place = this.#placeOf(run.seq);
    if (this.#runs[place]?.seq === run.seq) return false;
    if (place === this.#runs.length) this.#runs.push(run);
    else this.#runs.splice(place, 0, run);
    this.#events += run.count;
    return true;
  }

  /** The run that an event is in. */
  with(seq: number): R | undefined {
    const place = this.#placeOf(seq);
    const run = this.#runs[place];
    if (run?.seq === seq) return run;
    const before = place > this.#head ? this.#runs[place - 1] : undefined;
    return before && before.seq + before.count > seq ? before : undefined;
  }

  /** The run with the lowest number from one on. */
  from(seq: number): R | undefined {
    return this.#runs[this.#placeOf(seq)];
  }

  /** Removes the run with the lowest number. */
  dropFirst(): R | undefined {
    const { first } = this;
    if (!first) return undefined;
    this.#events -= first.count;
    this.#runs[this.#head++] = undefined;
    if (this.#head > mostEmpty && 2 * this.#head > this.#runs.length) {
      this.#runs = this.#runs.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** The place of the first run whose number is not lower. */
  #placeOf(seq: number): number {
    let high = this.#runs.length;
    let low = this.#head;
    // Mostly what comes follows on all that is there.
    if (high > low && (this.#runs[high - 1]?.seq ?? 0) < seq) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
