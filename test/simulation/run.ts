/**
 * The simulator from the command line: `npm run test:sim -- --seed 1 --runs 1000 --scenario mixed`.
 *
 * Exit status: 0 when nothing was found, 1 when something was, 2 for a wrong command line.
 */
import yargs from 'yargs';
import { type CheckName, checkNames, checks, isCheckName } from './checks.js';
import { play, report } from './play.js';
import {
  isScenarioName,
  longScenarios,
  type ScenarioName,
  scenarioNames,
  scenarios,
} from './scenarios/all.js';

const args = await yargs(process.argv.slice(2))
  .scriptName('npm run test:sim --')
  .usage('$0 [options]\n\nRuns the real core of the servers’ network in virtual time, with faults.')
  .options({
    seed: { type: 'number', default: 1, describe: 'the first seed' },
    runs: { type: 'number', default: 1, describe: 'how many seeds, for each scenario' },
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
  .parseAsync();

if (args.list) list();
else process.exitCode = runAll();

function list(): void {
  for (const name of scenarioNames) console.log(`${name.padEnd(20)} ${scenarios[name].about}`);
  console.log();
  for (const name of checkNames)
    console.log(`${checks[name].on ? 'on ' : 'off'} ${name.padEnd(16)} ${checks[name].about}`);
}

function runAll(): number {
  const chosen: ScenarioName[] = args.scenario.includes('all')
    ? scenarioNames.filter((name) => !longScenarios.includes(name))
    : args.scenario.filter(isScenarioName);
  const wishes: Partial<Record<CheckName, boolean>> = {};
  for (const name of args.on) if (isCheckName(name)) wishes[name] = true;
  for (const name of args.off) if (isCheckName(name)) wishes[name] = false;
  const begunMs = performance.now();
  const found = new Map<string, number>();
  let done = 0;
  let events = 0;
  const looked = new Map<string, number>();
  for (let seed = args.seed; seed < args.seed + args.runs; seed++) {
    for (const scenario of chosen) {
      const outcome = play(scenario, seed, { checks: wishes, last: args.last });
      done++;
      events += outcome.events;
      for (const [name, times] of Object.entries(outcome.looked))
        looked.set(name, (looked.get(name) ?? 0) + times);
      if (outcome.failure) {
        const isFirst = found.size === 0;
        const [kind = ''] = outcome.failure.error.message.split(':');
        found.set(kind, (found.get(kind) ?? 0) + 1);
        if (isFirst || !args['keep-going']) console.log(report(outcome));
        else console.log(`${scenario} ${seed}: ${outcome.failure.error.message.slice(0, 300)}`);
        if (!args['keep-going']) return 1;
      } else if (args.runs * chosen.length === 1) {
        console.log(`${report(outcome)}: ${outcome.events} events in ${(outcome.ms / 1000).toFixed(1)} s`);
      }
    }
    if (seed % 100 === 0) console.error(`… seed ${seed}: ${done} runs, ${rate(done, begunMs)}`);
  }
  console.log(`Looked at: ${[...looked].map(([name, times]) => `${name} ${times}`).join(', ')}`);
  console.log(`${done} runs, ${events} events, ${rate(done, begunMs)}; ${failures(found)}`);
  return found.size > 0 ? 1 : 0;
}

function rate(done: number, begunMs: number): string {
  const seconds = (performance.now() - begunMs) / 1000;
  return `${seconds.toFixed(1)} s, ${(done / seconds).toFixed(1)} runs/s`;
}

function failures(found: ReadonlyMap<string, number>): string {
  if (found.size === 0) return 'all good';
  return [...found].map(([kind, count]) => `${count} × ${kind}`).join(', ');
}
