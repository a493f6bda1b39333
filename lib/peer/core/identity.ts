/**
 * The identity of a server, and the cryptography by which others check it, which is handed in to the core. [PEERING 3]
 */

/** The identity of this run of this server. */
export interface Identity {
  /** The node id: 32 hex digits, from the public key. */
  readonly node: string;
  /** The public key, of Ed25519: 64 hex digits. */
  readonly publicKey: string;
  /** Signs a text. @returns 128 hex digits */
  sign(text: string): string;
}

export interface Crypto {
  /** The node id that belongs to a public key. */
  nodeOf(publicKey: string): string;
  verify(publicKey: string, text: string, signature: string): boolean;
  /** A hash of 128 bits; nobody can find another text with the same one. */
  hash(text: string): bigint;
}
