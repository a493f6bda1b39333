/**
 * What the Tab key offers: commands, channels where a command wants one, and names of members. Only what is meant is
 * found here; node:readline completes the line with it, and sets the choices out in columns.
 */
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
  const wanted = commands.find(({ name }) => name === command)?.args ?? '';
  if (/^[<[]channel/.test(wanted)) return state.channels.map(({ name }) => name);
  if (command === 'msg') return partners(state).map((name) => `${name} `);
  return members.map((name) => `${name} `);
}

/** To whom one may want to say something: with whom one talked last, then everybody in one's channels. */
function partners({ partners, channels, name: own }: ChatState): string[] {
  const names = [...partners, ...channels.flatMap(({ members }) => [...members.values()])];
  const byKey = new Map<string, string>();
  for (const name of names) if (!byKey.has(normalForm(name))) byKey.set(normalForm(name), name);
  if (own !== undefined) byKey.delete(normalForm(own));
  return [...byKey.values()];
}

function startsAlike(candidate: string, word: string): boolean {
  return candidate === printable(candidate) && normalForm(candidate).startsWith(normalForm(word));
}
