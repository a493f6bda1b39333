/** A connection on which nothing has been said yet, and how well it is protected. [PEERING 3.2] */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NetworkKey } from '../../network-key.js';
import type { Goodbye } from '../core/links/goodbyes.js';

export interface Security {
  /** The network key that both ends have; undefined where neither has one, and nothing is encrypted. */
  readonly key: NetworkKey | undefined;
  /** What only the two ends of this very TLS session know, as hex digits; empty without TLS. (RFC 8446, 7.5) */
  readonly exporter: string;
}

export interface Connection {
  readonly socket: Socket;
  readonly security: Security;
  /** By when both ends must have proven who they are, on the clock's `nowMs`. */
  readonly provenByMs: number;
}

export const plain: Security = { key: undefined, exporter: '' };

const exporterBytes = 32;

/** @param socket its handshake is over */
export function securityOf(socket: TLSSocket, key: NetworkKey): Security {
  const material = socket.exportKeyingMaterial(exporterBytes, 'EXPORTER-hearsay-link', Buffer.alloc(0));
  return { key, exporter: material.toString('hex') };
}

/**
 * For both ends of all links. No certificate takes part, so nobody gets in without the key. Of the suites of TLS 1.3
 * these two go with a pre-shared key in Node, whose hash is SHA-256.
 */
export const tlsSettings = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256',
} as const;

/** The first byte of a TLS handshake; the first of a frame is 0, for none is so long. (RFC 8446, 5.1) */
export const tlsFirstByte = 0x16;

const howToGiveOne = 'start it with --network-key-file';

/** Why two ends whose network keys do not go together part: `refused`, which Hearsay 0.1.0 knows, too. */
export const keyTroubles = {
  itHasNone: goodbyeOf(
    'this server has a network key, and it has none',
    `that server has a network key, and this one has none; ${howToGiveOne} and that network's key`,
  ),
  weHaveNone: goodbyeOf(
    `it has a network key, and this server has none; ${howToGiveOne} and that network's key`,
    'that server has no network key, and this one has one',
  ),
  differ: goodbyeOf(
    'its network key is another one: it is of another network, or one of the two keys is old',
    'the network keys differ: that server is of another network, or one of the two keys is old',
  ),
} as const satisfies Record<string, Goodbye>;

function goodbyeOf(here: string, there: string): Goodbye {
  return { reason: 'refused', here, there };
}
