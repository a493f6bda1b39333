/** How a connection between two servers begins and ends: HELLO, AUTH and BYE. [PEERING 3.1] */
import { canonicalIp } from './address.js';
import { isHex, isNumber, isServerName, isText } from './peer-checks.js';

/** The newest protocol that this server speaks, and the oldest. */
export const peerProtocolVersion = 2;
export const oldestPeerProtocol = 2;

/** Why a link ends. */
export const byeReasons = [
  'shutting-down',
  'disconnected',
  'duplicate',
  'self',
  'full',
  'refused',
  'version',
  'auth',
  'busy',
  'too-slow',
  'protocol-error',
  'silent',
  /** A reason that this version does not know; its message tells people. */
  'other',
] as const;
export type ByeReason = (typeof byeReasons)[number];

/** The first frame each way: who one is. Its fields stay what they are in all versions of the protocol. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  /** The oldest protocol that the server still speaks. */
  readonly oldest: number;
  readonly node: string;
  /** What people call the server. */
  readonly name: string;
  /** Hearsay's version, for people. */
  readonly version: string;
  /** An IP address under which others reach it, where that is not the one that the connection shows. */
  readonly host?: string;
  /** Where it listens for peers, as others reach it. */
  readonly port: number;
  /** The connection is only made to see who answers here; it ends after the other HELLO. */
  readonly probe: boolean;
  /** Its Ed25519 public key, 64 hex digits; empty where the protocol is older than 2. */
  readonly key: string;
  /** 32 hex digits, made for this connection; empty where the protocol is older than 2. */
  readonly nonce: string;
}

/** The second frame each way: proof of what the HELLO said. */
export interface Auth {
  readonly type: 'auth';
  /** With the HELLO's key, of both HELLOs and the TLS session: 128 hex digits. */
  readonly signature: string;
  /** With the network key, of the same: 64 hex digits; empty without one. */
  readonly mac: string;
}

/** The last frame. */
export interface Bye {
  readonly type: 'bye';
  readonly reason: ByeReason;
  /** For people. */
  readonly message: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** From a body's fields to its frame; undefined when a field is not as it must be. Unknown fields are ignored. */
export const greetingReaders = {
  hello: ({
    protocol,
    oldest,
    node,
    name,
    version,
    host,
    port,
    probe,
    key,
    nonce,
  }: Fields): Hello | undefined =>
    isNumber(protocol, 2 ** 31) &&
    isHex(node, 32) &&
    isServerName(name) &&
    isText(version) &&
    isNumber(port, 65_535)
      ? {
          type: 'hello',
          protocol,
          oldest: isNumber(oldest, protocol) ? oldest : protocol,
          node,
          name,
          version,
          ...(typeof host === 'string' && canonicalIp(host) === host && { host }),
          port,
          probe: probe === true,
          key: isHex(key, 64) ? key : '',
          nonce: isHex(nonce, 32) ? nonce : '',
        }
      : undefined,
  auth: ({ signature, mac }: Fields): Auth | undefined =>
    isHex(signature, 128) && (mac === undefined || mac === '' || isHex(mac, 64))
      ? { type: 'auth', signature, mac: mac ?? '' }
      : undefined,
  bye: ({ reason, message }: Fields): Bye | undefined =>
    isText(reason) && isText(message)
      ? { type: 'bye', reason: byeReasons.find((known) => known === reason) ?? 'other', message }
      : undefined,
};
