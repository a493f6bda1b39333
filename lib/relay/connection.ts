/**
 * A client's connection, as a door hands it to the relay: how to speak with it, the way to it, and where it comes from.
 */
import type { Decoded } from '../wire/decode-client-message.js';
import type { Framing } from '../wire/framing.js';
import type { Published } from '../wire/published.js';
import type { Said, Source } from './command-queue.js';

/** A dialect on a transport. Members of a channel with the same format share a lane, and so its bytes. */
export interface LaneFormat {
  readonly framing: Framing;
  /** Encodes a message in this dialect; the text is '' if the dialect has no word for it. */
  encode(message: Published): string;
  /** Decodes what a client said; returns the error to answer with if that fails. Never throws. */
  decode(said: Said): Decoded;
}

/** The bounded way to one client. Nothing else writes to it. */
export interface Outbox {
  /** Writes at once. For bytes that many members share, and that were gathered over a turn already. */
  write(bytes: Buffer): void;
  /** Writes the bytes of several channels at once, as one write. */
  writeAll(parts: readonly Buffer[]): void;
  /** Writes at the end of the turn, together with all else that is written by then. For replies. */
  reply(bytes: Buffer): void;
  /** Writes these last bytes and closes the connection. Nothing is written after them. */
  close(reason: CloseReason, lastWords?: Buffer): void;
  /** How many bytes wait here, because the network has not taken them yet. */
  readonly waitingBytes: number;
  /** Whether more bytes wait than its soft limit. */
  readonly slow: boolean;
}

export type CloseReason = 'too-slow' | 'too-long' | 'abuse' | 'server-full' | 'shutting-down';

/** All that a door knows of a connection when it opens a session. */
export interface Connection extends Source {
  readonly format: LaneFormat;
  readonly outbox: Outbox;
  /** The address that it comes from, for people to read: `192.0.2.7:51234`. */
  readonly address: string;
}
