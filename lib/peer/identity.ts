/** A server's identity and the cryptography of the core, by node:crypto. [PEERING 3] */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Crypto, Identity } from './core/identity.js';

/** Of an Ed25519 public key in SPKI form: all that comes before the 32 bytes of the key itself. (RFC 8410, section 4) */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

const nodeIdBytes = 16;

/** Makes a key pair; its node id names this run of this server and no other. */
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

/** Undefined when the bytes are no key. */
function keyFrom(publicKey: string): KeyObject | undefined {
  try {
    const key = Buffer.concat([spkiHead, Buffer.from(publicKey, 'hex')]);
    return createPublicKey({ key, type: 'spki', format: 'der' });
  } catch {
    return undefined;
  }
}
