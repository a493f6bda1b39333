/**
 * What the WebSocket port answers to plain HTTP: the browser page, and a health check.
 *
 * What is served does not depend on the folder that is asked for: `/main.js` and `/chat/main.js` are the same. So the page
 * works behind a proxy that gives it a folder of its own, whether or not that proxy takes the folder off the path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Asked, type Refusal, readRequest } from './http-request.js';
import { isOwnHost } from './own-host.js';
import { readPages, send, sendPage } from './pages.js';

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

const plainText = 'text/plain; charset=utf-8';

const foreignHost =
  'This server takes requests from this machine only for localhost and 127.0.0.1. Ask for one of these; or, if a\n' +
  'proxy here makes it known by another name, start it with --allow-origin and that address, such as\n' +
  '--allow-origin https://chat.example';

export type Health = Readonly<Record<string, string | number>>;

/** Answers a request that asks for no WebSocket, or in vain. */
export interface HttpHandler {
  serve(request: IncomingMessage, response: ServerResponse): void;
  refuse(response: ServerResponse, refusal: Refusal, headers?: Readonly<Record<string, string>>): void;
}

/**
 * @param health asked at each `GET /health`
 * @param allowedOrigins whose hosts may be asked for, besides this machine; `*` stands for all
 */
export function createHttpHandler(health: () => Health, allowedOrigins: readonly string[] = []): HttpHandler {
  const pages = readPages(fileURLToPath(new URL('../../web', import.meta.url)));

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const asked = readRequest(request);
    if (!asked.ok) {
      // Where such a request ends may be in doubt, so nothing behind it is read.
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
 * The name of a file, in whatever folder.
 *
 * @returns '' for the folder itself; undefined for a path that is not in its plain form
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
