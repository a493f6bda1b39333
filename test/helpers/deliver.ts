/** Something that a member on another server said or did, as the network hands it to a relay. */
import type { Relay } from '../../lib/relay/relay.js';
import type { ChannelEvent } from '../../lib/wire/messages.js';
import { PublishedMessage } from '../../lib/wire/published.js';

export function deliver(relay: Relay, event: ChannelEvent): void {
  relay.deliver(event.channel, [new PublishedMessage(event)]);
}
