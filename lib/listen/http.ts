/**
 * The answers of the WebSocket port to plain HTTP: the browser page, and a health check.
 *
 * The folder in a path makes no difference: `/main.js` and `/chat/main.js` are the same. So the page works behind a
 * proxy that gives it a folder of its own, whether or not that proxy removes the folder from the path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Asked, type Refusal, readRequest } from './http-request.js';
import { isOwnHost } from './own-host.js';
import { readPages, send, sendPage } from './pages.js';

/**
 * Headers that let the page use its own script and style and speak to its own server only, and no other page frame it.
 */
const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    // The browser throws an error if a script tries to make HTML of a text, as with innerHTML.
    "require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
} as const;

const plainText = 'text/plain; charset=utf-8';

const foreignHost =
  'From this machine, this server takes requests only for localhost and 127.0.0.1. Ask for one of these. If a proxy on\n' +
  'this machine serves it under another name, start the server with --allow-origin and that address, such as\n' +
  '--allow-origin https://chat.example';

export type Health = Readonly<Record<string, string | number>>;

/** Answers requests that do not ask for a WebSocket, and refuses those that ask for one and do not get it. */
export interface HttpHandler {
  serve(request: IncomingMessage, response: ServerResponse): void;
  refuse(response: ServerResponse, refusal: Refusal, headers?: Readonly<Record<string, string>>): void;
}

/**
 * Makes a handler, which serves the files of the page.
 *
 * @param health makes the answer to `GET /health`
 * @param allowedOrigins origins whose hosts may be asked for besides this machine's own; `*` stands for all
 */
export function createHttpHandler(health: () => Health, allowedOrigins: readonly string[] = []): HttpHandler {
  const pages = readPages(fileURLToPath(new URL('../../web', import.meta.url)));

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const asked = readRequest(request);
    if (!asked.ok) {
      // It may not be certain where such a request ends, so nothing after it is read.
      refuse(response, asked, { Connection: 'close' });
    } else if (!isOwnHost(asked.authority, request.socket.localAddress, allowedOrigins)) {
      refuse(response, { status: 421, why: foreignHost });
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, { status: 405, why: 'Only GET and HEAD are served here.' }, { Allow: 'GET, HEAD' });
    } else {
      serveFile(asked, request, response);
    }
  };

  const serveFile = (asked: Asked, request: IncomingMessage, response: ServerResponse): void => {
    const name = fileAskedFor(asked.path);
    const page = name === undefined ? undefined : pages.get(name);
    setSecurityHeaders(response);
    if (name === 'health') {
      response.setHeader('Cache-Control', 'no-store');
      send(response, 200, Buffer.from(`${JSON.stringify(health())}\n`), 'application/json');
    } else if (page) {
      sendPage(request, response, page);
    } else {
      refuse(response, { status: 404, why: 'There is nothing here. The page is at /' });
    }
  };

  const refuse: HttpHandler['refuse'] = (response, { status, why }, headers = {}) => {
    setSecurityHeaders(response);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    send(response, status, Buffer.from(`${why}\n`), plainText);
  };

  return { serve, refuse };
}

/**
 * The name of the file that a path asks for, in any folder.
 *
 * @returns '' for the folder itself; undefined for a path with empty segments, `.` or `..`
 */
export function fileAskedFor(path: string): string | undefined {
  const [, ...segments] = path.split('/');
  const name = segments.pop();
  const isPlain = segments.every((segment) => segment !== '' && !/^(?:\.|%2e){1,2}$/i.test(segment));
  return isPlain ? name : undefined;
}

function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}
