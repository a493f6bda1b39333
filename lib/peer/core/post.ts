/** Frames on their way: to neighbours, and over them to any server in reach. [PEERING 5.3] */
import type { Buffer } from 'node:buffer';
import { limits } from '../../limits.js';
import { encodeRouted, isEventBytes, oneHopOn, type RoutedFrame } from '../../wire/peer-event.js';
import type { LinkState, LinkTable } from './links/link-table.js';
import type { View } from './map/view.js';
import type { MeshEffects, Urgency } from './mesh-options.js';

export class Post {
  /** Frames for one server that no path led to, or that had come too far. */
  undelivered = 0;

  constructor(
    private readonly ownNode: string,
    private readonly links: LinkTable,
    private readonly effects: Pick<MeshEffects, 'send'>,
    private readonly view: () => View,
  ) {}

  toLink(link: LinkState, bytes: Buffer): void {
    this.effects.send(link.id, bytes, 'control');
  }

  toAllNeighbours(bytes: Buffer): void {
    for (const link of this.links.active()) this.toLink(link, bytes);
  }

  toNeighbour(node: string, bytes: Buffer, urgency: Urgency): void {
    const link = this.links.to(node);
    if (link) this.effects.send(link.id, bytes, urgency);
  }

  /** @param inner a whole frame for the other server */
  toServer(node: string, inner: Buffer, urgency: Urgency): void {
    const view = this.view();
    // Enough for a way round, where the map has changed a little further on.
    const hopsLeft = Math.min(limits.hops, 2 * (view.distanceTo(node) ?? 0) + 4);
    this.#send(node, encodeRouted({ to: node, from: this.ownNode, hopsLeft, inner }), urgency);
  }

  /** Sends on a frame that is for another server. */
  passOn({ to, hopsLeft, inner }: RoutedFrame, bytes: Buffer): void {
    if (hopsLeft > 1) this.#send(to, oneHopOn(bytes), urgencyOf(inner));
    else this.undelivered++;
  }

  #send(to: string, bytes: Buffer, urgency: Urgency): void {
    // A neighbour that the map does not show yet is one all the same.
    const hop = this.links.to(to) ? to : this.view().firstHopTo(to);
    const link = hop === undefined ? undefined : this.links.to(hop);
    if (link) this.effects.send(link.id, bytes, urgency);
    else this.undelivered++;
  }
}

function urgencyOf(inner: Buffer): Urgency {
  return isEventBytes(inner) ? 'data' : 'control';
}
