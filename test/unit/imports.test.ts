import { expect } from 'chai';
import { importsOf, type SourceFile, sourceFiles, withoutComments } from '../helpers/source-files.js';

interface Room {
  /** The rooms and files that this room may import; it may always import its own files. */
  readonly imports: readonly string[];
  /** The modules of Node that it may import; `any` for a room that deals with the world outside. */
  readonly node: 'any' | readonly string[];
  readonly packages?: readonly string[];
  /** Whether it does the same each time, because it has no clock, timer or randomness of its own. */
  readonly pure?: true;
}

const wire = 'lib/wire';
const limits = 'lib/limits';
const clock = 'lib/clock';
const log = 'lib/log';
const logBrake = 'lib/log-brake';
const descriptors = 'lib/descriptors';
const version = 'lib/version';
const commandLine = 'lib/command-line';
const suggest = 'lib/terminal/suggest';
const backoff = 'lib/backoff';
const queue = 'lib/queue';
const zone = 'lib/zone';
const interfaces = 'lib/interfaces';
const networkKey = 'lib/network-key';
const network = 'lib/network';
const everythingBeneath = ['lib'];

/** The house as docs/ARCHITECTURE.md describes it: each room or file, and what it may import. */
const house: Readonly<Record<string, Room>> = {
  [limits]: { imports: [], node: [] },
  [clock]: { imports: [], node: [] },
  [backoff]: { imports: [], node: [], pure: true },
  [queue]: { imports: [], node: [], pure: true },
  [log]: { imports: [clock], node: [] },
  [logBrake]: { imports: [clock, limits, log], node: [], pure: true },
  [descriptors]: { imports: [limits], node: ['node:fs'] },
  'lib/descriptor-watch': { imports: [clock, limits, log, logBrake, descriptors], node: [] },
  [version]: { imports: [], node: ['node:fs'] },
  [commandLine]: { imports: [wire, version, suggest], node: ['node:net'], packages: ['yargs'] },
  [interfaces]: { imports: [], node: ['node:os'] },
  'lib/own-address': { imports: [wire, interfaces], node: ['node:dns/promises', 'node:net'] },
  [zone]: { imports: [wire, interfaces], node: [] },
  [networkKey]: { imports: [commandLine], node: ['node:crypto', 'node:fs'] },
  [wire]: { imports: [limits], node: ['node:buffer'], pure: true },
  [network]: { imports: [wire], node: [], pure: true },
  'lib/relay': { imports: [wire, network, limits, queue, clock, log, logBrake], node: [], pure: true },
  'lib/peer/core': {
    imports: [wire, network, limits, queue, backoff, clock, log],
    node: ['node:buffer'],
    pure: true,
  },
  'lib/peer': {
    imports: [wire, network, limits, queue, backoff, clock, log, logBrake, networkKey, zone],
    node: 'any',
  },
  'lib/dialect': { imports: [wire], node: [] },
  'lib/listen': {
    imports: [wire, 'lib/relay', 'lib/dialect', limits, clock, log, logBrake, zone],
    node: 'any',
    packages: ['ws'],
  },
  'lib/terminal/columns': {
    imports: [],
    node: [],
    packages: ['string-width', 'wrap-ansi'],
    pure: true,
  },
  [suggest]: { imports: [], node: [], packages: ['leven'], pure: true },
  'lib/terminal': { imports: [wire], node: 'any', packages: ['chalk'] },
  'lib/client': {
    imports: [wire, 'lib/terminal', limits, backoff, clock, log, commandLine, zone],
    node: 'any',
    packages: ['ws', 'readline-sync', 'chalk'],
  },
  'lib/options': {
    imports: [wire, limits, log, commandLine, networkKey],
    node: ['node:os'],
    packages: ['yargs'],
  },
  'lib/prompt/survey': {
    imports: ['lib/peer/network-map', 'lib/terminal/columns'],
    node: [],
    pure: true,
  },
  'lib/prompt/map': {
    imports: [
      'lib/peer/network-map',
      'lib/terminal/columns',
      'lib/prompt/format',
      'lib/prompt/survey',
      limits,
    ],
    node: [],
    pure: true,
  },
  'lib/prompt': { imports: everythingBeneath, node: 'any' },
  'lib/workers': {
    imports: [
      wire,
      'lib/relay',
      'lib/peer',
      'lib/listen',
      limits,
      backoff,
      clock,
      log,
      version,
      networkKey,
      'lib/options',
    ],
    node: 'any',
  },
  'lib/node': { imports: everythingBeneath, node: [] },
  'lib/server': { imports: everythingBeneath, node: 'any' },
  'lib/run-server': { imports: everythingBeneath, node: 'any' },
  'lib/run-worker': { imports: everythingBeneath, node: 'any' },
  'cli-server': { imports: everythingBeneath, node: [] },
  'websock-server': { imports: everythingBeneath, node: [] },
  'full-server': { imports: everythingBeneath, node: [] },
  'cli-client': { imports: everythingBeneath, node: [] },
  'websock-client': { imports: everythingBeneath, node: [] },
  web: { imports: [wire, limits, backoff], node: [], packages: ['preact', 'preact/hooks'] },
};

