/** Who a server is, and how others know that it is it: the cryptography that the core needs, handed in. [PEERING 3] */

/** This run of this server. */
export interface Identity {
  /** The node id: 32 hex digits, from the public key. */
  readonly node: string;
  /** Ed25519, 64 hex digits. */
  readonly publicKey: string;
  /** @returns 128 hex digits */
  sign(text: string): string;
}

export interface Crypto {
  /** The node id that belongs to a public key. */
  nodeOf(publicKey: string): string;
  verify(publicKey: string, text: string, signature: string): boolean;
  /** 128 bits that nobody can find another text for. */
  hash(text: string): bigint;
}
