/**
 * The files of the browser page, each uncoded and in the codings that were made when it was built.
 *
 * They are read once, at the start. No request reads a file, so no path can reach any others.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { type Coding, chooseCoding, codings } from './accept-encoding.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.map': 'application/json',
};

/** What is added to the name of a file for its coded form. */
const codedEndings: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz' };

/** A file in one coding: its bytes, and the ETag of just these bytes. */
interface Variant {
  readonly body: Buffer;
  readonly tag: string;
}

export interface Page {
  readonly type: string;
  readonly plain: Variant;
  readonly coded: ReadonlyMap<Coding, Variant>;
}

/**
 * Reads the files of the bundle, which are in the folder itself. Deeper folders have what was compiled for the tests.
 *
 * @returns the files by name; the page itself has the name ''
 */
export function readPages(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    const type = mediaTypes[extname(name)];
    if (!type || !entry.isFile()) continue;
    pages.set(name === 'index.html' ? '' : name, readPage(join(folder, name), type));
  }
  return pages;
}

function readPage(path: string, type: string): Page {
  const coded = new Map<Coding, Variant>();
  for (const coding of codings) {
    const file = `${path}${codedEndings[coding]}`;
    if (existsSync(file)) coded.set(coding, readVariant(file));
  }
  return { type, plain: readVariant(path), coded };
}

function readVariant(file: string): Variant {
  const body = readFileSync(file);
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, tag: `"${hash}"` };
}

/** Sends a file in the coding that the client likes best, or answers 304 if the client has the same bytes already. */
export function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const { type, plain, coded } = page;
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', 'no-cache');
  const coding = chooseCoding(request.headers['accept-encoding'], [...coded.keys()]);
  if (coding === undefined) {
    const text = `This file is available in these codings: ${['identity', ...coded.keys()].join(', ')}.\n`;
    send(response, 406, Buffer.from(text), 'text/plain; charset=utf-8');
    return;
  }
  const { body, tag } = (coding === 'identity' ? undefined : coded.get(coding)) ?? plain;
  response.setHeader('ETag', tag);
  if (namesTag(request.headers['if-none-match'], tag)) {
    response.writeHead(304).end();
    return;
  }
  if (coding !== 'identity') response.setHeader('Content-Encoding', coding);
  send(response, 200, body, type);
}

/** Sends a body. For a HEAD request, Node leaves the body out. */
export function send(response: ServerResponse, status: number, body: Buffer, type: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}

/** Whether If-None-Match has a tag, by weak comparison. [RFC 9110, 13.1.2] */
function namesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.match(/"[^"]*"/g)?.some((one) => one === tag) ?? false;
}
