/**
 * Questions at the terminal, before anything else happens: readline-sync holds up the whole program until it has an
 * answer.
 */
import { createRequire } from 'node:module';
import type ReadlineSync from 'readline-sync';
import { UsageError } from '../command-line.js';
import type { Ask } from './options.js';

const require = createRequire(import.meta.url);

/**
 * The package, loaded at the first question. It uses `process.binding`, which Node has deprecated (DEP0111), so a
 * program that asks nothing does without it.
 */
function readlineSync(): typeof ReadlineSync {
  return require('readline-sync');
}

/** The user wants to answer no more; the program is to end. */
export class NoAnswer extends Error {}

/**
 * Asks again, saying why, as long as the answer is none that will do.
 *
 * @throws NoAnswer at Ctrl-D; UsageError where nothing can be asked
 */
export const askAtTerminal: Ask = (question, byDefault, read) => {
  const hint = byDefault === undefined ? '' : ` [${byDefault}]`;
  for (;;) {
    const answer = answerTo(`${question}${hint}: `);
    try {
      return read(answer === '' && byDefault !== undefined ? byDefault : answer);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      process.stdout.write(`${error.message}\n`);
    }
  }
};

function answerTo(question: string): string {
  let answer: string;
  try {
    answer = readlineSync().question(question).trim();
  } catch (error) {
    throw new UsageError('this terminal gives no answers. Give an address and a port as arguments.', {
      cause: error,
    });
  }
  // So it notes the end of the input, which it takes for the end of a line.
  if (readlineSync().getRawInput().endsWith('\0')) throw new NoAnswer();
  return answer;
}
