/** What a receiver keeps of one stream: the events of one origin in one channel. [PEERING 6] */
import type { EventFrame } from '../../../wire/peer-event.js';
import type { Sync } from '../../../wire/peer-frame.js';
import type { RunList } from './run-list.js';

/** Something is missing. */
export interface Gap {
  /** Since it is there, or was last made smaller. */
  sinceMs: number;
  /** When to ask for it; undefined as long as that is not settled. */
  pullAtMs: number | undefined;
  /** How many have been asked. */
  attempt: number;
  /** The neighbour from whom something came that lies ahead of it. */
  sentBy: string | undefined;
}

export interface Stream {
  readonly origin: string;
  readonly channel: string;
  /** Whether it is known where it begins. */
  synced: boolean;
  /** Somebody here comes to listen: it begins where it stands. Else its origin came, and all that it says counts. */
  readonly fromNow: boolean;
  /** Whether its roster is known for sure: nothing was given up since. */
  sure: boolean;
  /** Whether a roster is known at all, that presence could change. */
  hasRoster: boolean;
  /** All up to this number are delivered, or given up. */
  watermark: number;
  /** The highest number that is known to be used. */
  head: number;
  /** Came ahead of a gap, or of the SYNC. */
  readonly held: RunList<EventFrame>;
  /** A SYNC that is ahead of the stream: its turn comes when the stream has got there. */
  sync: Sync | undefined;
  gap: Gap | undefined;
}
