/**
 * Durations, amounts and tables, as an operator reads them.
 *
 * The durations and amounts are our own: two functions of a few lines, in the words that the docs have (`3 h 20 min`,
 * `1.2 kB`). What could replace them, Intl.DurationFormat, is not in Node 20. Columns are counted by packages.
 */
import { limits } from '../limits.js';
import { padded, widthOf } from '../terminal/columns.js';

/** `45 s`, `12 min`, `3 h 20 min`, `5 days 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days === 1 ? '1 day' : `${days} days`} ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** `512 B`, `1.2 kB`, `34 MB`: powers of a thousand. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 || amount >= 99.5 ? Math.round(amount) : amount.toPrecision(2)} ${units[unit]}`;
}

/** `1 member`, `2 members`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * Lines of a table, its columns as wide as their longest cell; columns of numbers stand on the right. Of a very long
 * one the first `limits.promptRows` are shown, and the rest is counted.
 *
 * @param head the columns' names
 * @param rows as many cells each
 * @param count of all rows that there are, if not all are given
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  count = rows.length,
): string[] {
  const shown = rows.slice(0, limits.promptRows);
  const columns = head.map((name, column) => {
    const cells = shown.map((row) => row[column] ?? '');
    return {
      width: Math.max(...[name, ...cells].map(widthOf)),
      isNumber: cells.every((cell) => /^\d*$/.test(cell)),
    };
  });
  const lineOf = (row: readonly string[]): string =>
    columns
      .map(({ width, isNumber }, column) => padded(row[column] ?? '', width, isNumber ? 'right' : 'left'))
      .join('  ')
      .trimEnd();
  const more = count > shown.length ? [`  … and ${count - shown.length} more`] : [];
  return [...[head, ...shown].map((row) => `  ${lineOf(row)}`), ...more];
}
