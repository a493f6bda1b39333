/** What a door, its clients and their outboxes have to know of one another. */
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { CloseReason } from '../relay/connection.js';
import type { Intake } from '../relay/intake.js';
import type { Relay } from '../relay/relay.js';
import type { Capacity } from './capacity.js';

export interface DoorOptions {
  readonly relay: Relay;
  /** Takes in what clients say. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Log;
  /** What the doors of a process share; one of its own if not given. */
  readonly capacity?: Capacity;
  /** For what a TCP client said to be carried out once it has ended its side; `limits.afterEndMs` if not given. */
  readonly afterEndMs?: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  /** Whether the transport takes bytes still: not once either side has said goodbye, or has gone. */
  readonly isOpen: () => boolean;
  /**
   * The client is past a limit: whoever made the outbox ends its session. Called once, and not before whoever just wrote
   * is done: it is in the midst of something, most likely of telling many.
   */
  readonly onTooSlow: (why: string) => void;
  /** Says goodbye in the transport's own way and lets the socket end. */
  readonly sayGoodbye: (reason: CloseReason) => void;
  /** Told whenever the client becomes slow. */
  readonly onSlow?: () => void;
}

/** What is particular to a transport, besides its framing. */
export interface Transport extends Pick<OutboxOptions, 'isOpen' | 'sayGoodbye'> {
  /** Stops to read from the client, or goes on. */
  readonly setReading: (reading: boolean) => void;
  /**
   * The number, among all messages of this client, of the one that has begun and is not whole yet; undefined if there is
   * none, and while nothing is read.
   */
  readonly unfinished: () => number | undefined;
}
