/**
 * Makes docs/picture.png from running programs: two linked servers, a terminal client on one and the page on the other.
 * It needs tmux, and a Chromium, found as the browser tests find it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findBrowser } from '../dist/test/helpers/browser.js';

const socket = `hearsay-picture-${process.pid}`;
const size = { width: 640, height: 480 };
const started = [];

try {
  const alpha = await startServer('alpha');
  const beta = await startServer('beta', ['--peer', `127.0.0.1:${alpha.ports.peer}`]);
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? 'chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 2 });
  await page.goto(`http://127.0.0.1:${beta.ports.websocket}/`);
  await page.getByLabel('Your name').fill('cleo');
  await page.getByLabel('Channel').fill('lobby');
  await page.getByRole('button', { name: 'Join' }).click();

  tmux(
    'new-session',
    '-d',
    '-x',
    '72',
    '-y',
    '22',
    `node dist/cli-client.js 127.0.0.1 ${alpha.ports.client} lobby ann`,
  );
  await page.getByText('ann joined').waitFor();
  const fromPage = async (text) => {
    await page.getByLabel('Message to').fill(text);
    await page.keyboard.press('Enter');
    await sleep(300);
  };
  const fromTerminal = async (text) => {
    tmux('send-keys', '-l', text);
    await sleep(300);
    if (!text.endsWith('…')) tmux('send-keys', 'Enter');
    await sleep(300);
  };
  await fromPage('Hi ann, I am in a browser on beta.');
  await fromTerminal('And I am at a terminal on alpha. You come through at once.');
  await fromPage('Who stores all this?');
  await fromTerminal('Nobody: it is hearsay.');
  await fromTerminal('/names');
  await fromTerminal('While I type, what you say appears above…');
  await fromPage('So it does.');

  const terminal = toHtml(tmux('capture-pane', '-e', '-p'));
  const shot = (await page.screenshot()).toString('base64');
  const sheet = await browser.newPage({ viewport: { width: 1360, height: 540 }, deviceScaleFactor: 1.5 });
  await sheet.setContent(sheetHtml(terminal, shot));
  await sheet.screenshot({ path: 'docs/picture.png' });
  await browser.close();
} finally {
  try {
    tmux('kill-server');
  } catch {
    // tmux was not started.
  }
  for (const process of started) process.kill();
}

async function startServer(name, options = []) {
  const file = join(tmpdir(), `${socket}-${name}.json`);
  const own = ['--name', name, '--ports-file', file, '--log-level', 'error'];
  const args = ['dist/full-server.js', '127.0.0.1', '0', '0', '0', ...own, ...options];
  const server = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(server);
  await new Promise((resolve) => {
    server.stdout.on('data', (text) => String(text).includes('Type help') && resolve());
  });
  const ports = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  return { ports };
}

function tmux(...args) {
  return execFileSync('tmux', ['-L', socket, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
}

/** What a terminal shows, with its colours, as HTML. */
function toHtml(text) {
  const escaped = text.trimEnd().replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  const spans = escaped.replace(/\x1b\[([\d;]*)m/g, (_, codes) => {
    const classes = codes
      .split(';')
      .map((code) => `c${Number(code)}`)
      .filter((name) => name !== 'c0');
    return `</span><span class="${classes.join(' ')}">`;
  });
  return `<span>${spans}</span>`;
}

function sheetHtml(terminal, shot) {
  const colours = {
    30: '#4b5263',
    31: '#e06c75',
    32: '#98c379',
    33: '#d9b36c',
    34: '#6cb2f2',
    35: '#c792ea',
    36: '#56b6c2',
    92: '#b5e08f',
    94: '#8ecbff',
    95: '#e0b3ff',
    96: '#7fdbe6',
  };
  const rules = Object.entries(colours)
    .map(([code, colour]) => `.c${code} { color: ${colour}; }`)
    .join('\n');
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 30px; display: flex; gap: 20px; background: #e9e7e2; font-family: sans-serif; }
    figure { flex: none; margin: 0; width: ${size.width}px; height: ${size.height}px; border-radius: 10px; overflow: hidden;
      box-shadow: 0 6px 24px #0004; background: #1e2127; }
    pre { margin: 0; padding: 16px; color: #d7dae0; font: 14px/1.35 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
    img { width: 100%; display: block; }
    .c1 { font-weight: bold; } .c2 { opacity: 0.6; }
    ${rules}
  </style><figure><pre>${terminal}</pre></figure><figure><img src="data:image/png;base64,${shot}"></figure>`;
}
