/**
 * Times the functions that every message goes through, one by one. Run it before a change and after it, on a quiet machine:
 * `npm run bench:micro -- --save before.json`, and then `npm run bench:micro -- --against before.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Bench } from 'tinybench';
import yargs from 'yargs';
import { cases } from './micro/cases.js';

const args = await yargs(process.argv.slice(2))
  .scriptName('npm run bench:micro --')
  .usage('$0\n\nTimes the functions on the way of a message, one by one.')
  .options({
    only: { type: 'string', describe: 'cases whose names have this in them' },
    ms: { type: 'number', default: 300, describe: 'time for each case' },
    save: { type: 'string', describe: 'write the times to this file, as JSON' },
    against: { type: 'string', describe: 'compare with the times in this file' },
  })
  .strict()
  .version(false)
  .parseAsync();

const before: Record<string, number> = args.against ? JSON.parse(readFileSync(args.against, 'utf8')) : {};
const chosen = cases.filter(({ name }) => name.includes(args.only ?? ''));
const bench = new Bench({ time: args.ms, warmupTime: args.ms / 2 });
for (const { name, run } of chosen) bench.add(name, run);
await bench.run();

const times: Record<string, number> = {};
for (const [i, { name, result }] of bench.tasks.entries()) {
  if (!('latency' in result)) throw new Error(`${name} failed`);
  const nanoseconds = (1e6 * result.latency.p50) / (chosen[i]?.messages ?? 1);
  times[name] = nanoseconds;
  const was = before[name];
  const change =
    was === undefined ? '' : `${(nanoseconds / was).toFixed(2).padStart(8)} × ${was.toFixed(0)} ns`;
  console.log(`${name.padEnd(56)} ${nanoseconds.toFixed(0).padStart(8)} ns a message${change}`);
}
if (args.save) writeFileSync(args.save, `${JSON.stringify(times, undefined, 2)}\n`);
