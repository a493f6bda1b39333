/**
 * What members say and who they are, exchanged with the other servers: streams and rosters together. [PEERING 5]
 */

import { limits } from '../../limits.js';
import type { Log } from '../../log.js';
import { decodeChannelEvent } from '../../wire/decode-channel-event.js';
import type { ChannelEvent } from '../../wire/messages.js';
import { checkChannelName, checkUserName } from '../../wire/names.js';
import {
  type EventFrame,
  encodeEventFrame,
  encodePeerFrame,
  PeerProtocolError,
  type Sync,
} from '../../wire/peer-frame.js';
import type { LinkId, LinkState } from './link-table.js';
import { Rosters } from './rosters.js';
import { InboundStreams, OutboundStreams } from './streams.js';
import type { Topology } from './topology.js';

export interface ExchangeEffects {
  /** Sends a frame to all neighbours but the one it came from. */
  flood(bytes: Buffer, cameFrom: LinkId | undefined): void;
  /** Hands an event to the members here. */
  deliver(event: ChannelEvent): void;
  /** Tells the members of a channel here that others are gone with their server. */
  membersLost(channel: string, names: readonly string[], serverName: string, cause: string): void;
}

/** A SYNC that is ahead of its stream: the events in between may still be on their way. */
interface PendingSync {
  readonly sync: Sync;
  readonly dueMs: number;
}

export class Exchange {
  readonly rosters = new Rosters();
  readonly #inbound = new InboundStreams();
  readonly #outbound = new OutboundStreams();
  readonly #pending = new Map<string, PendingSync>();
  readonly #ownNode: string;
  /** When idle streams were last looked for. */
  #forgotAtMs = 0;

  constructor(
    private readonly topology: Topology,
    private readonly effects: ExchangeEffects,
    private readonly log: Log,
  ) {
    this.#ownNode = topology.own.node;
  }

  /** An event of a member here. */
  publish(event: ChannelEvent, json: string, nowMs: number): void {
    const { seq, first } = this.#outbound.next(event.channel, nowMs);
    this.rosters.apply(this.#ownNode, event);
    const head = {
      origin: this.#ownNode,
      channel: event.channel,
      seq,
      first,
      presence: event.type !== 'msg',
    };
    this.effects.flood(encodeEventFrame(head, json), undefined);
  }

  /**
   * An event that came over a link.
   *
   * @throws PeerProtocolError when the neighbour itself said something that no server says
   */
  receiveEvent(frame: EventFrame, link: LinkState, nowMs: number): void {
    if (!this.topology.knows(frame.origin)) return;
    const { isNew, deliverable } = this.#inbound.accept(frame, nowMs);
    if (isNew) this.effects.flood(frame.bytes, link.id);
    this.#deliver(deliverable, link.node);
  }

  /** Another server's word on where a stream stands and who is in its channel. */
  receiveSync(sync: Sync, link: LinkState, nowMs: number): void {
    const { origin, channel, seq } = sync;
    if (!this.topology.knows(origin)) return;
    if (!isUsable(sync)) throw new PeerProtocolError('a roster with a name that is none');
    const watermark = this.#inbound.watermark(origin, channel);
    if (watermark === undefined || (seq === watermark && origin === link.node)) {
      if (this.#apply(sync, nowMs)) this.effects.flood(encodePeerFrame(sync), link.id);
    } else if (seq > watermark && seq > (this.#pending.get(keyOf(sync))?.sync.seq ?? 0)) {
      this.#pending.set(keyOf(sync), { sync, dueMs: nowMs + limits.gapMs });
      this.effects.flood(encodePeerFrame(sync), link.id);
    }
  }

  /** What a new neighbour is told: every stream of every origin in reach, and who is in it. */
  *syncs(): Iterable<Sync> {
    for (const [channel, seq] of this.#outbound.heads()) yield this.#syncOf(this.#ownNode, channel, seq);
    for (const { node } of this.topology.reachableAdverts()) {
      for (const [channel, seq] of this.#inbound.heads(node)) yield this.#syncOf(node, channel, seq);
    }
  }

  tick(nowMs: number): void {
    this.#deliver(this.#inbound.expireGaps(nowMs));
    for (const [key, { sync, dueMs }] of this.#pending) {
      if (nowMs < dueMs) continue;
      this.#pending.delete(key);
      if (sync.seq > (this.#inbound.watermark(sync.origin, sync.channel) ?? -1)) this.#apply(sync, nowMs);
    }
    if (nowMs - this.#forgotAtMs < limits.streamIdleMs / 10) return;
    this.#forgotAtMs = nowMs;
    this.#outbound.forgetIdle(nowMs, (channel) => this.rosters.has(this.#ownNode, channel));
    this.#inbound.forgetIdle(nowMs, (origin, channel) => this.rosters.has(origin, channel));
  }

  /** A server is gone for good, or for so long that its members are to be gone too. */
  nodeLost(node: string, serverName: string, cause: string): void {
    for (const [channel, names] of this.rosters.forgetOrigin(node)) {
      this.effects.membersLost(channel, names, serverName, cause);
    }
  }

  /** Forgets all of a node. */
  forgetNode(node: string): void {
    this.#inbound.forgetOrigin(node);
    for (const [key, { sync }] of this.#pending) if (sync.origin === node) this.#pending.delete(key);
  }

  #syncOf(origin: string, channel: string, seq: number): Sync {
    return { type: 'sync', origin, channel, seq, members: [...this.rosters.names(origin, channel)] };
  }

  /** Takes a SYNC as the truth; returns whether it was news. */
  #apply({ origin, channel, seq, members }: Sync, nowMs: number): boolean {
    const isAhead = seq > (this.#inbound.watermark(origin, channel) ?? -1);
    const { joined, left } = this.rosters.replace(origin, channel, members);
    if (this.rosters.has(this.#ownNode, channel)) {
      for (const name of left) this.effects.deliver({ type: 'leave', channel, name });
      for (const name of joined) this.effects.deliver({ type: 'join', channel, name });
    }
    this.#deliver(this.#inbound.setBaseline(origin, channel, seq, nowMs));
    return isAhead || joined.length + left.length > 0;
  }

  /** @param neighbour who handed in the frames; it answers for its own, though not for those it only sent on */
  #deliver(frames: readonly EventFrame[], neighbour?: string): void {
    for (const frame of frames) {
      const hasMembersHere = this.rosters.has(this.#ownNode, frame.channel);
      if (!frame.presence && !hasMembersHere) continue;
      const event = this.#decode(frame);
      if (!event) {
        if (frame.origin === neighbour) throw new PeerProtocolError('an event that is none');
        this.log.warn('unusable event', { origin: frame.origin, channel: frame.channel, seq: frame.seq });
        continue;
      }
      // Presence that a SYNC has told already is not told again.
      const isNews = !frame.presence || this.rosters.apply(frame.origin, event);
      if (isNews && hasMembersHere) this.effects.deliver(event);
    }
  }

  #decode({ payload, channel, presence }: EventFrame): ChannelEvent | undefined {
    const event = decodeChannelEvent(payload.toString('utf8'), channel);
    return event && (event.type !== 'msg') === presence ? event : undefined;
  }
}

function keyOf({ origin, channel }: Sync): string {
  return `${origin} ${channel}`;
}

function isUsable({ channel, members }: Sync): boolean {
  try {
    return checkChannelName(channel) === channel && members.every((name) => checkUserName(name) === name);
  } catch {
    return false;
  }
}
