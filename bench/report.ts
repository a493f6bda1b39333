/** Tables of what was measured. Each figure is the median of the rounds; each ratio is of figures of the same round. */
import { guestRows } from './guest-report.js';
import type { Outcome, Visit } from './load/plan.js';
import type { Shape } from './shapes.js';
import { median } from './statistics.js';

/** What one contestant did in one round. */
export interface Round {
  readonly closed: Outcome;
  /** The same at half the rate, if that was measured. */
  readonly open?: Outcome;
}

export interface Measured {
  readonly shape: Shape;
  readonly rounds: ReadonlyMap<string, readonly Round[]>;
}

/** Ratios compare Hearsay, over the same transport if the other has it, with the other. */
const yardsticks = ['hearsay', 'hearsay-ws', 'hearsay-tcp-to-ws'];

export function table({ shape, rounds }: Measured): string {
  const { title } = shape;
  const rows = rowsOf(shape, rounds);
  return [`### ${title[0]?.toUpperCase()}${title.slice(1)}`, '', ...markdown(rows)].join('\n');
}

function rowsOf(shape: Shape, rounds: Measured['rounds']): string[][] {
  if (shape.load.guestVisits) return guestRows(visitsOf(rounds));
  if (shape.sharesProcessors) return sharing(rounds);
  if (shape.counts === 'ms of CPU/s') return resting(rounds);
  const countsMemory = shape.counts === 'kB a client' || shape.counts === 'MB more';
  return countsMemory ? memory(shape, rounds) : speed(shape, rounds);
}

function visitsOf(rounds: Measured['rounds']): Map<string, Visit[]> {
  return new Map(
    [...rounds].map(([name, measured]) => [name, measured.flatMap(({ closed }) => closed.visits ?? [])]),
  );
}

function speed({ counts }: Shape, rounds: Measured['rounds']): string[][] {
  const rateOf = (outcome: Outcome) => (counts ? outcome.said : outcome.heard) / outcome.seconds;
  const own = yardsticks.filter((name) => rounds.has(name));
  const ratio = (ours: string, theirs: readonly Round[]): string => {
    const ratios = (rounds.get(ours) ?? []).flatMap(({ closed }, round) => {
      const other = theirs[round]?.closed;
      return other ? rateOf(closed) / rateOf(other) : [];
    });
    return `${median(ratios).toFixed(2)} × ${spread(ratios)}`;
  };
  return [
    [
      '',
      `${counts ?? 'deliveries'}/s`,
      'CPU µs each',
      ...own.map((name) => `${name} is`),
      'p50 ms',
      'p99 ms',
      'busy: server, load',
    ],
    ...[...rounds].map(([name, measured]) => {
      const rates = measured.map(({ closed }) => rateOf(closed));
      const cpus = measured.map(({ closed }) => (1e6 * cpuSeconds(closed)) / closed.seconds / rateOf(closed));
      return [
        name,
        `${rate(median(rates))} ${spread(rates)}`,
        median(cpus).toFixed(2),
        ...own.map((ours) => (ours === name ? '1' : ratio(ours, measured))),
        latency(measured, 'p50'),
        latency(measured, 'p99'),
        `${percent(measured, busy)}, ${percent(measured, loadBusy)}`,
      ];
    }),
  ];
}

/** The processor time of the busiest process, which limits what a server can do when there are processors enough. */
function sharing(rounds: Measured['rounds']): string[][] {
  const each = ({ heard }: Outcome, seconds: number): number => (1e6 * seconds) / heard;
  const all = (measured: readonly Round[]): number =>
    median(measured.map(({ closed }) => each(closed, cpuSeconds(closed))));
  const busiest = (measured: readonly Round[]): number =>
    median(measured.map(({ closed }) => each(closed, Math.max(...closed.cpuSeconds))));
  const [alone = []] = rounds.values();
  return [
    ['', 'deliveries/s', 'CPU µs each', '… of the busiest', 'so it could do', 'p50 ms', 'p99 ms'],
    ...[...rounds].map(([name, measured]) => [
      name,
      rate(median(measured.map(({ closed }) => perSecond(closed)))),
      all(measured).toFixed(3),
      busiest(measured).toFixed(3),
      `${(busiest(alone) / busiest(measured)).toFixed(2)} ×`,
      latency(measured, 'p50'),
      latency(measured, 'p99'),
    ]),
  ];
}

/** What servers take for nothing. */
function resting(rounds: Measured['rounds']): string[][] {
  const busiest = ({ cpuSeconds, seconds }: Outcome) => (1e3 * Math.max(...cpuSeconds)) / seconds;
  const all = (outcome: Outcome) => (1e3 * cpuSeconds(outcome)) / outcome.seconds;
  const full = ({ residentBytes }: Outcome) => residentBytes.full / 1e6;
  return [
    ['', 'ms of CPU/s', '… of the busiest', 'MB'],
    ...[...rounds].map(([name, measured]) => [
      name,
      ...[all, busiest, full].map((of) => median(measured.map(({ closed }) => of(closed))).toFixed(1)),
    ]),
  ];
}

function memory({ counts, load }: Shape, rounds: Measured['rounds']): string[][] {
  const clients = load.groups * (load.listenersEach + load.speakersEach);
  const bytes = ({ residentBytes: { empty, full, end } }: Outcome) =>
    counts === 'kB a client' ? (full - empty) / clients / 1e3 : (end - full) / 1e6;
  return [
    ['', counts ?? '', 'MB without clients', 'MB with them', 'MB at the end'],
    ...[...rounds].map(([name, measured]) => [
      name,
      ...[
        bytes,
        ({ residentBytes }: Outcome) => residentBytes.empty / 1e6,
        ({ residentBytes }: Outcome) => residentBytes.full / 1e6,
        ({ residentBytes }: Outcome) => residentBytes.end / 1e6,
      ].map((of) => median(measured.map(({ closed }) => of(closed))).toFixed(1)),
    ]),
  ];
}

export function perSecond({ heard, seconds }: Outcome): number {
  return heard / seconds;
}

function cpuSeconds({ cpuSeconds }: Outcome): number {
  return cpuSeconds.reduce((sum, seconds) => sum + seconds, 0);
}

function busy(outcome: Outcome): number {
  return cpuSeconds(outcome) / outcome.seconds;
}

function loadBusy({ loadCpuSeconds, seconds }: Outcome): number {
  return loadCpuSeconds / seconds;
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

/** How far the lowest and the highest value are from the median. */
function spread(values: readonly number[]): string {
  if (values.length < 2) return '';
  const middle = median(values);
  const off = Math.max(...values.map((value) => Math.abs(value / middle - 1)));
  return `±${Math.round(100 * off)} %`;
}

/** A Markdown table that also reads well as plain text. */
function markdown(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), rule, ...rest.map(line)];
}
