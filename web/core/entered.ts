/** What somebody entered, read: the page knows one command. */
import { checkAnyUserName, checkText } from '../../lib/wire/names.js';
import { attempt } from './problem.js';

/**
 * @param text as it was entered
 * @returns to whom it goes, if it begins with `/msg`, and what is to be said; `//msg` says `/msg` itself
 */
export function addressed(text: string): { to: string | undefined; rest: string } {
  if (/^\/\/msg(?:\s|$)/i.test(text)) return { to: undefined, rest: text.slice(1) };
  const command = /^\/msg(?:\s+(\S*)\s*(.*))?$/is.exec(text);
  if (!command) return { to: undefined, rest: text };
  const [, to = '', rest = ''] = command;
  return { to, rest };
}

/** @returns why what was entered cannot be sent, undefined if it can; without a text, `/msg` just turns to a user */
export function problemWithEntered(text: string): string | undefined {
  const { to, rest } = addressed(text);
  if (to === '') return 'Type it as: /msg <name> <text>';
  const checked = attempt(() => {
    if (to !== undefined) checkAnyUserName(to);
    if (to === undefined || rest.trim() !== '') checkText(rest);
  });
  return checked.ok ? undefined : checked.problem.message;
}
