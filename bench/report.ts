/** Tables of what was measured: each figure the median of the rounds, each ratio that of figures of the same round. */
import type { Outcome } from './load/plan.js';

/** What one contestant did in one round. */
export interface Round {
  readonly closed: Outcome;
  /** At half the rate, if that was measured. */
  readonly open?: Outcome;
}

export interface Measured {
  readonly title: string;
  readonly rounds: ReadonlyMap<string, readonly Round[]>;
}

/** Ratios are Hearsay's over the same transport, where there is one, to the other's. */
const yardsticks = ['hearsay', 'hearsay-ws', 'hearsay-tcp-to-ws'];

export function table({ title, rounds }: Measured): string {
  const own = yardsticks.filter((name) => rounds.has(name));
  const head = [
    '',
    'deliveries/s',
    'CPU µs each',
    ...own.map((name) => `${name} is`),
    'p50 ms',
    'p99 ms',
    'busy: server, load',
  ];
  const rows = [...rounds].map(([name, measured]) => [
    name,
    `${rate(median(measured.map(({ closed }) => perSecond(closed))))} ${spread(measured.map(({ closed }) => perSecond(closed)))}`,
    median(measured.map(({ closed }) => cpuEach(closed))).toFixed(2),
    ...own.map((ours) => ratio(rounds.get(ours) ?? [], measured, ours === name)),
    latency(measured, 'p50'),
    latency(measured, 'p99'),
    `${percent(measured, busy)}, ${percent(measured, loadBusy)}`,
  ]);
  return [`### ${title[0]?.toUpperCase()}${title.slice(1)}`, '', ...markdown([head, ...rows])].join('\n');
}

export function perSecond({ heard, seconds }: Outcome): number {
  return heard / seconds;
}

function cpuEach({ cpuSeconds, heard }: Outcome): number {
  return (1e6 * cpuSeconds.reduce((sum, seconds) => sum + seconds, 0)) / heard;
}

function busy({ cpuSeconds, seconds }: Outcome): number {
  return cpuSeconds.reduce((sum, each) => sum + each, 0) / seconds;
}

function loadBusy({ loadCpuSeconds, seconds }: Outcome): number {
  return loadCpuSeconds / seconds;
}

function ratio(ours: readonly Round[], theirs: readonly Round[], same: boolean): string {
  if (same) return '1';
  const ratios = ours.flatMap(({ closed }, round) => {
    const other = theirs[round]?.closed;
    return other ? perSecond(closed) / perSecond(other) : [];
  });
  return `${median(ratios).toFixed(2)} × ${spread(ratios)}`;
}

function latency(rounds: readonly Round[], which: 'p50' | 'p99'): string {
  const found = rounds.flatMap(({ open, closed }) => (open ?? closed).latencyMs?.[which] ?? []);
  return found.length === 0 ? '' : median(found).toFixed(2);
}

function percent(rounds: readonly Round[], of: (outcome: Outcome) => number): string {
  return `${Math.round(100 * median(rounds.map(({ closed }) => of(closed))))} %`;
}

function rate(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : `${(value / 1e3).toFixed(0)} k`;
}

/** How far the lowest and the highest are from the median. */
function spread(values: readonly number[]): string {
  if (values.length < 2) return '';
  const middle = median(values);
  const off = Math.max(...values.map((value) => Math.abs(value / middle - 1)));
  return `±${Math.round(100 * off)} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [
    sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)] ?? Number.NaN,
    sorted[middle] ?? Number.NaN,
  ];
  return (low + high) / 2;
}

/** A table that reads well as plain text, too. */
function markdown(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), rule, ...rest.map(line)];
}
