/**
 * Questions at the terminal, before anything else happens: readline-sync holds up the whole program until it has an
 * answer.
 */
import readlineSync from 'readline-sync';
import { UsageError } from '../command-line.js';
import type { Ask } from './options.js';

/** Asks again, saying why, as long as the answer is none that will do. */
export const askAtTerminal: Ask = (question, byDefault, read) => {
  const hint = byDefault === undefined ? '' : ` [${byDefault}]`;
  for (;;) {
    const answer = readlineSync.question(`${question}${hint}: `).trim();
    try {
      return read(answer === '' && byDefault !== undefined ? byDefault : answer);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      process.stdout.write(`${error.message}\n`);
    }
  }
};
