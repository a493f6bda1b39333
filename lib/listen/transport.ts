/** The types by which a door, its clients and their outboxes know one another. */
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { CloseReason } from '../relay/connection.js';
import type { Intake } from '../relay/intake.js';
import type { Relay } from '../relay/relay.js';
import type { Capacity } from './capacity.js';

export interface DoorOptions {
  readonly relay: Relay;
  /** Takes in what clients send. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Log;
  /** The room for connections that all doors of a process share; if it is not given, the door has one of its own. */
  readonly capacity?: Capacity;
  /** How long a TCP client is waited for once it has ended its side; `limits.afterEndMs` if not given. */
  readonly afterEndMs?: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  /** Whether the transport still takes bytes. It does not once either side has said goodbye or has gone. */
  readonly isOpen: () => boolean;
  /**
   * Called once, when the client is past a limit and its session has to be ended. It is called at the end of the turn,
   * because the caller that just wrote may be in the middle of writing to many clients.
   */
  readonly onTooSlow: (why: string) => void;
  /** Says goodbye in the way of the transport, and ends the socket. */
  readonly sayGoodbye: (reason: CloseReason) => void;
  /** Called whenever the client becomes slow. */
  readonly onSlow?: () => void;
}

/** What a door does in its own way for each transport, besides the framing. */
export interface Transport extends Pick<OutboxOptions, 'isOpen' | 'sayGoodbye'> {
  /** Stops reading from the client, or begins again. */
  readonly setReading: (reading: boolean) => void;
  /**
   * The number of the message that has begun and is not whole yet, counting all messages of this client; undefined if
   * there is none, and while reading is stopped.
   */
  readonly unfinished: () => number | undefined;
}
