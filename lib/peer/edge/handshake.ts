/**
 * The handshake in which two servers prove to each other who they are: HELLO both ways, then AUTH both ways. Each AUTH
 * signs both HELLOs as they were sent. There is no socket here. [PEERING 3.1]
 */
import { createHash } from 'node:crypto';
import {
  type Auth,
  encodePeerFrame,
  type Hello,
  oldestPeerProtocol,
  peerProtocolVersion,
} from '../../wire/peer-frame.js';
import type { Crypto, Identity } from '../core/identity.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';
import type { Security } from './connection.js';

type Role = 'dialler' | 'listener';

export interface HandshakeOptions {
  readonly role: Role;
  readonly ownHello: Hello;
  readonly identity: Identity;
  readonly crypto: Crypto;
  readonly security: Security;
}

export class Handshake {
  readonly role: Role;
  /** The frame to send first. */
  readonly helloBytes: Buffer;
  #other: { readonly hello: Hello; readonly digest: string } | undefined;

  constructor(private readonly options: HandshakeOptions) {
    this.role = options.role;
    this.helloBytes = encodePeerFrame(options.ownHello);
  }

  get isEncrypted(): boolean {
    return this.options.security.key !== undefined;
  }

  get isProbe(): boolean {
    return this.options.ownHello.probe;
  }

  /** The other end's HELLO once it has come, proven or not. */
  get hello(): Hello | undefined {
    return this.#other?.hello;
  }

  /**
   * Takes in the other end's HELLO, of which nothing is proven yet.
   *
   * @param bytes the frame as it came
   * @returns why the connection ends, if it does
   */
  takeHello(hello: Hello, bytes: Buffer): Goodbye | undefined {
    const tooOld = this.#tooOld(hello);
    if (tooOld) return tooOld;
    if (hello.key === '' || hello.nonce === '') return goodbye('protocol-error', 'a HELLO without its key');
    if (this.options.crypto.nodeOf(hello.key) !== hello.node)
      return goodbye('auth', 'the node id is not that of the key');
    this.#other = { hello, digest: digestOf(bytes) };
    return undefined;
  }

  /** The frame that proves this end's HELLO. It can be made once the other end's HELLO has come. */
  auth(): Buffer {
    const { identity, security } = this.options;
    const transcript = this.#transcript(this.role);
    return encodePeerFrame({
      type: 'auth',
      signature: identity.sign(transcript),
      mac: security.key?.mac(transcript) ?? '',
    });
  }

  /** Checks the other end's proof. @returns why the connection ends, if it does */
  takeAuth({ signature, mac }: Auth): Goodbye | undefined {
    const { crypto, security } = this.options;
    const transcript = this.#transcript(this.role === 'dialler' ? 'listener' : 'dialler');
    if (security.key && !security.key.isMac(transcript, mac))
      return goodbye('auth', 'the proof of the network key is wrong');
    if (!crypto.verify(this.hello?.key ?? '', transcript, signature))
      return goodbye('auth', 'the signature is wrong');
    return undefined;
  }

  /**
   * The text that one end signs: its role, and all that both ends have said so far. The role is in it so that nobody
   * can send our own proof back to us.
   */
  #transcript(signer: Role): string {
    const own = digestOf(this.helloBytes);
    const other = this.#other?.digest ?? '';
    const [dialler, listener] = this.role === 'dialler' ? [own, other] : [other, own];
    return JSON.stringify(['hearsay link', signer, dialler, listener, this.options.security.exporter]);
  }

  #tooOld(other: Hello): Goodbye | undefined {
    const own = this.options.ownHello;
    if (other.protocol < oldestPeerProtocol) return outdated(other, own);
    return peerProtocolVersion < other.oldest ? outdated(own, other) : undefined;
  }
}

/** The goodbye for protocols that do not match. Both ends read the same sentence, so it names both servers. */
function outdated(older: Hello, newer: Hello): Goodbye {
  return goodbye(
    'version',
    `${older.name} speaks ${older.protocol}, but ${newer.name} needs ${newer.oldest} or newer; update ${older.name}`,
  );
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
