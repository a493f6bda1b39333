/**
 * Measures Hearsay beside the servers that one could use instead, with the same load in one run, and writes
 * bench/RESULTS.md: `npm run bench -- --help`.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { type Contestant, contestants, type Running } from './contestants.js';
import type { Outcome, Plan, Pressure } from './load/plan.js';
import { allowedProcessors } from './processor.js';
import { type Measured, perSecond, type Round, table } from './report.js';
import { type Shape, shapes } from './shapes.js';

const sets = [...new Set(shapes.map(({ set }) => set))];
const names = contestants.map(({ name }) => name);
const results = fileURLToPath(new URL('../../bench/RESULTS.md', import.meta.url));
const loadProgram = fileURLToPath(new URL('load/main.js', import.meta.url));
/** The most messages and the longest time of any run. */
const mostMessages = 20_000_000;
const mostMs = 120_000;

const args = await yargs(process.argv.slice(2))
  .scriptName('npm run bench --')
  .usage('$0\n\nMeasures Hearsay beside other servers, on this machine, and writes bench/RESULTS.md.')
  .options({
    set: {
      array: true,
      choices: sets,
      default: sets,
      defaultDescription: 'all',
      describe: 'what to measure',
    },
    contestant: {
      ...{ array: true, choices: names, default: names, defaultDescription: 'all' },
      describe: 'who takes part',
    },
    rounds: { type: 'number', default: 3, describe: 'how often each is measured, in turns' },
    seconds: { type: 'number', default: 1.5, describe: 'of each measurement' },
    write: { type: 'boolean', default: true, describe: 'write bench/RESULTS.md' },
  })
  .example('$0 --set fan-out link --rounds 1 --no-write', 'a quick look')
  .strict()
  .version(false)
  .parseAsync();

const processors = allowedProcessors();
const isPinned = processors.length > 1;
/** The words before a command that make it run on the first or second of the processors that we may use. */
const pinTo = (which: number): string[] => (isPinned ? ['taskset', '-c', String(processors[which])] : []);

const present = contestants.flatMap((contestant) => {
  if (!args.contestant.includes(contestant.name)) return [];
  const version = contestant.version();
  if (version === undefined)
    console.error(`${contestant.name} is not on this machine; to have it: ${contestant.howToGet}`);
  return version === undefined ? [] : [{ contestant, version }];
});
const measured: Measured[] = [];
for (const set of sets) if (args.set.includes(set)) measured.push(...(await measureSet(set)));
if (args.write) writeFileSync(results, `${page(measured)}\n`);

/** Measures all shapes of a set, with the contestants taking turns. */
async function measureSet(set: string): Promise<Measured[]> {
  const ofSet = shapes.filter((shape) => shape.set === set);
  const found = ofSet.map((shape) => ({ shape, rounds: new Map<string, Round[]>() }));
  for (let round = 0; round < args.rounds; round++) {
    console.error(`${set}: round ${round + 1} of ${args.rounds}`);
    for (const { contestant } of present) {
      for (const servers of new Set(ofSet.map((shape) => shape.servers))) {
        const mine = ofSet.filter(
          (shape) => shape.servers === servers && shape.contestants.includes(contestant.name),
        );
        if (mine.length === 0 || servers > contestant.longestChain) continue;
        try {
          await measureAll(mine, contestant, servers, (shape, measured) => {
            const rounds = found[ofSet.indexOf(shape)]?.rounds;
            rounds?.set(contestant.name, [...(rounds.get(contestant.name) ?? []), measured]);
          });
        } catch (error) {
          // The figures of the other contestants are still good.
          console.error(`${contestant.name} failed: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  }
  for (const one of found) console.log(`\n${table(one)}`);
  return found;
}

async function measureAll(
  shapes: readonly Shape[],
  contestant: Contestant,
  servers: number,
  note: (shape: Shape, measured: Round) => void,
): Promise<void> {
  const isShared = shapes.some(({ sharesProcessors }) => sharesProcessors);
  const running = await contestant.start(servers, isShared ? [] : pinTo(0));
  try {
    for (const [i, shape] of shapes.entries()) {
      console.error(`${contestant.name}: ${shape.title}`);
      note(shape, await measure(shape, contestant, running, i === 0 ? contestant.coldMs : 0));
    }
  } finally {
    await running.stop();
  }
}

/** @param coldMs how much longer the contestant needs to warm up */
async function measure(
  shape: Shape,
  { moreBytes }: Contestant,
  running: Running,
  coldMs: number,
): Promise<Round> {
  const longer = { ...shape, load: { ...shape.load, textBytes: shape.load.textBytes + moreBytes } };
  const closed = await load(longer, running, shape.pressure, coldMs);
  if (!shape.timed) return { closed };
  const half = perSecond(closed) / 2 / shape.load.listenersEach;
  return { closed, open: await load(longer, running, { kind: 'open', perSecond: half }) };
}

/** Runs the load generator, on a processor of its own if the servers have one. */
function load(
  shape: Shape,
  { speakers, listeners, pids }: Running,
  pressure: Pressure,
  coldMs = 0,
): Promise<Outcome> {
  const warmUpMs = 1_000 + coldMs;
  const times = { settleMs: shape.counts ? 2_000 : 0, warmUpMs, measureMs: 1000 * args.seconds };
  const plan: Plan = { ...shape.load, ...times, speakers, listeners, pressure, mostMessages, pids };
  const words = [
    ...(shape.sharesProcessors ? [] : pinTo(1)),
    process.execPath,
    loadProgram,
    JSON.stringify(plan),
  ];
  const [command = '', ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], timeout: mostMs });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`the load generator failed at: ${shape.title}`));
    });
  });
}

function page(measured: readonly Measured[]): string {
  const [processor] = cpus();
  return [
    '# Results',
    '',
    'Written by `npm run bench`; what the columns mean is in [docs/PERFORMANCE.md](../docs/PERFORMANCE.md).',
    '',
    `- ${new Date().toISOString().slice(0, 10)}, ${type()} ${release().split('-', 1)[0]}, ${processor?.model.trim()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `- ${args.rounds} rounds of ${args.seconds} s; ${isPinned ? 'servers on one processor, the load generator on another, where nothing else is said' : 'nothing pinned to a processor'}`,
    ...present.map(({ contestant, version }) => `- ${contestant.name}: ${version.replaceAll('\n', ' ')}`),
    '',
    measured.map(table).join('\n\n'),
  ].join('\n');
}
