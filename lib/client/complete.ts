/** What the Tab key offers: commands, channels where a command wants one, and names of members. */
import { normalForm } from '../wire/names.js';
import { printable } from '../wire/printable.js';
import { commands } from './commands.js';
import type { ChatState } from './state.js';

/**
 * @param typed the line up to the cursor
 * @returns what may stand in place of its last word, and that word
 */
export function complete(typed: string, state: ChatState): [string[], string] {
  const word = /\S*$/.exec(typed)?.[0] ?? '';
  const before = typed.slice(0, typed.length - word.length);
  return [candidates(before, state).filter((candidate) => startsAlike(candidate, word)), word];
}

function candidates(before: string, state: ChatState): string[] {
  const members = [...(state.current?.members.values() ?? [])];
  if (before === '')
    return [...commands.map(({ name }) => `/${name} `), ...members.map((name) => `${name}: `)];
  const command = /^\/(\w+)\s+$/.exec(before)?.[1];
  const wantsChannel = commands.some(({ name, args }) => name === command && /^[<[]channel/.test(args));
  return wantsChannel ? state.channels.map(({ name }) => name) : members.map((name) => `${name} `);
}

function startsAlike(candidate: string, word: string): boolean {
  return candidate === printable(candidate) && normalForm(candidate).startsWith(normalForm(word));
}
