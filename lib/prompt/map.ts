/**
 * Draws the network for the operator: `map`.
 *
 * It is a tree of shortest paths with one line for each server: how many links it is away and through which server, how
 * many links it has, and which other servers these lead to. Deep trees are drawn straight down along their largest
 * branch, so that the indentation only grows with the logarithm of the number of servers (heavy paths; Sleator and
 * Tarjan, 1983).
 */
import { limits } from '../limits.js';
import type { NetworkMap } from '../peer/network-map.js';
import { padded, widthOf } from '../terminal/columns.js';
import { formatCount, formatDuration, formatTable } from './format.js';
import { type Away, type OneSided, type Place, type Survey, survey } from './survey.js';

/** The depth of a tree, in links, from which on the largest branch is drawn straight down. */
const deepHops = 8;
/** How many links that only one end knows of are listed; the rest is counted. */
const mostOneSided = 10;

/** One line of the tree. */
interface Branch {
  readonly place: Place;
  /** The branches that are drawn before its name. */
  readonly lead: string;
}

/**
 * @param columns how wide the terminal is
 * @param from the node id of the server where the map begins; this one, if not given
 */
export function mapLines(map: NetworkMap, columns: number, from = map.own): string[] {
  const found = survey(map, from);
  return [
    ...summaryLines(found, from === map.own ? 'this server (*)' : found.start.label),
    ...(found.places.length > 1 ? ['', ...treeLines(found, map.own, columns)] : []),
    ...awayLines(found.away, columns),
    ...oneSidedLines(found.oneSided),
  ];
}

function summaryLines({ places, linkCount, partsWithoutStart }: Survey, start: string): string[] {
  if (places.length === 1) return ['No other server is in reach. `connect <ip> <port>` makes a link to one.'];
  const farthest = places.at(-1)?.hops ?? 0;
  const lines = [
    `${formatCount(places.length, 'server')}, ${formatCount(linkCount, 'link')}; ` +
      `the farthest from ${start} is ${formatCount(farthest, 'hop')} away.`,
  ];
  const holding = places.filter(({ onlyWayTo }) => onlyWayTo > 0).length;
  if (partsWithoutStart > 1) {
    lines.push(`Without ${start} the others would fall into ${partsWithoutStart} parts.`);
  }
  if (holding > 0)
    lines.push(
      `${formatCount(holding, 'other')} ${holding === 1 ? 'is' : 'are'} the only way to further ones: more links there would help.`,
    );
  else if (partsWithoutStart === 1 && places.length > 2)
    lines.push('Any one server may fail without cutting off another.');
  return lines;
}

function treeLines({ start, places }: Survey, own: string, columns: number): string[] {
  const isDeep = (places.at(-1)?.hops ?? 0) > deepHops;
  const branches = branchesFrom(start, isDeep ? sizesOf(places) : undefined);
  const shown = branches.slice(0, limits.promptRows);
  const optional: [string, (place: Place) => string][] = [];
  if (places.some(({ server }) => server.members !== undefined)) {
    optional.push(['members', ({ server }) => String(server.members ?? '')]);
  }
  if (places.some(({ onlyWayTo }) => onlyWayTo > 0)) {
    optional.push(['only way to', ({ onlyWayTo }) => (onlyWayTo > 0 ? String(onlyWayTo) : '')]);
  }
  const head = ['hops', 'server', 'links', ...optional.map(([name]) => name)];
  const rows = shown.map(({ place, lead }) => [
    String(place.hops),
    `${lead}${place.label}${place.server.node === own ? ' *' : ''}`,
    String(place.neighbours.length),
    ...optional.map(([, cellOf]) => cellOf(place)),
  ]);
  const lines = formatTable(head, rows);
  const besides = shown.map(({ place }) => besidesOf(place, places));
  const more = branches.slice(shown.length).map(({ place }) => place.hops);
  const table = besides.some(({ names }) => names.length > 0) ? withBesides(lines, besides, columns) : lines;
  return [...table, ...moreLines(more, columns)];
}

/** The lines of the tree from a server on; if sizes are given, straight down along the largest branch. */
function branchesFrom(start: Place, sizes: ReadonlyMap<Place, number> | undefined): Branch[] {
  const branches: Branch[] = [];
  // A stack: the next server to draw is at the end.
  const waiting: (Branch & { readonly below: string })[] = [{ place: start, lead: '', below: '' }];
  for (let branch = waiting.pop(); branch; branch = waiting.pop()) {
    const { place, below } = branch;
    branches.push(branch);
    const next = sizes
      ? [...place.next].sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0))
      : place.next;
    const drawn = next.map((child, index) => {
      const isLast = index === next.length - 1;
      if (isLast && sizes) return { place: child, lead: below, below };
      return {
        place: child,
        lead: `${below}${isLast ? '└─ ' : '├─ '}`,
        below: `${below}${isLast ? '   ' : '│  '}`,
      };
    });
    waiting.push(...drawn.reverse());
  }
  return branches;
}

