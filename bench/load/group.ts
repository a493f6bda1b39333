/**
 * People who share channels and speak in rounds. In a round each speaker says a number of texts. A listener has
 * finished the round once it has heard all texts of the others, and the round is over once all listeners have finished.
 * At most two rounds are under way.
 */
import type { Connection } from './connection.js';
import type { Listener } from './listener.js';
import { Script } from './script.js';

interface Speaker {
  readonly connection: Connection;
  /** One entry for each round that may be under way. */
  readonly scripts: readonly Script[];
}

export interface Hearer {
  readonly connection: Connection;
  readonly listener: Listener;
}

export interface GroupOptions {
  readonly speakers: readonly Connection[];
  readonly hearers: readonly Hearer[];
  /** How many texts each speaker may have under way. */
  readonly depth: number;
  readonly textBytes: number;
  /** Is told how long each round took, from the first text to the last listener, in milliseconds. */
  readonly onRound: (ms: number) => void;
}

export class Group {
  /** How many texts were said. */
  said = 0;
  readonly #speakers: readonly Speaker[];
  readonly #roundsUnderWay: number;
  readonly #textsARound: number;
  readonly #begunMs: number[] = [];
  #rounds = 0;
  #done = 0;
  /** How many listeners have finished each of the rounds that are not over. */
  #through: number[] = [];
  #goesOn = true;
  #onDrained: () => void = () => {};

  constructor(private readonly options: GroupOptions) {
    const { speakers, hearers, depth, textBytes } = options;
    this.#roundsUnderWay = Math.min(2, depth);
    this.#textsARound = Math.ceil(depth / this.#roundsUnderWay);
    this.#speakers = speakers.map((connection) => ({
      connection,
      scripts: Array.from({ length: this.#roundsUnderWay }, () =>
        Script.of(connection, this.#textsARound, textBytes),
      ),
    }));
    for (const hearer of hearers) this.#follow(hearer);
  }

  start(): void {
    for (let i = 0; i < this.#roundsUnderWay; i++) this.#sayRound();
  }

  /** Stops speaking, and resolves once everything has been heard. */
  stop(): Promise<void> {
    this.#goesOn = false;
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      if (this.#done === this.#rounds) resolve();
    });
  }

  #follow({ connection, listener }: Hearer): void {
    const others = this.options.speakers.filter((speaker) => speaker !== connection).length;
    const due = others * this.#textsARound;
    let round = 0;
    listener.onHeard = () => {
      for (; listener.heard >= due * (round + 1) && round < this.#rounds; round++) this.#isThrough(round);
    };
  }

  #isThrough(round: number): void {
    const behind = round - this.#done;
    this.#through[behind] = (this.#through[behind] ?? 0) + 1;
    while (this.#through[0] === this.options.hearers.length) {
      this.#through.shift();
      this.options.onRound(performance.now() - (this.#begunMs.shift() ?? 0));
      this.#done++;
      if (this.#goesOn) this.#sayRound();
      else if (this.#done === this.#rounds) this.#onDrained();
    }
  }

  #sayRound(): void {
    const number = this.#rounds * this.#textsARound + 1;
    this.#begunMs.push(performance.now());
    for (const { connection, scripts } of this.#speakers) {
      const script = scripts[this.#rounds % scripts.length];
      if (script) connection.write(script.fill(number, 0));
    }
    this.#rounds++;
    this.said += this.#speakers.length * this.#textsARound;
  }
}
