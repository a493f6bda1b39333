import { closestMatch } from 'leven';

/** Letters that may be wrong in a word for it still to be recognised; two that changed places are two. */
const wrongLetters = 2;

/**
 * What somebody may have meant: a command, or an option of the command line.
 *
 * @param typed a word that is none of the known ones
 * @param known the words there are
 * @returns the only known word that begins with what was typed, or else the nearest, if no more than two of its letters
 *   are missing, surplus or others
 */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  const begun = known.filter((word) => typed !== '' && word.startsWith(typed));
  if (begun.length === 1) return begun[0];
  // At least one letter has to be right.
  const maxDistance = Math.min(wrongLetters, typed.length - 1);
  return maxDistance > 0 ? closestMatch(typed, known, { maxDistance }) : undefined;
}
