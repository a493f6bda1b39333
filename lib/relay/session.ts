/**
 * One client's connection, as the relay sees it: its name, its channels, and the way to it.
 */
import type { Decoded } from '../wire/decode-client-message.js';
import type { ProtocolError } from '../wire/errors.js';
import type { Framing } from '../wire/framing.js';
import type { Ref, ServerMessage } from '../wire/messages.js';
import type { Published } from '../wire/published.js';
import type { Channel } from './channel.js';
import { CommandQueue, type Said, type Source } from './command-queue.js';
import type { Claim } from './name-claims.js';
import type { TokenBucket } from './token-bucket.js';

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

export class Session {
  /** As typed; set by the first join. */
  name: string | undefined;
  /** Its right to that name. */
  claim: Claim | undefined;
  /** All that it has been granted: that of its name, and maybe of the next one. */
  claims: readonly Claim[] = [];
  /** By their names. A session is a member of exactly these. */
  readonly channels = new Map<string, Channel>();
  /** What it said and is not carried out yet. */
  readonly queue: CommandQueue;
  closed = false;
  /** Until when it was last told to wait, on the relay's clock. */
  waitsUntilMs = 0;

  constructor(
    readonly id: number,
    readonly connection: Connection,
    /** For commands; undefined for no limit. */
    readonly bucket: TokenBucket | undefined,
    /** For errors that it is forgiven. */
    readonly errorBucket: TokenBucket,
    readonly sinceMs: number,
    private readonly frame: (format: LaneFormat, message: ServerMessage) => Buffer,
  ) {
    this.queue = new CommandQueue(connection);
  }

  get format(): LaneFormat {
    return this.connection.format;
  }

  get outbox(): Outbox {
    return this.connection.outbox;
  }

  /** Takes the price of a reply that lists much, beyond that of any command. [PROTOCOL 6] */
  chargeForList(items: number, itemsPerToken: number): void {
    this.bucket?.charge(Math.floor(items / itemsPerToken));
  }

  /** Says something to this client alone. */
  send(message: ServerMessage): void {
    if (!this.closed) this.outbox.reply(this.frame(this.format, message));
  }

  sendError(error: ProtocolError, ref?: Ref): void {
    const { code, message, retryMs } = error;
    this.send({ type: 'error', code, message, retryMs, ref });
  }
}
