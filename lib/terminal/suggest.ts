import { closestMatch } from 'leven';

/** How many letters of a word may be wrong for it to be recognised. Two letters that changed places count as two. */
const wrongLetters = 2;

/**
 * Finds the command, or the option of a command line, that somebody may have meant.
 *
 * @param typed a word that is not among the known ones
 * @param known the words that exist
 * @returns the only known word that begins with what was typed; otherwise the nearest one, if no more than two letters
 *   are missing, surplus or different
 */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  const begun = known.filter((word) => typed !== '' && word.startsWith(typed));
  if (begun.length === 1) return begun[0];
  // At least one letter has to be right.
  const maxDistance = Math.min(wrongLetters, typed.length - 1);
  return maxDistance > 0 ? closestMatch(typed, known, { maxDistance }) : undefined;
}
