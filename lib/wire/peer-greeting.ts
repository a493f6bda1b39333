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
  /** A reason that this version does not know; its message is for people. */
  'other',
] as const;
export type ByeReason = (typeof byeReasons)[number];

/** The first frame each way: who the sender is. Its fields stay the same in all versions of the protocol. */
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
  /** An IP address at which others reach it, if that is not the one that the connection shows. */
  readonly host?: string;
  /** The port at which others reach its peer port. */
  readonly port: number;
  /** Whether the connection is only made to see who answers; it ends then after the other end's HELLO. */
  readonly probe: boolean;
  /** Its Ed25519 public key, 64 hex digits; empty where the protocol is older than 2. */
  readonly key: string;
  /** 32 hex digits, made for this connection; empty where the protocol is older than 2. */
  readonly nonce: string;
}

/** The second frame each way: proof of what the HELLO said. */
export interface Auth {
  readonly type: 'auth';
  /** A signature by the HELLO's key over both HELLOs and the TLS session: 128 hex digits. */
  readonly signature: string;
  /** A MAC with the network key over the same: 64 hex digits; empty without a network key. */
  readonly mac: string;
}

/** The last frame: why the link ends. */
export interface Bye {
  readonly type: 'bye';
  readonly reason: ByeReason;
  /** For people. */
  readonly message: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Makes a frame of its body's fields; undefined when a field is wrong. Unknown fields are ignored. */
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
