/**
 * A session: one client's connection as the relay sees it, with its name, its channels, and the way to it.
 */
import type { ProtocolError } from '../wire/errors.js';
import type { Ref, ServerMessage } from '../wire/messages.js';
import { type Published, PublishedMessage } from '../wire/published.js';
import type { Channel, Member } from './channel.js';
import { CommandQueue } from './command-queue.js';
import type { Connection, LaneFormat, Outbox } from './connection.js';
import type { TokenBucket } from './token-bucket.js';

/** One session's right to a name. */
export interface Claim {
  /** The normal form of the name. */
  readonly key: string;
  readonly session: Session;
  /** When it was claimed, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** `lost` means that somebody elsewhere claimed the name earlier, and that this claim is about to be given up. */
  standing: 'asked' | 'held' | 'lost';
}

export class Session implements Member {
  /** The session's name as it was typed; set by the first join. */
  name: string | undefined;
  /** The session's right to that name. */
  claim: Claim | undefined;
  /** All claims that it has been granted: the one to its name, and maybe one to its next name. */
  claims: readonly Claim[] = [];
  /** The channels that it is a member of, by name. */
  readonly channels = new Map<string, Channel>();
  /** The commands that are not carried out yet. */
  readonly queue: CommandQueue;
  closed = false;
  /** Whether it has asked for joins and leaves that follow one another as one message. [PROTOCOL 3] */
  gathersPresence = false;
  /** The time until which it was last told to wait, by the relay's clock. */
  waitsUntilMs = 0;

  constructor(
    readonly id: number,
    readonly connection: Connection,
    /** The rate limit of its commands; undefined for no limit. */
    readonly bucket: TokenBucket | undefined,
    /** The rate limit of errors that it is forgiven. */
    readonly errorBucket: TokenBucket,
    readonly sinceMs: number,
    private readonly frame: (format: LaneFormat, message: Published) => Buffer,
  ) {
    this.queue = new CommandQueue(connection);
  }

  get format(): LaneFormat {
    return this.connection.format;
  }

  get outbox(): Outbox {
    return this.connection.outbox;
  }

  /** Takes the price of a long list in a reply, on top of the token that every command costs. [PROTOCOL 6] */
  chargeForList(items: number, itemsPerToken: number): void {
    this.bucket?.charge(Math.floor(items / itemsPerToken));
  }

  /** Says something to this client alone. */
  send(message: ServerMessage): void {
    this.sendPublished(new PublishedMessage(message));
  }

  sendPublished(message: Published): void {
    if (!this.closed) this.outbox.reply(this.frame(this.format, message));
  }

  sendError(error: ProtocolError, ref?: Ref): void {
    const { code, message, retryMs } = error;
    this.send({ type: 'error', code, message, retryMs, ref });
  }
}
