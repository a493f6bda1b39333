/**
 * The simulator's command line: `npm run test:sim -- --seed 1 --runs 1000 --scenario mixed`. For seeds of each night
 * that were not played before: `npm run test:sim -- --seed date --minutes 60 --scenario all --jobs 2 --keep-going`.
 *
 * Exit status: 0 when nothing was found, 1 when something was, 2 for a wrong command line.
 */
import yargs from 'yargs';
import { type CheckName, checkNames, checks, isCheckName } from './checks.js';
import { type Outcome, report } from './play.js';
import { playAll, type Run } from './player.js';
import {
  isScenarioName,
  longScenarios,
  type ScenarioName,
  scenarioNames,
  scenarios,
} from './scenarios/all.js';

/** The number of seeds of each day. Even all scenarios, for a night and on many processors, take fewer. */
const seedsPerDay = 100_000;

const args = await yargs(process.argv.slice(2))
  .scriptName('npm run test:sim --')
  .usage('$0 [options]\n\nRuns the real core of the servers’ network in virtual time, with faults.')
  .options({
    seed: {
      type: 'string',
      default: '1',
      describe: 'the first seed; `date`: one that belongs to this day, which is told',
      coerce: firstSeed,
    },
    runs: {
      type: 'number',
      describe:
        'how many seeds, for each scenario [default: 1, or with --minutes as many as there is time for]',
      coerce: atLeastOne('runs'),
    },
    minutes: { type: 'number', describe: 'begins no further run after so long', coerce: moreThanNothing },
    jobs: {
      type: 'number',
      default: 1,
      describe: 'how many runs are played at a time, each on a processor of its own',
      coerce: atLeastOne('jobs'),
    },
    scenario: { type: 'string', array: true, choices: [...scenarioNames, 'all'], default: ['mixed'] },
    on: {
      type: 'string',
      array: true,
      choices: checkNames,
      default: [],
      describe: 'checks that are to count',
    },
    off: {
      type: 'string',
      array: true,
      choices: checkNames,
      default: [],
      describe: 'checks that are not to',
    },
    'keep-going': { type: 'boolean', default: false, describe: 'do not stop at the first failure' },
    last: { type: 'number', default: 60, describe: 'how many of the last events a failure tells' },
    list: { type: 'boolean', default: false, describe: 'tell which scenarios and checks there are' },
  })
  .strict()
  .version(false)
  .fail((message) => {
    console.error(`${message}\nMore by: npm run test:sim -- --help`);
    process.exit(2);
  })
  .parseAsync();

if (args.list) list();
else process.exitCode = await runAll();

function list(): void {
  for (const name of scenarioNames) console.log(`${name.padEnd(20)} ${scenarios[name].about}`);
  console.log();
  for (const name of checkNames)
    console.log(`${checks[name].on ? 'on ' : 'off'} ${name.padEnd(16)} ${checks[name].about}`);
}

async function runAll(): Promise<number> {
  const begunMs = performance.now();
  const found = new Map<string, number>();
  const looked = new Map<string, number>();
  let done = 0;
  let events = 0;
  if (args.minutes !== undefined) console.log(`From seed ${args.seed} on.`);

  const onOutcome = (outcome: Outcome): boolean => {
    done++;
    events += outcome.events;
    for (const [name, times] of Object.entries(outcome.looked))
      looked.set(name, (looked.get(name) ?? 0) + times);
    if (done % 100 === 0) console.error(`… seed ${outcome.seed}: ${done} runs, ${rate(done, begunMs)}`);
    const { failure } = outcome;
    if (!failure) {
      if (args.runs === undefined && args.minutes === undefined && chosen().length === 1)
        console.log(`${report(outcome)}: ${outcome.events} events in ${(outcome.ms / 1000).toFixed(1)} s`);
      return true;
    }
    const isFirst = found.size === 0;
    const [kind = ''] = failure.error.message.split(':');
    found.set(kind, (found.get(kind) ?? 0) + 1);
    if (isFirst || !args.keepGoing) console.log(report(outcome));
    else console.log(`${outcome.scenario} ${outcome.seed}: ${failure.error.message.slice(0, 300)}`);
    return args.keepGoing;
  };

  await playAll(runsToPlay(begunMs), args.jobs, { checks: wishes(), last: args.last }, onOutcome);
  console.log(`Looked at: ${[...looked].map(([name, times]) => `${name} ${times}`).join(', ')}`);
  console.log(`${done} runs, ${events} events, ${rate(done, begunMs)}; ${failures(found)}`);
  return found.size > 0 ? 1 : 0;
}

/** Every scenario with one seed, then with the next one. */
function* runsToPlay(begunMs: number): Iterable<Run> {
  const { minutes, runs = minutes === undefined ? 1 : Number.POSITIVE_INFINITY } = args;
  const untilMs = begunMs + 60_000 * (minutes ?? Number.POSITIVE_INFINITY);
  for (let seed = args.seed; seed < args.seed + runs; seed++) {
    for (const scenario of chosen()) {
      if (performance.now() >= untilMs) return;
      yield { scenario, seed };
    }
  }
}

function chosen(): readonly ScenarioName[] {
  return args.scenario.includes('all')
    ? scenarioNames.filter((name) => !longScenarios.includes(name))
    : args.scenario.filter(isScenarioName);
}

function wishes(): Partial<Record<CheckName, boolean>> {
  const wishes: Partial<Record<CheckName, boolean>> = {};
  for (const name of args.on) if (isCheckName(name)) wishes[name] = true;
  for (const name of args.off) if (isCheckName(name)) wishes[name] = false;
  return wishes;
}

/** The first seed of a day. Seeds have 32 bits, so there are enough until 2087. */
function firstSeed(text: string): number {
  if (text === 'date') return Math.floor(Date.now() / 86_400_000) * seedsPerDay;
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--seed is a whole number or 'date', not '${text}'.`);
  return Number(text);
}

function atLeastOne(name: string): (given: number) => number {
  return (given) => {
    if (Number.isInteger(given) && given > 0) return given;
    throw new Error(`--${name} is a whole number from 1 on.`);
  };
}

function moreThanNothing(given: number): number {
  if (given > 0) return given;
  throw new Error('--minutes is a number above 0.');
}

function rate(done: number, begunMs: number): string {
  const seconds = (performance.now() - begunMs) / 1000;
  return `${seconds.toFixed(1)} s, ${(done / seconds).toFixed(1)} runs/s`;
}

function failures(found: ReadonlyMap<string, number>): string {
  if (found.size === 0) return 'all good';
  return [...found].map(([kind, count]) => `${count} × ${kind}`).join(', ');
}
