/**
 * Texts at a steady rate, whether or not the server keeps up: at each turn the texts that are due are said, by one
 * speaker after the other.
 */
import type { Connection } from './connection.js';
import { Script } from './script.js';

export class Stream {
  said = 0;
  #goesOn = true;
  #begunMs = 0;
  readonly #count: number[];

  constructor(
    private readonly speakers: readonly Connection[],
    private readonly perSecond: number,
    private readonly textBytes: number,
  ) {
    this.#count = speakers.map(() => 0);
  }

  start(): void {
    this.#begunMs = performance.now();
    this.#sayDue();
  }

  stop(): void {
    this.#goesOn = false;
  }

  readonly #sayDue = (): void => {
    if (!this.#goesOn) return;
    const nowMs = performance.now();
    const due = Math.floor(((nowMs - this.#begunMs) / 1000) * this.perSecond) - this.said;
    const each = this.speakers.length;
    for (let i = 0; i < Math.min(due, each); i++) {
      const place = (this.said + i) % each;
      const speaker = this.speakers[place];
      if (!speaker) continue;
      const texts = Math.floor(due / each) + (i < due % each ? 1 : 0);
      const number = this.#count[place] ?? 0;
      const script = Script.of(speaker, texts, this.textBytes, number);
      // The time at which the first of them was due, however late this turn is.
      const dueMs = this.#begunMs + (1000 * this.said) / this.perSecond;
      speaker.write(script.fill(number + 1, Math.round(dueMs * 1000)));
      this.#count[place] = number + texts;
    }
    this.said += Math.max(0, due);
    // This keeps the processor busy rather than be late: the load has a processor of its own.
    setImmediate(this.#sayDue);
  };
}
