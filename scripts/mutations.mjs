/**
 * Tests the tests: breaks the compiled code in one way after the other, and checks that the tests find it.
 *
 *     node scripts/mutations.mjs [--room NAME] [--only 'part of a name'] [--seeds N]
 *
 * These mutations are listed in scripts/mutations/, a file for each room. A mutation with `tests` must be found by
 * those test files, in seconds. Any other is one of the network's core, and must be found by the simulator.
 *
 * Exit status: 0 when all were found, 1 when one survived, 2 when a list does not fit the code.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutations as client } from './mutations/client.mjs';
import { mutations as listen } from './mutations/listen.mjs';
import { mutations as mesh } from './mutations/mesh.mjs';
import { mutations as relay } from './mutations/relay.mjs';
import { mutations as wire } from './mutations/wire.mjs';

const rooms = { wire, relay, listen, client, mesh };
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    room: { type: 'string' },
  },
});
const chosen = Object.entries(rooms)
  .filter(([room]) => values.room === undefined || values.room === room)
  .flatMap(([room, mutations]) => mutations.map((mutation) => ({ ...mutation, room })))
  .filter(({ name }) => name.includes(values.only));
/** The copy that is broken. It is inside the project, because the packages are needed, and is ignored by git. */
const copy = join(root, `dist.mutant-${process.pid}.tmp`);
const simulatorLimitMs = 240_000;
const testsLimitMs = 120_000;
const foundMark = 'again: npm run test:sim';

try {
  const wrong = chosen.flatMap((mutation) => whatIsWrong(mutation) ?? []);
  if (chosen.length === 0) wrong.push('no mutation is called so');
  if (wrong.length > 0) {
    for (const line of wrong) console.error(line);
    process.exitCode = 2;
  } else {
    makeCopy();
    requireSoundness();
    const survivors = chosen.filter((mutation) => !isFound(mutation));
    for (const { room, name, breaks } of survivors) console.error(`SURVIVED: ${room}: ${name} (${breaks})`);
    console.log(`${chosen.length - survivors.length} of ${chosen.length} mutations found`);
    process.exitCode = survivors.length > 0 ? 1 : 0;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function whatIsWrong({ room, name, file, search, tests = [] }) {
  const missing = tests.filter((test) => !existsSync(join(root, 'dist', testFile(test))));
  const found = textOf(file)?.split(search).length ?? 0;
  if (found === 2 && missing.length === 0) return undefined;
  let why = `found ${found - 1} times in ${file}, not once: ${JSON.stringify(search)}`;
  if (found === 0) why = `there is no ${file}`;
  if (missing.length > 0) why = `there is no ${missing.map(testFile).join(', ')}`;
  return `mutation '${name}': ${why}. Bring scripts/mutations/${room}.mjs up to date.`;
}

function textOf(file) {
  try {
    return readFileSync(join(root, 'dist', file), 'utf8');
  } catch {
    return undefined;
  }
}

/** @param test a file of test/unit, or one of another folder with that before it: `integration/limits` */
function testFile(test) {
  return `test/${test.includes('/') ? test : `unit/${test}`}.test.js`;
}

/**
 * Checks that the tests, or the simulator, find nothing in the unbroken code. Otherwise they would find every mutation.
 */
function requireSoundness() {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests ?? []))];
  const checks = [
    tests.length > 0 ? runTests(tests) : undefined,
    chosen.some(isForSimulator)
      ? simulate({ scenarios: ['mixed', 'relay-crash', 'same-names'], seeds: 2 })
      : undefined,
  ];
  for (const check of checks) {
    if (check?.found) throw new Error(`something is found without any mutation:\n${check.text.slice(-3000)}`);
  }
}

function isForSimulator({ tests }) {
  return tests === undefined;
}

/** Checks the syntax of a mutation. Any test would find one that cannot even be parsed, which would prove nothing. */
function requireSyntax({ room, name }, path) {
  const { status, stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`mutation '${name}' of scripts/mutations/${room}.mjs is no code: ${stderr}`);
}

function isFound(mutation) {
  const path = join(copy, mutation.file);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    sound.replace(mutation.search, () => mutation.replace),
  );
  try {
    requireSyntax(mutation, path);
    const begunMs = performance.now();
    const by = isForSimulator(mutation) ? simulatorFinding(mutation) : testsFinding(mutation);
    if (by === undefined) return false;
    const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
    console.log(`found in ${seconds.padStart(5)} s: ${mutation.room}: ${mutation.name}\n    ${by}`);
    return true;
  } finally {
    writeFileSync(path, sound);
  }
}

/** @returns the test that failed first; undefined if none did */
function testsFinding({ tests }) {
  const { found, text } = runTests(tests);
  if (!found) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => /^1\) /.test(line));
  if (at < 0) return lines.findLast((line) => line !== '');
  const end = lines.findIndex((line, i) => i > at && /^$|Error\b/.test(line));
  return lines.slice(at, end).join(' ').slice(3).replace(/:$/, '');
}

/** @returns what the simulator saw; undefined if nothing */
function simulatorFinding(mutation) {
  for (const scenarios of [mutation.scenarios ?? ['mixed'], ['all']]) {
    const seeds = scenarios.includes('all') ? Math.ceil(values.seeds / 10) : Number(values.seeds);
    const { found, text } = simulate({ scenarios, seeds });
    if (!found) continue;
    const lines = text.trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes(foundMark));
    const violation = lines.slice(0, at).findLast((line) => /^[a-z-]+: /.test(line));
    return `${lines[at - 1]?.trim()}: ${violation}`;
  }
  return undefined;
}

function makeCopy() {
  mkdirSync(copy);
  for (const folder of ['lib', 'web', 'test'])
    cpSync(join(root, 'dist', folder), join(copy, folder), { recursive: true });
}

/** Runs test files until one of their tests fails. */
function runTests(tests) {
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const args = [mocha, '--no-config', '--bail', '--exit', '--reporter', 'dot', '--timeout', '60000'];
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [...args, ...tests.map((test) => join(copy, testFile(test)))],
    { cwd: root, encoding: 'utf8', timeout: testsLimitMs, maxBuffer: 1e8 },
  );
  if (error?.code === 'ETIMEDOUT') return { found: true, text: 'the tests do not end' };
  return { found: status !== 0, text: `${stderr}${stdout}` };
}

/** Runs the simulator until it finds something, or has gone through all seeds. */
function simulate({ scenarios, seeds }) {
  const args = [join(copy, 'test/simulation/run.js'), '--runs', String(seeds)];
  for (const scenario of scenarios) args.push('--scenario', scenario);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: simulatorLimitMs,
    maxBuffer: 1e8,
  });
  // A mutation that makes it run for ever is found too.
  if (error?.code === 'ETIMEDOUT') return { found: true, text: `it does not end\n  ${foundMark}` };
  const found = stdout.includes(foundMark);
  if (status !== 0 && !found) throw new Error(`the simulator failed: ${stderr}${stdout.slice(-1000)}`);
  return { found, text: stdout };
}
