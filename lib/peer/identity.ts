/** A server's identity, and the cryptography that the core needs, made with node:crypto. [PEERING 3] */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Crypto, Identity } from './core/identity.js';

/** What precedes the 32 bytes of an Ed25519 public key in SPKI form. (RFC 8410, section 4) */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

const nodeIdBytes = 16;

/** Makes the identity of a server for one run: a key pair, and the node id that belongs to it. */
export function createIdentity(): Identity {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey
    .export({ type: 'spki', format: 'der' })
    .subarray(spkiHead.length)
    .toString('hex');
  return {
    node: nodeOf(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), pair.privateKey).toString('hex'),
  };
}

export const nodeCrypto: Crypto = {
  nodeOf,
  verify(publicKey, text, signature) {
    const key = keyFrom(publicKey);
    return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex'));
  },
  hash: (text) => BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`),
};

function nodeOf(publicKey: string): string {
  return createHash('sha256')
    .update(Buffer.from(publicKey, 'hex'))
    .digest('hex')
    .slice(0, 2 * nodeIdBytes);
}

/** The public key with the given bytes. @returns undefined if they are not a key */
function keyFrom(publicKey: string): KeyObject | undefined {
  try {
    const key = Buffer.concat([spkiHead, Buffer.from(publicKey, 'hex')]);
    return createPublicKey({ key, type: 'spki', format: 'der' });
  } catch {
    return undefined;
  }
}
