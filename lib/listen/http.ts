/**
 * What the WebSocket port answers to plain HTTP: the browser page, and a health check.
 *
 * The page's files are read once, at the start; a request never touches the disk, so no path can reach beyond them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asksForOwnHost } from './own-host.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

/** The page runs its own script and style, speaks to its own server, and nothing else; nobody may frame it. */
const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    // No text can become HTML: the browser throws where a script tries, as with innerHTML.
    "require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
} as const;

const foreignHost =
  'This server takes requests from this machine only for localhost and 127.0.0.1. Ask for one of these; or, if a\n' +
  'proxy here makes it known by another name, start it with --allow-origin and that address, such as\n' +
  '--allow-origin https://chat.example\n';

interface Page {
  readonly body: Buffer;
  readonly type: string;
  readonly tag: string;
}

export type Health = Readonly<Record<string, string | number>>;

/**
 * @param health asked at each `GET /health`
 * @param allowedOrigins whose hosts may be asked for, besides this machine; `*` stands for all
 * @returns a request listener for node:http
 */
export function createHttpHandler(health: () => Health, allowedOrigins: readonly string[] = []) {
  const pages = readPages(fileURLToPath(new URL('../../web', import.meta.url)));
  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!asksForOwnHost(request, allowedOrigins)) {
      answer(response, 421, foreignHost);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      answer(response, 405, 'Only GET and HEAD are served here.\n');
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const page = pages.get(path);
    if (path === '/health') {
      response.setHeader('Cache-Control', 'no-store');
      answer(response, 200, `${JSON.stringify(health())}\n`, 'application/json');
    } else if (page) {
      sendPage(request, response, page);
    } else {
      answer(response, 404, 'There is nothing here. The page is at /\n');
    }
  };
}

function sendPage(request: IncomingMessage, response: ServerResponse, { body, type, tag }: Page): void {
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', 'no-cache');
  if (namesTag(request.headers['if-none-match'], tag)) {
    response.writeHead(304).end();
    return;
  }
  answer(response, 200, body, type);
}

/** Whether If-None-Match names what we would send. [RFC 9110, 13.1.2: weak comparison] */
function namesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}

function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  // Node leaves the body out by itself when the request was a HEAD.
  response.end(body);
}

/** The files of the bundle: those in the folder itself. What lies deeper was compiled for the tests. */
function readPages(folder: string): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    const type = mediaTypes[extname(name)];
    if (!type || !entry.isFile()) continue;
    const body = readFileSync(join(folder, name));
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    pages.set(name === 'index.html' ? '/' : `/${name}`, { body, type, tag });
  }
  return pages;
}
