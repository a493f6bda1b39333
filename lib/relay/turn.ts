/**
 * A turn of the event loop. It gathers the channels in which something is said; at its end the other servers and all
 * members are told, with as few writes as possible. The members of a large channel may be told of joins and leaves a
 * little later.
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import type { Channel } from './channel.js';
import { PresencePace } from './presence-pace.js';
import { TurnWriter } from './turn-writer.js';

export class Turn {
  /** The other servers. */
  network: Network = noNetwork;
  /** The channels in which something was published in this turn. */
  #channels = new Set<Channel>();
  readonly #pace: PresencePace<Channel>;

  /** @param counters of which `deliveries` grows by each message handed to a member */
  constructor(
    private readonly clock: Pick<Clock, 'endOfTurn' | 'nowMs' | 'after'>,
    private readonly counters: { deliveries: number },
  ) {
    this.#pace = new PresencePace(clock, (channels) => this.#tellMembers(channels));
  }

  /** Notes that something was published in a channel. */
  note(channel: Channel): void {
    if (channel.isFull) {
      this.tellNetwork(channel);
      this.#tellMembers([channel]);
      return;
    }
    if (this.#channels.has(channel)) return;
    if (this.#channels.size === 0) this.clock.endOfTurn(this.end);
    this.#channels.add(channel);
  }

  /** Tells the other servers at once of the events in a channel that they have not been told of. */
  tellNetwork(channel: Channel): void {
    const untold = channel.takeUntold();
    if (untold.length > 0) this.network.publish(channel.name, untold);
  }

  /** Ends the turn: tells the other servers and all members, except those of large channels that have to wait. */
  readonly end = (): void => {
    const channels = this.#channels;
    if (channels.size > 0) this.#channels = new Set();
    const now: Channel[] = [];
    for (const channel of channels) {
      this.tellNetwork(channel);
      if (!channel.mayWait || this.#pace.mayTell(channel)) now.push(channel);
    }
    this.#tellMembers(now);
  };

  /** Ends the last turn, and tells all members who still wait. */
  finish(): void {
    this.end();
    this.#tellMembers(this.#pace.finish());
  }

  #tellMembers(channels: readonly Channel[]): void {
    const writer = new TurnWriter(channels.length > 1);
    for (const channel of channels) {
      this.#pace.forget(channel);
      this.counters.deliveries += channel.flush(writer);
    }
    writer.end();
  }
}
