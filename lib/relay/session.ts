/**
 * One client's connection, as the relay sees it: its name, its channels, and the way to it.
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
  /** `lost`: somebody elsewhere claimed it earlier; it is about to be given up. */
  standing: 'asked' | 'held' | 'lost';
}

export class Session implements Member {
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
  /** Whether it has asked to be told in one message who came and left. [PROTOCOL 3] */
  gathersPresence = false;
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

  /** Takes the price of a reply that lists much, beyond that of any command. [PROTOCOL 6] */
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
