/** A connection between servers before the first frame, and how it is protected. [PEERING 3.2] */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NetworkKey } from '../../network-key.js';
import { scopeOf } from '../../wire/scope.js';
import type { Goodbye } from '../core/links/goodbyes.js';

export interface Security {
  /** The network key that both ends have; undefined if neither has one, and nothing is encrypted. */
  readonly key: NetworkKey | undefined;
  /**
   * Keying material that only the two ends of this TLS session know, as hex digits; empty without TLS. (RFC 8446, 7.5)
   */
  readonly exporter: string;
}

export interface Connection {
  readonly socket: Socket;
  readonly security: Security;
  /** The time by which both ends must have proven who they are, on the clock's `nowMs`. */
  readonly provenByMs: number;
}

/** Whether both ends of a connection are on this machine, at any of its addresses. */
export function isWithinMachine({ remoteAddress = '', localAddress }: Socket): boolean {
  return scopeOf(remoteAddress) === 'loopback' || remoteAddress === localAddress;
}

/** A connection that is not encrypted. */
export const plain: Security = { key: undefined, exporter: '' };

const exporterBytes = 32;

/** The security of a TLS connection. @param socket a socket whose TLS handshake is over */
export function securityOf(socket: TLSSocket, key: NetworkKey): Security {
  const material = socket.exportKeyingMaterial(exporterBytes, 'EXPORTER-hearsay-link', Buffer.alloc(0));
  return { key, exporter: material.toString('hex') };
}

/**
 * The TLS options for both ends of all links. There are no certificates, so nobody gets in without the key. Of the
 * cipher suites of TLS 1.3 these two work with a pre-shared key in Node, because their hash is SHA-256.
 */
export const tlsSettings = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256',
} as const;

/**
 * The first byte of a TLS handshake (RFC 8446, 5.1). The first byte of a frame is 0, since that is the top byte of its
 * length.
 */
export const tlsFirstByte = 0x16;

const howToGiveOne = 'start it with --network-key-file';

/**
 * The goodbyes for two ends whose network keys do not match. Their reason is `refused`, because Hearsay 0.1.0 knows
 * that one, too.
 */
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
