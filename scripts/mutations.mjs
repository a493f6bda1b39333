/**
 * Proves the prover: breaks the compiled core in one way after the other, and has the simulator find it.
 *
 *     node scripts/mutations.mjs [--seeds N] [--only 'part of a name']
 *
 * Exit status: 0 when all were found, 1 when one survived, 2 when the list does not fit the code.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutations } from './mutations-list.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '60' }, only: { type: 'string', default: '' } },
});
const chosen = mutations.filter(({ name }) => name.includes(values.only));
/** Inside the project, for its packages are needed; ignored by git. */
const copy = join(root, `dist.mutant-${process.pid}.tmp`);
const limitMs = 240_000;
const foundMark = 'again: npm run test:sim';

try {
  const wrong = chosen.flatMap((mutation) => whatIsWrong(mutation) ?? []);
  if (wrong.length > 0) {
    for (const line of wrong) console.error(line);
    process.exitCode = 2;
  } else {
    requireSoundness();
    const survivors = chosen.filter((mutation) => !isFound(mutation));
    for (const { name, breaks } of survivors) console.error(`SURVIVED: ${name} (${breaks})`);
    console.log(`${chosen.length - survivors.length} of ${chosen.length} mutations found`);
    process.exitCode = survivors.length > 0 ? 1 : 0;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function whatIsWrong({ name, file, search }) {
  const found = textOf(file)?.split(search).length ?? 0;
  if (found === 2) return undefined;
  const why = found === 0 ? `there is no ${file}` : `found ${found - 1} times in ${file}, not once`;
  return `mutation '${name}': ${why}: ${JSON.stringify(search)}. Bring scripts/mutations-list.mjs up to date.`;
}

function textOf(file) {
  try {
    return readFileSync(join(root, 'dist', file), 'utf8');
  } catch {
    return undefined;
  }
}

/** A simulator that finds something in the core as it is would find every mutation. */
function requireSoundness() {
  makeCopy();
  const { found, text } = simulate({ scenarios: ['mixed', 'relay-crash', 'same-names'], seeds: 2 });
  if (!found) return;
  throw new Error(`the simulator finds something without any mutation:\n${text.slice(-1500)}`);
}

function isFound(mutation) {
  makeCopy();
  const path = join(copy, mutation.file);
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(mutation.search, () => mutation.replace),
  );
  const begunMs = performance.now();
  for (const scenarios of [mutation.scenarios ?? ['mixed'], ['all']]) {
    const seeds = scenarios.includes('all') ? Math.ceil(values.seeds / 10) : Number(values.seeds);
    const { found, text } = simulate({ scenarios, seeds });
    if (!found) continue;
    const lines = text.trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes(foundMark));
    const violation = lines.slice(0, at).findLast((line) => /^[a-z-]+: /.test(line));
    const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
    console.log(
      `found in ${seconds.padStart(5)} s: ${mutation.name}\n    ${lines[at - 1]?.trim()}: ${violation}`,
    );
    return true;
  }
  return false;
}

function makeCopy() {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const folder of ['lib', 'test/simulation', 'test/helpers'])
    cpSync(join(root, 'dist', folder), join(copy, folder), { recursive: true });
}

/** Runs the simulator until it finds something, or has gone through all seeds. */
function simulate({ scenarios, seeds }) {
  const args = [join(copy, 'test/simulation/run.js'), '--runs', String(seeds)];
  for (const scenario of scenarios) args.push('--scenario', scenario);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: limitMs,
    maxBuffer: 1e8,
  });
  // One that makes it run for ever is found too.
  if (error?.code === 'ETIMEDOUT') return { found: true, text: `it does not end\n  ${foundMark}` };
  const found = stdout.includes(foundMark);
  if (status !== 0 && !found) throw new Error(`the simulator failed: ${stderr}${stdout.slice(-1000)}`);
  return { found, text: stdout };
}
