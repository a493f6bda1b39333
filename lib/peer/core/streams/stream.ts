/** A stream, as its receiver keeps it: the events of one origin in one channel. [PEERING 6] */
import type { EventFrame } from '../../../wire/peer-event.js';
import type { Sync } from '../../../wire/peer-frame.js';
import type { RunList } from './run-list.js';

/** A gap: events of a stream that are missing. */
export interface Gap {
  /** When the gap appeared, or was last made smaller. */
  sinceMs: number;
  /** When to ask for the missing events; undefined as long as that is not decided. */
  pullAtMs: number | undefined;
  /** How many servers have been asked; one that helped does not count. */
  attempt: number;
  /** The neighbour from which events beyond the gap came. */
  sentBy: string | undefined;
}

export interface Stream {
  readonly origin: string;
  readonly channel: string;
  /** Whether it is known where it begins. */
  synced: boolean;
  /**
   * Whether it begins where it stands at its SYNC, because somebody here began to listen. Otherwise its origin became
   * interested while this server listened, and all that it says from then on counts.
   */
  readonly fromNow: boolean;
  /** Whether its roster is known for sure, because nothing was given up since its SYNC. */
  sure: boolean;
  /** Whether a roster is known at all, which presence can change. */
  hasRoster: boolean;
  /** All events up to this number were delivered or given up. */
  watermark: number;
  /** The highest number of an event that is known to exist. */
  head: number;
  /** The runs that came ahead of a gap or of the SYNC, and wait for it. */
  readonly held: RunList<EventFrame>;
  /** A SYNC that is ahead of the stream. It is applied when the stream has got there. */
  sync: Sync | undefined;
  gap: Gap | undefined;
}
