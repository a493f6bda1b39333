/**
 * A real browser for tests: Chromium, wherever this machine has it.
 */
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const usualPlaces: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

const noBrowser =
  'browser tests skipped: no Chromium found; install one (Debian: apt-get install chromium) or set CHROMIUM_PATH';

/**
 * @returns the path of a Chromium: CHROMIUM_PATH if that is set, else the first on PATH or in the usual places;
 * undefined if there is none
 * @throws Error when CHROMIUM_PATH names no program
 */
export function findBrowser(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which is no program`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const ending = process.platform === 'win32' ? '.exe' : '';
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name + ending)));
  return [...onPath, ...(usualPlaces[process.platform] ?? [])].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A browser with a new, empty profile. It keeps what its pages complained about. */
export interface TestBrowser {
  /**
   * Opens a page as in a new window. All pages share one storage, as tabs do.
   *
   * @param size of the window, in CSS pixels; that of a desktop if left out
   */
  newPage(size?: { width: number; height: number }): Promise<Page>;
  /** Console errors, uncaught exceptions and CSP violations of all pages since the last call. */
  takeComplaints(): string[];
  /** The origins of everything that pages have requested so far. */
  readonly origins: ReadonlySet<string>;
  close(): Promise<void>;
}

let toldOfNone = false;

/**
 * For a `before` hook: starts the browser. Where there is none, it skips the suite, and prints once how to get one.
 *
 * @param hook the `this` of the hook
 */
export async function browserOrSkip(hook: Mocha.Context): Promise<TestBrowser> {
  const path = findBrowser();
  if (path !== undefined) return launchBrowser(path);
  if (!toldOfNone) console.log(noBrowser);
  toldOfNone = true;
  return hook.skip();
}

/** @param executablePath as `findBrowser` gives it */
export async function launchBrowser(executablePath: string): Promise<TestBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'hearsay-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    // Root cannot have the sandbox, and the tests load nothing but our own page.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const complaints: string[] = [];
  await listenForViolations(context);
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  const origins = new Set<string>();
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  return {
    takeComplaints: () => complaints.splice(0),
    origins,
    newPage: async (size) => {
      const page = await context.newPage();
      if (size) await page.setViewportSize(size);
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Reports CSP violations as errors. The console has them too, but not all of them as errors. */
async function listenForViolations(context: BrowserContext): Promise<void> {
  await context.addInitScript({
    content: `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error('Content-Security-Policy violated:', violatedDirective, blockedURI);
    });`,
  });
}
