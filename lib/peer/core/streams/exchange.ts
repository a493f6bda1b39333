/**
 * What members say and who they are, exchanged with the other servers: streams and rosters together. [PEERING 6]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import type { Log } from '../../../log.js';
import { type DecodedEvent, decodeChannelEvent } from '../../../wire/decode-channel-event.js';
import type { ChannelEvent } from '../../../wire/messages.js';
import { isUserName } from '../../../wire/names.js';
import { PeerProtocolError } from '../../../wire/peer-error.js';
import { type EventFrame, encodeEventFrame } from '../../../wire/peer-event.js';
import type { Sync } from '../../../wire/peer-frame.js';
import type { Interests } from '../map/interest.js';
import type { OwnInterest } from '../map/own-interest.js';
import type { Topology } from '../map/topology.js';
import { OwnStreams } from './own-streams.js';
import { RetainedEvents } from './retained-events.js';
import { Rosters } from './rosters.js';
import { SeenNumbers } from './seen-numbers.js';
import { InboundStreams, type Step, type Stream } from './streams.js';

export interface ExchangeEffects {
  /** Sends an event to where members are. */
  forward(
    frame: Pick<EventFrame, 'origin' | 'channel' | 'view' | 'resent' | 'bytes'>,
    cameFrom?: string,
  ): void;
  /** Hands an event to the members here; `json` is the same as they are told it, if that is known. */
  deliver(event: ChannelEvent, json?: string): void;
  /** Tells the members of a channel here that others are gone with their server. */
  membersLost(channel: string, names: readonly string[], serverName: string, cause: string): void;
  /** A stream has got its SYNC. */
  synced(stream: Stream): void;
}

export interface ExchangeOptions {
  readonly ownNode: string;
  readonly topology: Topology;
  readonly interests: Interests;
  readonly ownInterest: OwnInterest;
  readonly effects: ExchangeEffects;
  readonly log: Log;
}

export class Exchange {
  readonly rosters = new Rosters();
  readonly inbound = new InboundStreams();
  readonly own = new OwnStreams();
  readonly retained = new RetainedEvents();
  readonly #seen = new SeenNumbers();
  /** Origins that sent what cannot be used. */
  readonly #blamed = new Set<string>();
  /** When idle streams were last looked for. */
  #forgotAtMs = 0;
  /** Events that came a second time. */
  duplicates = 0;

  constructor(private readonly options: ExchangeOptions) {}

  /** An event of a member here. */
  publish(event: ChannelEvent, json: string, nowMs: number): void {
    const { ownNode, topology, interests, ownInterest, effects } = this.options;
    const { channel } = event;
    if (this.rosters.apply(ownNode, event)) {
      ownInterest.setMembers(channel, this.rosters.size(ownNode, channel), nowMs);
    }
    const { number, seq } = this.own.next(channel, nowMs);
    // Nobody is there to hear it: who comes to listen is told where the stream stands then.
    if (interests.audienceOf(channel).size === 0) return;
    const view = topology.view(nowMs).digest;
    const presence = event.type !== 'msg';
    const bytes = encodeEventFrame({ origin: ownNode, channel, number, seq, view, presence }, json);
    this.retained.add(ownNode, channel, seq, bytes, nowMs);
    this.own.noteSent(channel);
    effects.forward({ origin: ownNode, channel, view, resent: false, bytes });
  }

  /**
   * An event that came over a link, or that was asked for.
   *
   * @param sentBy the neighbour it came from; undefined for one that was asked for
   * @throws PeerProtocolError when the neighbour said what it must not
   */
  receiveEvent(frame: EventFrame, sentBy: string | undefined, nowMs: number): void {
    const { ownNode, topology, effects } = this.options;
    const { origin } = frame;
    if (origin === ownNode || !topology.isPresent(origin)) return;
    // A neighbour answers for its own events, though not for those that it only sent on, nor for names that are none
    // here: which characters there are depends on the version of Node.
    const event = origin === sentBy ? decode(frame) : undefined;
    if (origin === sentBy && !event && !isJsonObject(frame.payload)) {
      throw new PeerProtocolError('an event that is none');
    }
    const isNew = frame.resent ? this.#isMissing(frame) : this.#seen.add(origin, frame.number);
    if (!isNew) {
      this.duplicates++;
      return;
    }
    if (frame.resent) this.#seen.add(origin, frame.number);
    effects.forward(frame, sentBy);
    this.#listen(frame, event, sentBy, nowMs);
  }

  /** The word of a stream's origin on where it stands and who is in its channel. */
  receiveSync(sync: Sync, nowMs: number): void {
    const { topology, ownInterest } = this.options;
    const { origin, channel, members } = sync;
    const stream = this.inbound.get(origin, channel);
    if (!stream || !topology.isPresent(origin) || !ownInterest.has(channel)) return;
    if (!members.every(isUserName)) {
      this.#blame(origin, channel, 'a roster with a name that is none');
      return;
    }
    this.carryOut(this.inbound.sync(stream, sync, nowMs));
  }

  /** How a stream of this server stands, for another server that listens to it. */
  stateFor(node: string, channel: string, nowMs: number): Sync {
    const origin = this.options.ownNode;
    const members = [...this.rosters.names(origin, channel)];
    return { type: 'sync', origin, channel, ...this.own.standFor(node, channel, nowMs), members };
  }

