/**
 * Exchanges with the other servers what members say and who the members are: streams and rosters together. [PEERING 6]
 */
import { limits } from '../../../limits.js';
import type { Log } from '../../../log.js';
import type { NetworkReceiver } from '../../../network.js';
import { type DecodedRun, decodeChannelEvents } from '../../../wire/decode-channel-event.js';
import type { ChannelEvent, Presence } from '../../../wire/messages.js';
import { isUserName } from '../../../wire/names.js';
import { PeerProtocolError } from '../../../wire/peer-error.js';
import { type EventFrame, encodeEventFrame, lastSeq } from '../../../wire/peer-event.js';
import type { Sync } from '../../../wire/peer-frame.js';
import { type Published, PublishedMessage } from '../../../wire/published.js';
import type { Interests } from '../map/interest.js';
import type { OwnInterest } from '../map/own-interest.js';
import type { Topology } from '../map/topology.js';
import type { Post } from '../post.js';
import { ForgottenStreams } from './forgotten-streams.js';
import { type Loss, Losses } from './losses.js';
import { MembersHere } from './members-here.js';
import { OwnStreams } from './own-streams.js';
import { RetainedEvents } from './retained-events.js';
import { Rosters } from './rosters.js';
import { SeenNumbers } from './seen-numbers.js';
import { splitIntoRuns } from './split-into-runs.js';
import type { Stream } from './stream.js';
import { type Due, InboundStreams, type Step } from './streams.js';

export interface ExchangeOptions {
  readonly ownNode: string;
  readonly topology: Topology;
  readonly interests: Interests;
  readonly ownInterest: OwnInterest;
  /** Sends runs of events to where members are. */
  readonly post: Pick<Post, 'forward'>;
  /** Receives what is for members here. */
  readonly receiver: NetworkReceiver;
  /** Called when a stream has got its SYNC. */
  readonly synced: (stream: Stream) => void;
  readonly log: Log;
}

export class Exchange {
  readonly rosters = new Rosters();
  readonly #here = new MembersHere();
  readonly inbound = new InboundStreams();
  readonly own = new OwnStreams();
  readonly retained = new RetainedEvents();
  readonly #seen = new SeenNumbers();
  readonly #losses = new Losses();
  readonly #forgotten = new ForgottenStreams();
  /** The origins that sent something unusable. */
  readonly #blamed = new Set<string>();
  /** When idle streams were last looked for. */
  #forgotAtMs = 0;
  /** Runs of events sent so far. */
  #runs = 0;
  /** Events that came a second time. */
  duplicates = 0;

  constructor(private readonly options: ExchangeOptions) {}

