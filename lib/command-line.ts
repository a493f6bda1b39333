/** What the command lines of all programs have in common. */
import { isIP } from 'node:net';
import yargs from 'yargs';
import { version } from './version.js';
import { parseAddress, parsePort, plainHost } from './wire/address.js';

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
      'camel-case-expansion': false,
    })
    .updateStrings({
      'Not enough arguments following: %s': '--%s needs a value after it',
      'Invalid values:': 'No such choice:',
      'Argument: %s, Given: %s, Choices: %s': '--%s %s. Give one of %s',
    })
    .version(version)
    .help()
    .strictOptions()
    .wrap(Math.min(110, process.stdout.columns ?? 80))
    .exitProcess(true)
    .fail((message, error) => {
      // A message stands for something typed wrong; an error without one is our own.
      if (!message) throw error;
      const line = message.replace(/\s*\n\s*/g, ' ');
      throw new UsageError(`${line}. \`${program} --help\` tells what there is.`);
    });
}

/**
 * Reads the argument for a server's address.
 *
 * @param otherForms what else the program takes, at the end of the sentence that tells what to give
 * @throws UsageError
 */
export function readHost(text: string, otherForms = ''): string {
  const host = plainHost(text);
  const isMeantAsIp = /^[\d.]+$/.test(host) || host.includes(':');
  if (isMeantAsIp ? isIP(host) !== 0 : hostName.test(host)) return host;
  const together = parseAddress(text);
  if (together) {
    throw new UsageError(
      `'${text}' has its port with it. Ports come apart: ${together.host} ${together.port}`,
    );
  }
  if (parsePort(text) !== undefined) {
    throw new UsageError(
      `'${text}' is no address. The address comes first, then the port: 127.0.0.1 ${text}`,
    );
  }
  throw new UsageError(
    `'${text}' is no address. Give an IP address or a host name, and ports apart${otherForms}.`,
  );
}

const hostName = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*$/u;
