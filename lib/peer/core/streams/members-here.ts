/**
 * The number of members that each channel has at this server at this moment. It decides for which channels what comes
 * from other servers is meant. The names are in `Rosters`, as of the last event that was published. [PEERING 6.1]
 */
import type { Presence } from '../../../wire/messages.js';

export class MembersHere {
  /** Only channels that somebody is in. */
  readonly #counts = new Map<string, number>();

  /** Notes that a member came, left or has another name. @returns how many members the channel has now */
  note({ type, channel }: Presence): number {
    const before = this.#counts.get(channel) ?? 0;
    const now = Math.max(0, before + changes[type]);
    if (now > 0) this.#counts.set(channel, now);
    else this.#counts.delete(channel);
    return now;
  }

  has(channel: string): boolean {
    return this.#counts.has(channel);
  }
}

const changes: Readonly<Record<Presence['type'], number>> = { join: 1, leave: -1, nick: 0 };
