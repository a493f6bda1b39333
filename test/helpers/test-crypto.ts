/** Identities for tests. They are cheap and chosen by the test, and still none can sign for another by mistake. */
import type { Crypto, Identity } from '../../lib/peer/core/identity.js';

/** @param node the node id that it is to have: 32 hex digits */
export function testIdentity(node: string): Identity {
  const publicKey = `${node}${node}`;
  return { node, publicKey, sign: (text) => signatureOf(publicKey, text) };
}

export const testCrypto: Crypto = {
  nodeOf: (publicKey) => publicKey.slice(0, 32),
  verify: (publicKey, text, signature) => signatureOf(publicKey, text) === signature,
  hash: (text) => BigInt(hash(text, 0)) * 2n ** 64n + BigInt(hash(text, 1)),
};

function signatureOf(publicKey: string, text: string): string {
  return hash(`${publicKey} ${text}`, 2).toString(16).padStart(128, '0');
}

/** A hash of 53 bits: two FNV-1a hashes with different beginnings. (Fowler, Noll and Vo) */
function hash(text: string, seed: number): number {
  let high = 0x811c9dc5 ^ seed;
  let low = 0x811c9dc5 + 0x9e3779b1 * (seed + 1);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + i), 0x01000193);
  }
  return (high >>> 11) * 4_294_967_296 + (low >>> 0);
}
