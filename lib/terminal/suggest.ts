/**
 * What somebody may have meant.
 *
 * @param typed a word that is none of the known ones
 * @param known the words there are
 * @returns the known word that begins with what was typed, or else differs from it by two letters at most
 */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  const begun = known.filter((word) => typed !== '' && word.startsWith(typed));
  if (begun.length === 1) return begun[0];
  const [nearest] = known
    .map((word) => ({ word, distance: distance(typed, word) }))
    .filter((candidate) => candidate.distance <= Math.min(2, candidate.word.length - 1))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.word;
}

/** Letters to change, add, drop or swap with their neighbour (Damerau and Levenshtein's distance, optimal string alignment). */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(from.length, to.length);
}
