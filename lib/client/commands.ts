/**
 * What a user can type: one row for each command. To add one, add a row; checks and /help follow from it.
 */
import { inTwoColumns } from '../terminal/columns.js';
import { suggest } from '../terminal/suggest.js';
import { printable } from '../wire/printable.js';
import type { Chat } from './chat.js';

export interface Command {
  /** Without the slash. */
  readonly name: string;
  /** As /help shows them: `<needed>` and `[may be left out]`, one word each; `<text>` is all that is left of the line. */
  readonly args: string;
  readonly help: string;
  /** It shows what was entered in its own way. */
  readonly showsItself?: true;
  /** Resolves to whether it was accepted. */
  readonly run: (chat: Chat, ...args: string[]) => boolean | Promise<boolean>;
}

export const commands: readonly Command[] = [
  {
    name: 'join',
    args: '<channel> [name]',
    help: 'join a channel, or talk in one that you are in',
    run: (chat, channel = '', name) => chat.join(channel, name),
  },
  {
    name: 'leave',
    args: '[channel]',
    help: 'leave this channel, or another',
    run: (chat, channel) => chat.leave(channel),
  },
  {
    name: 'msg',
    args: '<name> <text>',
    help: 'say something to one user alone',
    showsItself: true,
    run: (chat, name = '', text = '') => chat.sayTo(name, text),
  },
  { name: 'nick', args: '<name>', help: 'change your name', run: (chat, name = '') => chat.nick(name) },
  {
    name: 'names',
    args: '[channel]',
    help: 'who is in this channel, or in another',
    run: (chat, channel) => chat.names(channel),
  },
  { name: 'channels', args: '', help: 'all channels there are', run: (chat) => chat.channels() },
  { name: 'help', args: '', help: 'this list', run: showHelp },
  { name: 'quit', args: '', help: 'leave all channels and end', run: (chat) => chat.quit() },
];

/**
 * Does what an entered line says: a command, the first join, or a message.
 *
 * @returns whether it was accepted, by the server where it went there
 */
export async function enterLine(chat: Chat, line: string): Promise<boolean> {
  if (line.trim() === '') return true;
  if (line.startsWith('//')) return chat.say(line.slice(1));
  if (line.startsWith('/')) {
    return runCommand(chat, line);
  }
  const first = /^join\s+(\S+)\s+(\S+)\s*$/.exec(line);
  if (first?.[1] === undefined || chat.state.channels.length > 0) return chat.say(line);
  chat.echo(line);
  return chat.join(first[1], first[2]);
}

async function runCommand(chat: Chat, line: string): Promise<boolean> {
  const [, word = '', rest = ''] = /^\/\s*(\S*)\s*(.*)$/su.exec(line) ?? [];
  const command = commands.find(({ name }) => name === word.toLowerCase());
  if (!command) {
    chat.echo(line);
    const names = commands.map(({ name }) => name);
    const meant = suggest(word.toLowerCase(), names);
    const hint =
      meant === undefined ? `/help lists them; to say it, type /${line}` : `Did you mean /${meant}?`;
    chat.complain(`There is no command /${printable(word)}. ${hint}`);
    return false;
  }
  const args = argumentsOf(command, rest);
  if (!args || !command.showsItself) chat.echo(line);
  if (args) return command.run(chat, ...args);
  chat.complain(`Type it as: ${usage(command)}`);
  return false;
}

/** @returns undefined when there are too few or too many */
function argumentsOf({ args }: Command, typed: string): string[] | undefined {
  const wanted = args === '' ? [] : args.split(' ');
  const given = typed.split(/\s+/).filter((word) => word !== '');
  const needed = wanted.filter((arg) => arg.startsWith('<')).length;
  if (given.length < needed) return undefined;
  if (wanted.at(-1) !== '<text>') return given.length > wanted.length ? undefined : given;
  // The text as it was typed, with whatever spaces it has.
  const words = given.slice(0, wanted.length - 1);
  const text = words.reduce((left, word) => left.trimStart().slice(word.length), typed);
  return [...words, text.trimStart()];
}

function showHelp(chat: Chat): true {
  const rows: (readonly [string, string])[] = [
    ...commands.map((command) => [usage(command), command.help] as const),
    ['//text', 'say something that begins with a slash'],
    ['text', 'say something in this channel'],
  ];
  chat.list(inTwoColumns(rows));
  return true;
}

function usage({ name, args }: Command): string {
  return `/${name} ${args}`.trimEnd();
}
