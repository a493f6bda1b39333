/**
 * Durations, amounts and tables, in the form in which an operator reads them.
 *
 * The durations and amounts are two short functions of our own, which write them as the docs do (`3 h 20 min`, `1.2
 * kB`). Intl.DurationFormat, which could replace one, is not in Node 20. Packages count the columns of a table.
 */
import { limits } from '../limits.js';
import { padded, widthOf } from '../terminal/columns.js';

/** A duration, such as `45 s`, `12 min`, `3 h 20 min` or `5 days 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days === 1 ? '1 day' : `${days} days`} ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** A number of bytes, such as `512 B`, `1.2 kB` or `34 MB`. The units are powers of a thousand. */
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

/** A number with its noun, such as `1 member` or `2 members`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * The lines of a table. Each column is as wide as its longest cell, and numbers stand at its right side. The first
 * `limits.promptRows` rows are shown, and the others are counted in a last line.
 *
 * @param head the names of the columns
 * @param rows the rows, with a cell for each column
 * @param count how many rows there are, if not all are given
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