const mostLines = 400;
/** Files that may be longer than others. A file with one line for each limit is not easier to read in parts. */
const mayBeLonger: readonly string[] = ['lib/limits.ts'];
const impure = /\b(?:setTimeout|setInterval|setImmediate|Date\.now|new Date|Math\.random|performance\.now)\b/;

const isIn = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

/** The innermost room that a file, named without its ending, belongs to. */
function roomOf(path: string): string | undefined {
  return Object.keys(house)
    .filter((room) => isIn(path, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** Exceptions: what a single file may do although its room may not. */
function violations({ path, text, imports }: SourceFile): string[] {
  const name = roomOf(path.replace(/\.tsx?$/, ''));
  const room = name === undefined ? undefined : house[name];
  if (name === undefined || !room) return [`${path} is in no room that the table knows`];
  const allowed = [name, ...room.imports];
  const found = imports
    .filter((imported) => !isAllowed(imported, allowed, room))
    .map((imported) => `${path} imports ${imported}`);
  const [impurity] = room.pure ? (impure.exec(withoutComments(text)) ?? []) : [];
  if (impurity) found.push(`${path} uses ${impurity}`);
  return found;
}

function isAllowed(imported: string, rooms: readonly string[], { node, packages = [] }: Room): boolean {
  if (imported.startsWith('node:')) return node === 'any' || node.includes(imported);
  if (isIn(imported, 'lib') || isIn(imported, 'web')) return rooms.some((room) => isIn(imported, room));
  return packages.includes(imported);
}

/**
 * Files that import one another in a circle: each circle once, and the shortest. An import of types counts too: if the
 * types of two files need each other, they belong into one file, or into a third.
 */
function circles(files: readonly SourceFile[]): string[] {
  const importsOfFile = new Map(files.map(({ path, imports }) => [path.replace(/\.tsx?$/, ''), imports]));
  const found = new Map<string, string>();
  for (const start of importsOfFile.keys()) {
    const circle = shortestCircle(start, importsOfFile);
    const key = circle?.toSorted().join() ?? '';
    if (circle && !found.has(key)) found.set(key, [...circle, start].join(' -> '));
  }
  return [...found.values()];
}

function shortestCircle(
  start: string,
  importsOfFile: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const reached = new Set([start]);
  const ways = [[start]];
  for (const way of ways) {
    for (const imported of importsOfFile.get(way.at(-1) ?? start) ?? []) {
      if (imported === start) return way;
      if (!reached.has(imported)) ways.push([...way, imported]);
      reached.add(imported);
    }
  }
  return undefined;
}

describe('The house', () => {
  const files = sourceFiles(['lib', 'web']);

  it('has files to look at in every room', () => {
    expect(files.length).to.be.above(30);
    for (const room of ['lib/wire', 'lib/relay', 'lib/peer/core', 'lib/listen', 'lib/dialect', 'web']) {
      expect(
        files.some(({ path }) => isIn(path, room)),
        room,
      ).to.equal(true);
    }
  });

  it('has no circle of files that import one another', () => {
    expect(circles(files)).to.deep.equal([]);
  });

  for (const file of files) {
    it(`has its arrows one way in ${file.path}`, () => expect(violations(file)).to.deep.equal([]));

    if (mayBeLonger.includes(file.path)) continue;
    it(`has a file of less than ${mostLines} lines in ${file.path}`, () => {
      expect(file.text.split('\n').length).to.be.below(mostLines);
    });
  }

  describe('would not have', () => {
    const intruders: readonly [string, string][] = [
      ['lib/wire/x.ts', "import { connect } from 'node:net';"],
      ['lib/wire/x.ts', "import type { Clock } from '../clock.js';"],
      ['lib/wire/x.ts', "import type { Session } from '../relay/session.js';"],
      ['lib/wire/x.ts', "export * from '../relay/session.js';"],
      ['lib/wire/x.ts', "const relay = await import('../relay/relay.js');"],
      ['lib/wire/x.ts', 'const now = Date.now();'],
      ['lib/relay/x.ts', "import type { Mesh } from '../peer/core/mesh.js';"],
      ['lib/relay/x.ts', "import {\n  type Door,\n  listen,\n} from '../listen/door.js';"],
      ['lib/relay/x.ts', "import 'node:fs';"],
      ['lib/relay/x.ts', 'setTimeout(() => {}, 1);'],
      ['lib/peer/x.ts', "import type { Relay } from '../relay/relay.js';"],
      ['lib/peer/core/x.ts', "import type { Published } from '../../relay/channel.js';"],
      ['lib/network.ts', "import type { Relay } from './relay/relay.js';"],
      ['lib/dialect/x.ts', "import type { Network } from '../network.js';"],
      ['lib/peer/core/x.ts', "import { Link } from '../edge/link.js';"],
      ['lib/peer/core/x.ts', 'const chance = Math.random();'],
      ['lib/dialect/x.ts', "import { limits } from '../limits.js';"],
      ['lib/listen/x.ts', "import { startServer } from '../server.js';"],
      ['lib/client/x.ts', "import { Relay } from '../relay/relay.js';"],
      ['lib/log.ts', "import { limits } from './limits.js';"],
      ['web/x.tsx', "import { version } from '../lib/version.js';"],
      ['web/x.tsx', "import lodash from 'lodash';"],
      ['lib/cellar/x.ts', ''],
      ['lib/helpers.ts', ''],
      ['wine.ts', ''],
    ];
    for (const [path, text] of intruders) {
      it(`${JSON.stringify(text)} in ${path}`, () => {
        expect(violations({ path, text, imports: importsOf(path, text) })).to.have.length(1);
      });
    }

    it('files that import one another in a circle, be it for types alone', () => {
      const file = (path: string, text: string) => ({ path, text, imports: importsOf(path, text) });
      expect(
        circles([
          file('lib/relay/a.ts', "import { B } from './b.js';"),
          file('lib/relay/b.ts', "import type { C } from './c.js';\nimport type { D } from './d.js';"),
          file('lib/relay/c.ts', "export type * from './a.js';"),
          file('lib/relay/d.ts', "import { C } from './c.js';"),
          file('lib/relay/e.ts', "import { A } from './a.js';"),
        ]),
      ).to.have.members([
        'lib/relay/a -> lib/relay/b -> lib/relay/c -> lib/relay/a',
        'lib/relay/d -> lib/relay/c -> lib/relay/a -> lib/relay/b -> lib/relay/d',
      ]);
    });
  });
});
