/** What somebody may have meant who typed a word that does not exist. */

/**
 * @param typed the unknown word
 * @param words those that exist
 * @returns the most similar one, if it is similar enough
 */
export function suggest(typed: string, words: readonly string[]): string | undefined {
  const lower = typed.toLowerCase();
  const ranked = words
    .map((word) => ({
      word,
      distance: word.startsWith(lower) && lower !== '' ? 0 : editDistance(lower, word),
    }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(1, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

/** How many letters must be added, removed, changed or swapped with their neighbour (Damerau and Levenshtein). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] ?? [];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
