/**
 * A turn of the event loop: the channels in which something is said during it, until at its end the other servers and
 * all members are told, with as few writes as it takes.
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import type { Channel } from './channel.js';
import { TurnWriter } from './turn-writer.js';

export class Turn {
  /** The other servers. */
  network: Network = noNetwork;
  /** Channels that something was published in. */
  #channels = new Set<Channel>();

  /** @param counters how many messages were handed to members, counted once for each */
  constructor(
    private readonly clock: Pick<Clock, 'endOfTurn'>,
    private readonly counters: { deliveries: number },
  ) {}

  /** Something was published in a channel. */
  note(channel: Channel): void {
    if (channel.isFull) {
      this.#flush(channel, new TurnWriter(false));
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
    const writer = new TurnWriter(channels.size > 1);
    for (const channel of channels) this.#flush(channel, writer);
    writer.end();
  };

  #flush(channel: Channel, writer: TurnWriter): void {
    this.tellNetwork(channel);
    this.counters.deliveries += channel.flush(writer);
  }
}
