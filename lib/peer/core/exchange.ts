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
  /** Origins that sent what cannot be used. */
  readonly #blamed = new Set<string>();
  #askedAtMs = 0;
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
   * @throws PeerProtocolError when the neighbour said, or passed on, what it must not
   */
  receiveEvent(frame: EventFrame, link: LinkState, nowMs: number): void {
    if (!this.topology.isPresent(frame.origin)) return;
    if (this.#inbound.watermark(frame.origin, frame.channel) === undefined) {
      if (!isUsable(frame.channel)) throw new PeerProtocolError('a channel with a name that is none');
      if (!this.#inbound.hasRoomFor(frame.origin)) return;
    }
    const { isNew, deliverable } = this.#inbound.accept(frame, nowMs);
    if (!isNew) return;
    // A neighbour answers for its own events, though not for those that it only sent on.
    const event = frame.origin === link.node ? decode(frame) : undefined;
    if (frame.origin === link.node && !event) throw new PeerProtocolError('an event that is none');
    this.effects.flood(frame.bytes, link.id);
    this.#deliver(deliverable, { frame, event });
  }

  /** Another server's word on where a stream stands and who is in its channel. */
  receiveSync(sync: Sync, link: LinkState, nowMs: number): void {
    const { origin, channel, seq } = sync;
    if (!this.topology.isPresent(origin)) return;
    if (!isUsable(channel, sync.members)) throw new PeerProtocolError('a roster with a name that is none');
    const watermark = this.#inbound.watermark(origin, channel);
    if (watermark === undefined && !this.#inbound.hasRoomFor(origin)) return;
    const isTrusted = origin === link.node || !this.#inbound.hasRoster(origin, channel);
    if (watermark === undefined || (seq === watermark && isTrusted)) {
      if (this.#apply(sync, nowMs)) this.effects.flood(encodePeerFrame(sync), link.id);
    } else if (seq > watermark && seq > (this.#pending.get(keyOf(sync))?.sync.seq ?? 0)) {
      this.#pending.set(keyOf(sync), { sync, dueMs: nowMs + limits.gapMs });
      this.effects.flood(encodePeerFrame(sync), link.id);
    }
  }

  /** What a new neighbour is told, as frames: all of every origin that is not lost. */
  *introduction(): Iterable<Buffer> {
    yield* this.stateOf(this.#ownNode);
    for (const { node } of this.topology.presentAdverts()) yield* this.stateOf(node);
  }

  /** All streams of one origin, as frames: how far they are delivered here, who is in them, and what waits. */
  *stateOf(origin: string): Iterable<Buffer> {
    const heads = origin === this.#ownNode ? this.#outbound.heads() : this.#inbound.heads(origin);
    for (const [channel, seq] of heads) {
      const members = [...this.rosters.names(origin, channel)];
      yield encodePeerFrame({ type: 'sync', origin, channel, seq, members });
      for (const frame of this.#inbound.held(origin, channel)) yield frame.bytes;
    }
    for (const { sync } of this.#pending.values()) if (sync.origin === origin) yield encodePeerFrame(sync);
  }

  tick(nowMs: number): void {
    for (const { origin, channel } of this.#inbound.overdue(nowMs)) this.#giveUpGap(origin, channel, nowMs);
    for (const { sync, dueMs } of this.#pending.values()) if (nowMs >= dueMs) this.#applyPending(sync, nowMs);
    if (nowMs - this.#askedAtMs >= limits.askMs) {
      this.#askedAtMs = nowMs;
      this.#askForUnsure();
    }
    if (nowMs - this.#forgotAtMs < limits.streamIdleMs / 10) return;
    this.#forgotAtMs = nowMs;
    this.#outbound.forgetIdle(nowMs, (channel) => this.rosters.has(this.#ownNode, channel));
    this.#inbound.forgetIdle(nowMs, (origin, channel) => this.rosters.has(origin, channel));
  }

  /** A server is gone for good, or for so long that its members are to be gone too. */
  nodeLost(node: string, serverName: string, cause: string): void {
    this.#inbound.dropRosters(node);
    this.#dropPending(node);
    for (const [channel, names] of this.rosters.forgetOrigin(node)) {
      this.effects.membersLost(channel, names, serverName, cause);
    }
  }

  /** Forgets all of a node. */
  forgetNode(node: string): void {
    this.#inbound.forgetOrigin(node);
    this.#blamed.delete(node);
    this.#dropPending(node);
  }

  /** Asks the neighbours for what was lost sight of here. */
  #askForUnsure(): void {
    const origins = new Set<string>();
    for (const { origin } of this.#inbound.unsure()) if (this.topology.isPresent(origin)) origins.add(origin);
    for (const origin of origins) this.effects.flood(encodePeerFrame({ type: 'ask', origin }), undefined);
  }

  /** What is missing did not come. A roster from beyond the gap says what it would have changed. */
  #giveUpGap(origin: string, channel: string, nowMs: number): void {
    const pending = this.#pending.get(keyOf({ origin, channel }));
    if (pending) this.#applyPending(pending.sync, nowMs);
    else this.#deliver(this.#inbound.giveUpGap(origin, channel, nowMs));
  }

  #applyPending(sync: Sync, nowMs: number): void {
    this.#pending.delete(keyOf(sync));
    if (sync.seq > (this.#inbound.watermark(sync.origin, sync.channel) ?? -1)) this.#apply(sync, nowMs);
  }

  #dropPending(node: string): void {
    for (const [key, { sync }] of this.#pending) if (sync.origin === node) this.#pending.delete(key);
  }

  /** Takes a SYNC as the truth; returns whether it was news. */
  #apply({ origin, channel, seq, members }: Sync, nowMs: number): boolean {
    const isAhead = seq > (this.#inbound.watermark(origin, channel) ?? -1);
    const { before, behind } = this.#inbound.setBaseline(origin, channel, seq, nowMs);
    this.#deliver(before.filter((frame) => !frame.presence));
    const changed = this.#setRoster(origin, channel, members);
    this.#deliver(behind);
    return isAhead || changed;
  }

  #setRoster(origin: string, channel: string, members: readonly string[]): boolean {
    const { joined, left } = this.rosters.replace(origin, channel, members);
    if (this.rosters.has(this.#ownNode, channel)) {
      for (const name of left) this.effects.deliver({ type: 'leave', channel, name });
      for (const name of joined) this.effects.deliver({ type: 'join', channel, name });
    }
    return joined.length + left.length > 0;
  }

  /** @param latest the frame that has just come, and its event if that is known already */
  #deliver(
    frames: readonly EventFrame[],
    latest?: { readonly frame: EventFrame; readonly event: ChannelEvent | undefined },
  ): void {
    for (const frame of frames) {
      const hasMembersHere = this.rosters.has(this.#ownNode, frame.channel);
      if (!this.topology.isPresent(frame.origin)) continue;
      if (!frame.presence && !hasMembersHere) continue;
      const event = (frame === latest?.frame ? latest.event : undefined) ?? decode(frame);
      if (!event) {
        this.#noteUnusable(frame);
        continue;
      }
      // A stream begins when nobody is in the channel.
      if (frame.first) this.#setRoster(frame.origin, frame.channel, []);
      // Presence that a SYNC has told already is not told again.
      const isNews = !frame.presence || this.rosters.apply(frame.origin, event);
      if (isNews && hasMembersHere) this.effects.deliver(event);
    }
  }

  /** The first one of an origin is worth a warning; there may be many. */
  #noteUnusable({ origin, channel, seq }: EventFrame): void {
    const level = this.#blamed.has(origin) ? 'debug' : 'warn';
    this.#blamed.add(origin);
    this.log[level]('unusable event', { origin, channel, seq });
  }
}

function decode({ payload, channel, presence }: EventFrame): ChannelEvent | undefined {
  const event = decodeChannelEvent(payload.toString('utf8'), channel);
  return event && (event.type !== 'msg') === presence ? event : undefined;
}

function keyOf({ origin, channel }: Pick<Sync, 'origin' | 'channel'>): string {
  return `${origin} ${channel}`;
}

/** Whether a channel, and its members, are called as our own clients may call them. */
function isUsable(channel: string, members: readonly string[] = []): boolean {
  try {
    return checkChannelName(channel) === channel && members.every((name) => checkUserName(name) === name);
  } catch {
    return false;
  }
}
