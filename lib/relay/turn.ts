/**
 * A turn of the event loop: the channels in which something is said during it, until at its end the other servers and
 * all members are told, with as few writes as it takes. The members of a large channel may be told a little later who
 * came and left.
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import type { Channel } from './channel.js';
import { PresencePace } from './presence-pace.js';
import { TurnWriter } from './turn-writer.js';

export class Turn {
  /** The other servers. */
  network: Network = noNetwork;
  /** Channels that something was published in. */
  #channels = new Set<Channel>();
  readonly #pace: PresencePace<Channel>;

  /** @param counters how many messages were handed to members, counted once for each */
  constructor(
    private readonly clock: Pick<Clock, 'endOfTurn' | 'nowMs' | 'after'>,
    private readonly counters: { deliveries: number },
  ) {
    this.#pace = new PresencePace(clock, (channels) => this.#tellMembers(channels));
  }

  /** Something was published in a channel. */
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

  /** Tells the other servers at once what they have not been told of a channel. */
  tellNetwork(channel: Channel): void {
    const untold = channel.takeUntold();
    if (untold.length > 0) this.network.publish(channel.name, untold);
  }

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

  /** Ends the last turn: nothing waits any longer. */
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
