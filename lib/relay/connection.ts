/** What a door hands to the relay with each client: how to speak with it, the way to it, and where it comes from. */
import type { Decoded } from '../wire/decode-client-message.js';
import type { Framing } from '../wire/framing.js';
import type { Published } from '../wire/published.js';
import type { Said, Source } from './command-queue.js';

/** A dialect on a transport. All members of a channel with the same format share a lane, and its bytes. */
export interface LaneFormat {
  readonly framing: Framing;
  /** The text of one message in this dialect; '' when the dialect has no word for it. */
  encode(message: Published): string;
  /** What a client said, or the error to answer with. Never throws. */
  decode(said: Said): Decoded;
}

/** The bounded way to one client. Nothing else writes to it. */
export interface Outbox {
  /** Writes now: for bytes that many share, gathered over a turn already. */
  write(bytes: Buffer): void;
  /** The same for what comes from several channels: one write. */
  writeAll(parts: readonly Buffer[]): void;
  /** Writes at the end of the turn, with whatever else is said by then: for replies. */
  reply(bytes: Buffer): void;
  /** Writes these last bytes and closes the connection. Nothing is written after them. */
  close(reason: CloseReason, lastWords?: Buffer): void;
  /** Bytes accepted from us and not yet by the network. */
  readonly waitingBytes: number;
  /** Past its soft limit. */
  readonly slow: boolean;
}

export type CloseReason = 'too-slow' | 'too-long' | 'abuse' | 'server-full' | 'shutting-down';

/** What the door knows of a connection when it opens a session. */
export interface Connection extends Source {
  readonly format: LaneFormat;
  readonly outbox: Outbox;
  /** Where it comes from, for people: `192.0.2.7:51234`. */
  readonly address: string;
}