  tick(nowMs: number): void {
    this.retained.expire(nowMs);
    if (nowMs - this.#forgotAtMs < limits.streamIdleMs / 10) return;
    this.#forgotAtMs = nowMs;
    this.own.forgetIdle(nowMs, (channel) => this.options.ownInterest.has(channel));
  }

  /** A server became, or is no longer, interested in a channel. */
  audienceChanged(node: string, channel: string, interested: boolean, nowMs: number): void {
    this.own.audienceChanged(node, channel, interested);
    if (!this.options.ownInterest.has(channel)) return;
    if (interested) this.inbound.open(node, channel, nowMs);
    else this.#close(this.inbound.get(node, channel));
  }

  /** Somebody here is going to listen to a channel. */
  listen(channel: string, nowMs: number): void {
    for (const node of this.options.interests.audienceOf(channel).keys())
      this.inbound.open(node, channel, nowMs, true);
  }

  /** Nobody here listens to a channel any more. */
  stopListening(channel: string): void {
    for (const stream of [...this.inbound.of(channel)]) this.#close(stream);
  }

  /** A server is gone for good, or for so long that its members are to be gone too. */
  nodeLost(node: string, serverName: string, cause: string, nowMs: number): void {
    for (const channel of this.options.interests.channelsOf(node)) {
      const stream = this.inbound.get(node, channel);
      if (stream) this.inbound.interrupt(stream, nowMs);
    }
    for (const [channel, names] of this.rosters.forgetOrigin(node)) {
      this.options.effects.membersLost(channel, names, serverName, cause);
    }
  }

  /** A server is in reach again: more may have been missed than can be asked for, so its rosters are in doubt. */
  nodeReturned(node: string, nowMs: number): void {
    for (const channel of this.options.interests.channelsOf(node)) {
      const stream = this.inbound.get(node, channel);
      if (stream) this.inbound.doubt(stream, nowMs);
    }
  }

  /** This server itself was held up, and may have missed anything. */
  wasHeldUp(nowMs: number): void {
    for (const stream of this.inbound.all()) this.inbound.doubt(stream, nowMs);
  }

  /** Forgets all of a node; its interest is forgotten already, and with it its streams. */
  forgetNode(node: string): void {
    this.#seen.forget(node);
    this.#blamed.delete(node);
  }

  /** Carries out what a stream is ready for. */
  carryOut(steps: readonly Step[], latest?: EventFrame, event?: DecodedEvent): void {
    for (const step of steps) {
      if (step.type === 'sync') this.#setRoster(step);
      else this.#deliver(step, step === latest ? event : undefined);
    }
  }

  #isMissing({ origin, channel, seq }: EventFrame): boolean {
    const stream = this.inbound.get(origin, channel);
    return stream?.synced === true && seq > stream.watermark && !stream.held.has(seq);
  }

  #listen(
    frame: EventFrame,
    event: DecodedEvent | undefined,
    sentBy: string | undefined,
    nowMs: number,
  ): void {
    const { origin, channel, seq, bytes } = frame;
    const stream = this.inbound.get(origin, channel);
    // Where its origin's interest is not known yet, the SYNC will tell that this is missing.
    const steps = stream && this.inbound.accept(stream, frame, sentBy, nowMs);
    if (!steps) return;
    this.retained.add(origin, channel, seq, bytes, nowMs);
    this.carryOut(steps, frame, event);
  }

  #close(stream: Stream | undefined): void {
    if (!stream) return;
    const { origin, channel } = stream;
    this.inbound.close(stream);
    // It says itself that nobody is there; this is for members of whom that was missed.
    this.#setRoster({ type: 'sync', origin, channel, base: 0, seq: stream.watermark, members: [] });
  }

  #setRoster({ origin, channel, members }: Sync): void {
    const { effects, ownNode } = this.options;
    const { joined, left } = this.rosters.replace(origin, channel, members);
    if (this.rosters.has(ownNode, channel)) {
      for (const name of left) effects.deliver({ type: 'leave', channel, name });
      for (const name of joined) effects.deliver({ type: 'join', channel, name });
    }
    const stream = this.inbound.get(origin, channel);
    if (!stream) return;
    stream.hasRoster = true;
    effects.synced(stream);
  }

  #deliver(frame: EventFrame, known: DecodedEvent | undefined): void {
    const { ownNode, topology, effects } = this.options;
    const { origin, channel, presence } = frame;
    const hasMembersHere = this.rosters.has(ownNode, channel);
    if (!topology.isPresent(origin)) return;
    if (!presence && !hasMembersHere) return;
    // The SYNC that is to come includes it.
    if (presence && !this.inbound.get(origin, channel)?.hasRoster) return;
    const decoded = known ?? decode(frame);
    if (!decoded) {
      this.#blame(origin, channel, 'an event that is none');
      return;
    }
    // Presence that a SYNC has told already is not told again.
    const { event, json } = decoded;
    const isNews = !presence || this.rosters.apply(origin, event);
    if (isNews && hasMembersHere) effects.deliver(event, json);
  }

  /** The first one of an origin is worth a warning; there may be many. */
  #blame(origin: string, channel: string, what: string): void {
    const level = this.#blamed.has(origin) ? 'debug' : 'warn';
    this.#blamed.add(origin);
    this.options.log[level]('unusable, left out', { origin, channel, what });
  }
}

function decode({ payload, channel, presence }: EventFrame): DecodedEvent | undefined {
  const decoded = decodeChannelEvent(payload.toString('utf8'), channel);
  return decoded && (decoded.event.type !== 'msg') === presence ? decoded : undefined;
}

function isJsonObject(payload: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
