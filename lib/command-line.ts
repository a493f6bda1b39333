/** What the command lines of all programs have in common. */
import yargs from 'yargs';
import { version } from './version.js';

/** What a program was given wrong: one line for the one who typed it, exit status 2. */
export class UsageError extends Error {}

/**
 * A parser that takes nothing it was not told of; prints and exits for --help and --version.
 *
 * @param usage the first line of --help
 * @param about one line on what the program is
 * @throws UsageError from its parseAsync
 */
export function commandLine(program: string, usage: string, about: string, argv: readonly string[]) {
  return yargs([...argv])
    .scriptName(program)
    .usage(`${usage}\n\n${about}`)
    .command('$0', false)
    .parserConfiguration({
      'parse-positional-numbers': false,
      'duplicate-arguments-array': true,
      'boolean-negation': false,
      'dot-notation': false,
    })
    .version(version)
    .help()
    .strictOptions()
    .wrap(Math.min(110, process.stdout.columns ?? 80))
    .exitProcess(true)
    .fail((message, error) => {
      // A message stands for something typed wrong; an error without one is our own.
      if (!message) throw error;
      throw new UsageError(message.replace(/\s*\n\s*/g, ' '));
    });
}
