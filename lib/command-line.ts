/** What the command lines of all programs have in common. */
import { isIP } from 'node:net';
import yargs from 'yargs';
import { suggest } from './terminal/suggest.js';
import { version } from './version.js';
import { parseAddress, parseHost, parsePort, plainHost, splitZone } from './wire/address.js';
import { scopeOf } from './wire/scope.js';

declare module 'yargs' {
  interface Argv<T> {
    /** What was declared so far; `key` has the name of each option. In yargs, and missing in its types. */
    getOptions(): { readonly key: Readonly<Record<string, unknown>> };
  }
}

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
  const parser = yargs([...argv])
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
    .exitProcess(true);
  return parser.fail((message, error) => {
    // A message stands for something typed wrong; an error without one is our own.
    if (!message) throw error;
    const line = message.replace(/\s*\n\s*/g, ' ');
    const meant = meantOptions(line, Object.keys(parser.getOptions().key));
    const hint = meant.length > 0 ? `Did you mean ${meant.join(', ')}? ` : '';
    throw new UsageError(`${line}. ${hint}\`${program} --help\` tells what there is.`);
  });
}

/**
 * What may have been meant by options that do not exist. yargs guesses at commands only, and there are none.
 *
 * @param message what yargs says of what is wrong
 */
function meantOptions(message: string, options: readonly string[]): string[] {
  const [, unknown = ''] = /^Unknown arguments?: (.*)$/.exec(message) ?? [];
  return unknown.split(', ').flatMap((typed) => {
    const meant = suggest(typed, options);
    return meant === undefined ? [] : `--${meant}`;
  });
}

/**
 * Reads the argument for a server's address.
 *
 * @param otherForms what else the program takes, at the end of the sentence that tells what to give
 * @throws UsageError
 */
export function readHost(text: string, otherForms = ''): string {
  const host = parseHost(plainHost(text));
  if (host !== undefined) {
    const trouble = whyUnusable(host);
    if (trouble !== undefined) throw new UsageError(trouble);
    return host;
  }
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

/**
 * Why this system can neither dial a host nor listen on it, whatever its network is like: a sentence for people.
 *
 * @param host as `parseHost` returned it
 * @returns undefined for what may well work
 */
export function whyUnusable(host: string): string | undefined {
  if (!host.includes(':')) return undefined;
  if (scopeOf(host) === 'link-local' && splitZone(host)[1] === undefined)
    return `'${host}' is a link-local address, and each network may have one of its own. Say through which network interface of this machine: ${host}%eth0`;
  // Node knows zones of some characters only, and would take the whole for a host name.
  return isIP(host) === 0
    ? `'${host}' has a zone that Node.js cannot use. Give the network interface a name of letters, digits, '-' and '.', or use another address.`
    : undefined;
}
