/** People who leave their channel and join it again, each as fast as the answers come. */
import type { Connection } from './connection.js';
import type { Step } from './dialects.js';

export class Churn {
  /** How many answers came. */
  said = 0;
  #goesOn = true;

  constructor(private readonly people: readonly Connection[]) {}

  start(): void {
    for (const connection of this.people) this.#begin(connection);
  }

  stop(): void {
    this.#goesOn = false;
  }

  #begin(connection: Connection): void {
    const { dialect, person } = connection;
    const steps = dialect.churn?.(person.channels[0] ?? '', person.name);
    if (!steps) throw new Error('nobody can leave and join again there');
    let turn = 0;
    let answers = '';
    const go = ({ send }: Step): void => {
      answers = '';
      connection.write(typeof send === 'string' ? Buffer.from(send) : send);
    };
    connection.onBytes = (bytes, length) => {
      answers += bytes.toString('latin1', 0, length);
      if (!answers.includes(steps[turn % 2]?.until ?? '')) {
        // The presence of others comes in between; only the end of the bytes is kept, where an answer may be cut.
        answers = answers.slice(-64);
        return;
      }
      this.said++;
      turn++;
      const next = steps[turn % 2];
      if (this.#goesOn && next) go(next);
    };
    go(steps[0]);
  }
}
