/**
 * The post: sends events to where members are, and other frames to neighbours and to any server in reach. [PEERING 5]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../limits.js';
import {
  type EventFrame,
  encodeRouted,
  isEventBytes,
  oneHopOn,
  type RoutedFrame,
} from '../../wire/peer-event.js';
import type { LinkState, LinkTable } from './links/link-table.js';
import type { Routes } from './map/routes.js';
import type { Topology } from './map/topology.js';
import type { View } from './map/view.js';
import type { MeshEffects, Urgency } from './mesh-options.js';

/** All that has to be known of a run of events to send it on. */
export type Forwardable = Pick<EventFrame, 'origin' | 'channel' | 'count' | 'view' | 'resent' | 'bytes'>;

export interface PostOptions {
  readonly ownNode: string;
  readonly links: LinkTable;
  readonly routes: Routes;
  readonly topology: Pick<Topology, 'view'>;
  readonly nowMs: () => number;
  readonly effects: Pick<MeshEffects, 'send'>;
  /** Takes in what this server sends to itself. */
  readonly receiveOwn: (inner: Buffer) => void;
}

export class Post {
  /** Events sent on to neighbours, counted once for each. */
  forwarded = 0;
  /** Frames for one server that were dropped, because no path led to it or they had gone through too many servers. */
  undelivered = 0;

  constructor(private readonly options: PostOptions) {}

  /**
   * Sends a run of events down its origin's tree, to where members are.
   *
   * @param cameFrom the neighbour that it came from, to which it is not sent back
   */
  forward(frame: Forwardable, nowMs: number, cameFrom?: string): void {
    const { links, routes, topology } = this.options;
    const view = topology.view(nowMs);
    const isAgreed = frame.resent || frame.view === view.digest;
    // Where maps differ, trees differ too, and only telling all neighbours is sure to reach everybody.
    const next = isAgreed ? routes.next(view, frame.origin, frame.channel) : links.neighbours();
    for (const node of next) {
      if (node === cameFrom || node === frame.origin) continue;
      this.forwarded += frame.count;
      this.toNeighbour(node, frame.bytes, 'data');
    }
  }

  toLink(link: LinkState, bytes: Buffer): void {
    this.options.effects.send(link.id, bytes, 'control');
  }

  toAllNeighbours(bytes: Buffer): void {
    for (const link of this.options.links.active()) this.toLink(link, bytes);
  }

  toNeighbour(node: string, bytes: Buffer, urgency: Urgency): void {
    const link = this.options.links.to(node);
    if (link) this.options.effects.send(link.id, bytes, urgency);
  }

  /**
   * Sends a frame to any server in reach, or to this one itself.
   *
   * @param inner the whole frame
   */
  toServer(node: string, inner: Buffer, urgency: Urgency): void {
    const { ownNode } = this.options;
    if (node === ownNode) {
      this.options.receiveOwn(inner);
      return;
    }
    const view = this.#view();
    // There are enough hops for a detour, if the map has changed a little further on.
    const hopsLeft = Math.min(limits.hops, 2 * (view.distanceTo(node) ?? 0) + 4);
    this.#send(node, encodeRouted({ to: node, from: ownNode, hopsLeft, inner }), urgency);
  }

  /** Sends on a frame from a link that is for another server. */
  passOn({ to, hopsLeft, inner }: RoutedFrame, bytes: Buffer): void {
    if (hopsLeft > 1) this.#send(to, oneHopOn(bytes), urgencyOf(inner));
    else this.undelivered++;
  }

  #view(): View {
    return this.options.topology.view(this.options.nowMs());
  }

  #send(to: string, bytes: Buffer, urgency: Urgency): void {
    // A neighbour is reached directly, even if the map does not show it yet.
    const hop = this.options.links.to(to) ? to : this.#view().firstHopTo(to);
    const link = hop === undefined ? undefined : this.options.links.to(hop);
    if (link) this.options.effects.send(link.id, bytes, urgency);
    else this.undelivered++;
  }
}

function urgencyOf(inner: Buffer): Urgency {
  return isEventBytes(inner) ? 'data' : 'control';
}
