/** A table of how guests affected the others: ratios, each with its 95 % interval. */
import type { GuestKind, Pair, Round, Visit } from './load/plan.js';
import { bootstrap, median, quantile } from './statistics.js';

const words: readonly (readonly [GuestKind, string])[] = [
  ['stuck', 'one who does not read'],
  ['slow', 'one who is far behind'],
  ['reads', 'to compare: one who reads'],
  ['fifty', 'to compare: 51 who read'],
];
const resamples = 400;

type Figure = (round: Round) => number;
const heard: Figure = ({ heardMs }) => heardMs;
const done: Figure = ({ doneMs }) => doneMs;
const cpu: Figure = ({ cpuMs }) => cpuMs;

/** Ratios of rounds with a guest to rounds without one. */
const columns: readonly (readonly [string, (pairs: readonly Pair[]) => number])[] = [
  ['deliveries/s', (pairs) => 1 / ratioOf(pairs, done, sum)],
  ['time, p50', (pairs) => medianRatio(pairs, heard)],
  ['time, p99', (pairs) => ratioOf(pairs, heard, p99)],
  ['CPU', (pairs) => ratioOf(pairs, cpu, sum)],
  ['CPU, p50', (pairs) => medianRatio(pairs, cpu)],
  ['CPU, p99', (pairs) => ratioOf(pairs, cpu, p99)],
];

/** @param visits the visits of each contestant */
export function guestRows(visits: ReadonlyMap<string, readonly Visit[]>): string[][] {
  return [
    ['', ...columns.map(([title]) => title), 'pairs'],
    ...[...visits].flatMap(([contestant, all]) =>
      words.map(([kind, guest]) => {
        const some = all.filter((visit) => visit.guest === kind);
        const pairs = pairsOf(some);
        return [
          `${contestant}, ${guest}`,
          ...columns.map(([, figure]) => inWords(some, figure)),
          `${pairs.length}`,
        ];
      }),
    ),
  ];
}

/** A ratio with its interval. Each visit counts as one sample, because rounds of the same visit have much in common. */
function inWords(visits: readonly Visit[], figure: (pairs: readonly Pair[]) => number): string {
  const interval = bootstrap(visits, (some) => figure(pairsOf(some)), resamples, Math.random);
  const range = interval ? ` (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})` : '';
  return `${figure(pairsOf(visits)).toFixed(3)}${range}`;
}

function pairsOf(visits: readonly Visit[]): Pair[] {
  return visits.flatMap(({ pairs }) => pairs);
}

function ratioOf(pairs: readonly Pair[], of: Figure, figure: (values: readonly number[]) => number): number {
  return (
    figure(pairs.map(({ withGuest }) => of(withGuest))) / figure(pairs.map(({ without }) => of(without)))
  );
}

/** The median of the pairs' ratios. */
function medianRatio(pairs: readonly Pair[], of: Figure): number {
  return median(pairs.map(({ withGuest, without }) => of(withGuest) / of(without)));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function p99(values: readonly number[]): number {
  return quantile(values, 0.99);
}
