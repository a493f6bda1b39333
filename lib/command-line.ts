/** What the command lines of all programs have in common. */
import { isIP } from 'node:net';
import yargs from 'yargs';
import { suggest } from './terminal/suggest.js';
import { version } from './version.js';
import { parseAddress, parseHost, parsePort, plainHost, splitZone } from './wire/address.js';
import { scopeOf } from './wire/scope.js';

declare module 'yargs' {
  interface Argv<T> {
    /** The options declared so far; `key` has the name of each. yargs has this method, but its types lack it. */
    getOptions(): { readonly key: Readonly<Record<string, unknown>> };
  }
}

/** The error of a wrong command line. Its message is one line for the person who typed it; the exit status is 2. */
export class UsageError extends Error {}

/**
 * Makes a parser that takes only the options that it is told of. It prints and exits for --help and --version.
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
    // With a message, something was typed wrong. An error without one is a fault of our own.
    if (!message) throw error;
    const line = message.replace(/\s*\n\s*/g, ' ');
    const meant = meantOptions(line, Object.keys(parser.getOptions().key));
    const hint = meant.length > 0 ? `Did you mean ${meant.join(', ')}? ` : '';
    throw new UsageError(`${line}. ${hint}\`${program} --help\` lists the options.`);
  });
}

/**
 * The options that may have been meant by those that do not exist. yargs itself suggests only commands, not options.
 *
 * @param message what yargs says is wrong
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
 * @param otherForms other forms that the program takes, for the end of the sentence that says what to give
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
      `'${text}' includes the port. Give the port separately: ${together.host} ${together.port}`,
    );
  }
  if (parsePort(text) !== undefined) {
    throw new UsageError(
      `'${text}' is not an address. Give the address first and then the port: 127.0.0.1 ${text}`,
    );
  }
  throw new UsageError(
    `'${text}' is not an address. Give an IP address or a host name, and ports separately${otherForms}.`,
  );
}

/**
 * Why this system cannot dial a host or listen on it in any network, as a sentence for people.
 *
 * @param host as `parseHost` returned it
 * @returns undefined for a host that may work
 */
export function whyUnusable(host: string): string | undefined {
  if (!host.includes(':')) return undefined;
  if (scopeOf(host) === 'link-local' && splitZone(host)[1] === undefined)
    return `'${host}' is a link-local address, which may exist in each network. Add the network interface of this machine through which it is reached: ${host}%eth0`;
  // Node takes only some characters in a zone. With others, it would take the address for a host name.
  return isIP(host) === 0
    ? `'${host}' has a zone that Node.js cannot use. Give the network interface a name of letters, digits, '-' and '.', or use another address.`
    : undefined;
}