/** How many servers are reached through each server, itself included. */
function sizesOf(places: readonly Place[]): Map<Place, number> {
  const sizes = new Map<Place, number>();
  for (const place of [...places].reverse()) {
    sizes.set(
      place,
      place.next.reduce((sum, child) => sum + (sizes.get(child) ?? 0), 1),
    );
  }
  return sizes;
}

/** The servers that a server is linked with, besides those that the tree shows it with. */
interface Besides {
  /** What the names stand for; with `but`, the only servers that it is not linked with. */
  readonly kind: 'these' | 'but' | 'all';
  readonly names: readonly string[];
}

function besidesOf(place: Place, places: readonly Place[]): Besides {
  const { neighbours, via, next } = place;
  const others = neighbours.filter((other) => other !== via && other.via !== place);
  const missingCount = places.length - 1 - neighbours.length;
  const isMost = others.length > 3 && missingCount * 4 < neighbours.length;
  if (!isMost || next.length > 0) return { kind: 'these', names: others.map(({ label }) => label) };
  if (missingCount === 0) return { kind: 'all', names: ['all others'] };
  const linked = new Set([place, ...neighbours]);
  return { kind: 'but', names: places.filter((other) => !linked.has(other)).map(({ label }) => label) };
}

/** Adds a last column to the lines of a table, as wide as the terminal has room for. */
function withBesides(lines: readonly string[], besides: readonly Besides[], columns: number): string[] {
  const width = Math.max(...lines.map(widthOf));
  const room = Math.max(20, columns - width - 3);
  return lines.map((line, index) => {
    const beside = index === 0 ? 'also with' : tell(besides[index - 1], room);
    return `${padded(line, width)}  ${beside}`.trimEnd();
  });
}

function tell(besides: Besides | undefined, room: number): string {
  if (!besides) return '';
  return besides.kind === 'but' ? `all but ${listed(besides.names, room - 8)}` : listed(besides.names, room);
}

/** As many names as fit, and how many more there are. */
function listed(names: readonly string[], room: number): string {
  const all = names.join(', ');
  if (widthOf(all) <= room) return all;
  for (let count = names.length - 1; count > 0; count--) {
    const some = `${names.slice(0, count).join(', ')} +${names.length - count}`;
    if (widthOf(some) <= room) return some;
  }
  return formatCount(names.length, 'server');
}

/** @param hops how far away each of the servers is that are not shown */
function moreLines(hops: readonly number[], columns: number): string[] {
  if (hops.length === 0) return [];
  const counts = new Map<number, number>();
  for (const each of [...hops].sort((a, b) => a - b)) counts.set(each, (counts.get(each) ?? 0) + 1);
  const told = [...counts].map(([each, count]) => `${count} at ${formatCount(each, 'hop')}`);
  const lead = `  … and ${hops.length} more: `;
  return [`${lead}${listed(told, columns - widthOf(lead))}`];
}

function awayLines(away: readonly Away[], columns: number): string[] {
  if (away.length === 0) return [];
  const rows = away
    .slice(0, limits.promptRows)
    .map(({ server, label }) => [
      label,
      server.outOfReachMs === undefined ? 'since just now' : `for ${formatDuration(server.outOfReachMs)}`,
    ]);
  const lines = formatTable(['out of reach', ''], rows);
  const width = Math.max(...lines.map(widthOf));
  const beside = lines.map((line, index) => {
    const neighbours = away[index - 1]?.neighbours ?? [];
    if (index === 0 || neighbours.length === 0) return line;
    const last = `last linked with ${listed(neighbours, Math.max(20, columns - width - 20))}`;
    return `${padded(line, width)}  ${last}`;
  });
  return ['', ...beside, ...(away.length > rows.length ? [`  … and ${away.length - rows.length} more`] : [])];
}

function oneSidedLines(oneSided: readonly OneSided[]): string[] {
  if (oneSided.length === 0) return [];
  const told = oneSided
    .slice(0, mostOneSided)
    .map(({ claimedBy, deniedBy }) => `  ${claimedBy} claims a link with ${deniedBy}, which does not`);
  const more = oneSided.length - told.length;
  return ['', ...told, ...(more > 0 ? [`  … and ${more} more such links`] : [])];
}