  /**
   * Notes that a member of a channel here came, left or has another name. Other servers are told by `publish`. Until then
   * a SYNC does not contain it either, since the event after the SYNC would tell it again.
   */
  noteMember(event: Presence, nowMs: number): void {
    this.options.ownInterest.setMembers(event.channel, this.#here.note(event), nowMs);
  }

  /** Sends events of members of a channel here to the other servers, in their order. */
  publish(channel: string, events: readonly Published<ChannelEvent>[], nowMs: number): void {
    const { ownNode, topology, interests, post } = this.options;
    let presence = false;
    for (const { message } of events) {
      if (message.type === 'msg') continue;
      presence = true;
      this.rosters.apply(ownNode, message);
    }
    let seq = this.own.next(channel, events.length, nowMs);
    // Without an audience nothing is sent. A server that begins to listen is told by its SYNC where the stream stands.
    if (interests.audienceOf(channel).size === 0) return;
    const view = topology.view(nowMs).digest;
    for (const { count, lines } of splitIntoRuns(events)) {
      const number = ++this.#runs;
      const bytes = encodeEventFrame({ origin: ownNode, channel, number, seq, count, view, presence }, lines);
      this.retained.add(ownNode, channel, { seq, count }, bytes, nowMs);
      post.forward({ origin: ownNode, channel, count, view, resent: false, bytes }, nowMs);
      seq += count;
    }
    this.own.noteSent(channel);
  }

  /**
   * Receives a run of events that came over a link, or that was asked for.
   *
   * @param sentBy the neighbour it came from; undefined for a run that was asked for
   * @throws PeerProtocolError if the neighbour broke the protocol with events of its own
   */
  receiveEvents(frame: EventFrame, sentBy: string | undefined, nowMs: number): void {
    const { ownNode, topology, post } = this.options;
    const { origin, count } = frame;
    if (origin === ownNode || !topology.isPresent(origin)) return;
    // A neighbour is held responsible for its own events, but not for those that it only sent on. It is not held
    // responsible for names that are invalid here either: which characters exist depends on the version of Node.
    const decoded = origin === sentBy ? decode(frame) : undefined;
    if (decoded && !decoded.isWhole)
      throw new PeerProtocolError(`an event frame that has not the ${count} events it says`);
    if (decoded && !decoded.unusable.every(isJsonObject))
      throw new PeerProtocolError('an event that is none');
    const isNew = frame.resent ? this.#isMissing(frame) : this.#seen.add(origin, frame.number);
    if (!isNew) {
      this.duplicates += count;
      return;
    }
    if (frame.resent) this.#seen.add(origin, frame.number);
    post.forward(frame, nowMs, sentBy);
    this.#takeIn(frame, decoded, sentBy, nowMs);
  }

  /** Receives a SYNC, in which a stream's origin says where the stream stands and who is in its channel. */
  receiveSync(sync: Sync, nowMs: number): void {
    const { topology, ownInterest } = this.options;
    const { origin, channel, members } = sync;
    const stream = this.inbound.get(origin, channel);
    if (!stream || !topology.isPresent(origin) || !ownInterest.has(channel)) return;
    if (!members.every(isUserName)) {
      this.#blame(origin, channel, 'a roster with a name that is none');
      return;
    }
    this.carryOut(this.inbound.sync(stream, sync, nowMs), nowMs);
  }

  /** Makes the SYNC of a stream of this server, for another server that listens to it. */
  stateFor(node: string, channel: string, nowMs: number): Sync {
    const origin = this.options.ownNode;
    const members = [...this.rosters.names(origin, channel)];
    return { type: 'sync', origin, channel, ...this.own.standFor(node, channel, nowMs), members };
  }

  tick(nowMs: number): void {
    this.retained.expire(nowMs);
    for (const { origin, channel, count } of this.#losses.take(nowMs)) {
      const name = this.options.topology.advertOf(origin)?.name ?? origin;
      if (this.#here.has(channel)) this.options.receiver.messagesLost(channel, count, name);
    }
    if (nowMs - this.#forgotAtMs < limits.streamIdleMs / 10) return;
    this.#forgotAtMs = nowMs;
    this.own.forgetIdle(nowMs, (channel) => this.options.ownInterest.has(channel));
  }

  /** Notes that a server became interested in a channel, or is no longer. */
  audienceChanged(node: string, channel: string, interested: boolean, nowMs: number): void {
    this.own.audienceChanged(node, channel, interested);
    if (!this.options.ownInterest.has(channel)) return;
    if (interested) this.inbound.open(node, channel, nowMs, false, this.#forgotten.take(node, channel));
    else this.#close(this.inbound.get(node, channel));
  }

  /** Opens all streams of a channel, because somebody here is going to listen to it. */
  openStreams(channel: string, nowMs: number): void {
    for (const node of this.options.interests.audienceOf(channel).keys())
      this.inbound.open(node, channel, nowMs, true);
  }

  /** Closes all streams of a channel, because nobody here listens to it any more. */
  closeStreams(channel: string): void {
    this.#forgotten.forgetChannel(channel);
    for (const stream of [...this.inbound.of(channel)]) this.#close(stream);
  }

  /**
   * Interrupts the streams of a server and removes its members, because it is gone for good, or has been away until its
   * members count as gone too.
   */
  nodeLost(node: string, serverName: string, cause: string, nowMs: number): void {
    for (const channel of this.options.interests.channelsOf(node)) {
      const stream = this.inbound.get(node, channel);
      if (stream) this.inbound.interrupt(stream, nowMs);
    }
    for (const [channel, names] of this.rosters.forgetOrigin(node)) {
      this.options.receiver.membersLost(channel, names, serverName, cause);
    }
  }

  /** Doubts the rosters of a server that is in reach again: more may have been missed than can be asked for. */
  nodeReturned(node: string, nowMs: number): void {
    for (const channel of this.options.interests.channelsOf(node)) {
      const stream = this.inbound.get(node, channel);
      if (stream) this.inbound.doubt(stream, nowMs);
    }
  }

  /** Doubts all rosters, because this server itself was held up and may have missed anything. */
  wasHeldUp(nowMs: number): void {
    for (const stream of this.inbound.all()) this.inbound.doubt(stream, nowMs);
  }

  /** Remembers how far the streams of a node had got that is about to be forgotten, because it may come back. */
  rememberStreams(node: string): void {
    for (const channel of this.options.interests.channelsOf(node)) {
      const stream = this.inbound.get(node, channel);
      if (stream && stream.watermark > 0 && this.#here.has(channel))
        this.#forgotten.remember(node, channel, stream.watermark);
    }
  }

  /** Forgets the rest of a node. Its interest is forgotten already, and its streams with that. */
  forgetNode(node: string): void {
    this.#seen.forget(node);
    this.#blamed.delete(node);
  }

  /**
   * Carries out the steps that a stream is ready for.
   *
   * @param latest the run that has just come
   * @param decoded its events, if they are decoded already
   */
  carryOut(steps: readonly Step[], nowMs: number, latest?: EventFrame, decoded?: DecodedRun): void {
    for (const step of steps) {
      if (step.type === 'lost') this.#noteLoss(step, nowMs);
      else if (step.type === 'sync') this.#setRoster(step);
      else this.#deliver(step, step.frame === latest && step.skipped === 0 ? decoded : undefined);
    }
  }

  /** Notes a loss, of which members are told later; without members here nobody missed anything. */
  #noteLoss(lost: Loss, nowMs: number): void {
    if (this.#here.has(lost.channel)) this.#losses.note(lost, nowMs);
  }

  /** Whether a run that was asked for is still missing. */
  #isMissing(frame: EventFrame): boolean {
    const stream = this.inbound.get(frame.origin, frame.channel);
    return stream?.synced === true && lastSeq(frame) > stream.watermark && !stream.held.with(frame.seq);
  }

  #takeIn(
    frame: EventFrame,
    decoded: DecodedRun | undefined,
    sentBy: string | undefined,
    nowMs: number,
  ): void {
    const { origin, channel, bytes } = frame;
    const stream = this.inbound.get(origin, channel);
    // If the origin's interest is not known yet, there is no stream; a SYNC will tell later that this run is missing.
    const steps = stream && this.inbound.accept(stream, frame, sentBy, nowMs);
    if (!steps) return;
    this.retained.add(origin, channel, frame, bytes, nowMs);
    this.carryOut(steps, nowMs, frame, decoded);
  }

  #close(stream: Stream | undefined): void {
    if (!stream) return;
    const { origin, channel } = stream;
    this.inbound.close(stream);
    // The origin says by `leave` that its members are gone. This removes those whose `leave` was missed.
    this.#setRoster({ type: 'sync', origin, channel, base: 0, seq: stream.watermark, members: [] });
  }

  #setRoster({ origin, channel, members }: Sync): void {
    const { receiver, synced } = this.options;
    const { joined, left } = this.rosters.replace(origin, channel, members);
    if (this.#here.has(channel)) {
      const changes: ChannelEvent[] = [];
      for (const name of left) changes.push({ type: 'leave', channel, name });
      for (const name of joined) changes.push({ type: 'join', channel, name });
      receiver.deliver(
        channel,
        changes.map((change) => new PublishedMessage(change)),
      );
    }
    const stream = this.inbound.get(origin, channel);
    if (!stream) return;
    stream.hasRoster = true;
    synced(stream);
  }

  #deliver({ frame, skipped }: Due, known: DecodedRun | undefined): void {
    const { topology, receiver } = this.options;
    const { origin, channel, presence } = frame;
    const hasMembersHere = this.#here.has(channel);
    if (!topology.isPresent(origin)) return;
    if (!presence && !hasMembersHere) return;
    const { events, unusable, isWhole } = known ?? decode(frame, skipped);
    if (unusable.length > 0 || !isWhole) this.#blame(origin, channel, 'an event that is none');
    const told = presence ? events.flatMap((event) => this.#news(origin, event) ?? []) : events;
    if (hasMembersHere && told.length > 0) receiver.deliver(channel, told);
  }

  /**
  /**
   * Returns what of an event is news, or undefined if nothing is. Presence is told as what it changes in the roster. It
   * is no news if its SYNC is yet to come, which will include it, or included it already.
   */
  #news(origin: string, event: Published<ChannelEvent>): Published<ChannelEvent> | undefined {
    const { message } = event;
    if (message.type === 'msg') return event;
    if (this.inbound.get(origin, message.channel)?.hasRoster !== true) return undefined;
    const change = this.rosters.apply(origin, message);
    if (!change) return undefined;
    return change === message ? event : new PublishedMessage(change);
  }

  /**
   * Logs that an origin sent something unusable: the first time as a warning, later for debugging, since there may be
   * many.
   */
  #blame(origin: string, channel: string, what: string): void {
    const level = this.#blamed.has(origin) ? 'debug' : 'warn';
    this.#blamed.add(origin);
    this.options.log[level]('unusable, left out', { origin, channel, what });
  }
}

/**
 * Decodes the events of a run.
 *
 * @param skipped how many events at its beginning are left out
 */
function decode({ payload, channel, presence, count }: EventFrame, skipped = 0): DecodedRun {
  const decoded = decodeChannelEvents(payload.toString('utf8'), channel, count, skipped);
  if (presence || decoded.events.every(isMsg)) return decoded;
  // A run with presence must say so, because a server without members in the channel does not look into other runs.
  const unsaid = decoded.events.filter((event) => !isMsg(event)).map(({ json }) => json);
  return { ...decoded, events: decoded.events.filter(isMsg), unusable: [...decoded.unusable, ...unsaid] };
}

function isMsg({ type }: Published<ChannelEvent>): boolean {
  return type === 'msg';
}

function isJsonObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
