/** Frames between servers for tests: a valid one of every type with a JSON body, and invalid ones. */
import type { JsonFrame } from '../../lib/wire/peer-frame.js';

export const nodeA = 'a1'.repeat(16);
export const nodeB = '0f'.repeat(16);

export const jsonFrames: readonly JsonFrame[] = [
  {
    ...{ type: 'hello', protocol: 2, oldest: 2, node: nodeA, name: 'alpha', version: '0.2.0' },
    ...{ host: '192.0.2.7', port: 30303, probe: false, key: 'b2'.repeat(32), nonce: 'c3'.repeat(16) },
  },
  { type: 'auth', signature: 'd4'.repeat(64), mac: 'e5'.repeat(32) },
  { type: 'bye', reason: 'duplicate', message: 'another link is in use' },
  { type: 'ping', view: 0, interest: 2 ** 48 - 1 },
  { type: 'pong', view: 2, interest: 3 },
  {
    type: 'peers',
    addresses: [
      { host: '192.0.2.7', port: 30303 },
      { host: '2001:db8::1', port: 1 },
    ],
  },
  {
    type: 'advert',
    node: nodeA,
    key: 'c3'.repeat(32),
    version: 7,
    name: 'alpha',
    neighbours: [nodeB],
    leaving: false,
    signature: '5e'.repeat(64),
  },
  {
    type: 'versions',
    servers: [
      [nodeA, 3, 0],
      [nodeB, 0, 4_294_967_295],
    ],
  },
  { type: 'want', servers: [[nodeB, 0, 0]] },
  { type: 'summary', view: 17, interest: 4 },
  {
    type: 'interest',
    node: nodeA,
    from: 3,
    to: 4,
    digest: 'd1'.repeat(16),
    signature: '5e'.repeat(64),
    changes: [
      ['tëa', 12],
      ['lobby', -1],
      ['empty', 0],
    ],
    part: 0,
    last: true,
  },
  {
    type: 'heads',
    origin: nodeA,
    hopsLeft: 5,
    heads: [
      ['tëa', 2 ** 47],
      ['lobby', 0],
    ],
  },
  { type: 'ask', channels: ['tëa', 'lobby'] },
  { type: 'sync', origin: nodeA, channel: 'tëa', base: 7, seq: 12, members: ['ann', 'björn'] },
  { type: 'claim', request: 9, fresh: true, claims: [['ann', 1_700_000_000_000]] },
  { type: 'claimed', request: 9, granted: [['björn', 1_700_000_000_000]], refused: ['ann'] },
  { type: 'release', name: 'ann', sinceMs: 1_700_000_000_000 },
  { type: 'contest', name: 'ann', sinceMs: 1_700_000_000_000 },
  { type: 'find', request: 3, name: 'björn' },
  { type: 'found', request: 3, node: nodeB },
  { type: 'direct', request: 4, message: '{"type":"msg","text":"grüße 🎉"}' },
  { type: 'directed', request: 4, delivered: true },
  {
    type: 'pull',
    origin: nodeA,
    channel: 'tëa',
    ranges: [
      [1, 1],
      [5, 2 ** 47],
    ],
  },
  { type: 'miss', origin: nodeA, channel: 'tëa', ranges: [[0, 7]] },
];

/** A frame with this type and body, valid or not. */
export function rawFrame(type: number, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length + 1);
  return Buffer.concat([length, Buffer.from([type]), bytes]);
}
