/** Times and days, as the reader's own country writes them. */
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const wholeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** A server's clock may say anything that is a number; this says nothing for what is no time. */
function format(formatter: Intl.DateTimeFormat, atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : formatter.format(date);
}

export const timeOf = (atMs: number): string => format(timeFormat, atMs);
export const dayOf = (atMs: number): string => format(dayFormat, atMs);

/** A time of day that tells the whole date when pointed at. */
export function isoOf(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

export const wholeOf = (atMs: number): string => format(wholeFormat, atMs);

export function isSameDay(oneMs: number, otherMs: number): boolean {
  return new Date(oneMs).toDateString() === new Date(otherMs).toDateString();
}
