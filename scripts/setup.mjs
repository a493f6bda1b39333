/**
 * Makes a checkout ready to run: installs the packages of package-lock.json and builds dist/, each only if it is not
 * done already. `npm start`, `npm test` and most other scripts call it first. It needs nothing but Node itself.
 *
 * Exit status: 0 when ready, 1 with one line on standard error when something failed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

try {
  requireNode(20, 19);
  // `setUp` looks once more, because another process may have done it in the meantime.
  if (!isReady()) await alone(setUp);
} catch (error) {
  process.stderr.write(`hearsay: ${error.message}\n`);
  process.exitCode = 1;
}

function isReady() {
  return isInstalled() && builtFrom() === hashOfInputs();
}

async function setUp() {
  if (!isInstalled()) install();
  const inputs = hashOfInputs();
  if (builtFrom() !== inputs) await build(inputs);
}

/** Runs a task while no other process runs it, because two programs may be started at the same moment. */
async function alone(task) {
  const lock = '.setup.lock';
  for (let waiting = false; ; waiting = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : undefined;
    if (holder !== undefined && !isAlive(holder)) rmSync(lock, { force: true });
    else if (!waiting) say('waiting for another set-up to finish');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    await task();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function requireNode(major, minor) {
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  throw new Error(
    `Node.js ${major}.${minor} or newer is needed, and this is ${process.version}: https://nodejs.org has it`,
  );
}

/**
 * Whether node_modules has exactly what package-lock.json asks for. (npm keeps its own record of what it put there.)
 */
function isInstalled() {
  const wanted = readJson('package-lock.json')?.packages;
  const present = readJson('node_modules/.package-lock.json')?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const installed = present[path];
    return installed
      ? installed.version === entry.version
      : entry.optional === true || entry.devOptional === true;
  });
}

function install() {
  say('installing packages (once)');
  // No package here needs its install script, so none of them may run one.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** A hash of everything that dist/ is made from. */
function hashOfInputs() {
  const folders = ['lib', 'test', 'bench', 'web', 'scripts'];
  const files = [
    'package-lock.json',
    'tsconfig.json',
    ...readdirSync('.').filter((name) => name.endsWith('.ts')),
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    ),
  ].sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function builtFrom() {
  return existsSync('dist/.built-from') ? readFileSync('dist/.built-from', 'utf8') : undefined;
}

/** Builds beside dist/ and then swaps the two, so that no program meets a half-built one. */
async function build(stamp) {
  say('building');
  const fresh = `dist.${process.pid}.tmp`;
  const old = `dist.${process.pid}.old.tmp`;
  try {
    run(process.execPath, ['node_modules/typescript/bin/tsc', '--outDir', fresh]);
    const { buildWeb } = await import('./build-web.mjs');
    await buildWeb(join(fresh, 'web'));
    writeFileSync(join(fresh, '.built-from'), stamp);
    // The old one is only moved aside at first: removing it takes a while, during which there would be no dist/.
    if (existsSync('dist')) renameSync('dist', old);
    renameSync(fresh, 'dist');
  } finally {
    rmSync(old, { recursive: true, force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0)
    throw new Error(`\`${[command, ...args].join(' ')}\` failed${error ? `: ${error.message}` : ''}`);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function say(text) {
  process.stderr.write(`hearsay: ${text} …\n`);
}
