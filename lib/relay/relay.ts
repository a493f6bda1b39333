/**
 * The relay, which is the heart of a server: its sessions, its channels, and who hears what.
 *
 * It knows no socket and no peer. Doors (`lib/listen`) open sessions, and what the clients say comes in through the
 * `Intake`. A `Network` takes what is said here to other servers, and hands in what is said there.
 */
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { LogBrake } from '../log-brake.js';
import { type DirectOutcome, type Network, type NetworkReceiver, noNetwork } from '../network.js';
import { ProtocolError } from '../wire/errors.js';
import { frameAll } from '../wire/framing.js';
import type { ChannelEvent, DirectMessage, Presence, Ref } from '../wire/messages.js';
import { normalForm } from '../wire/names.js';
import { type Published, PublishedMessage } from '../wire/published.js';
import { Channel } from './channel.js';
import type { CloseReason, Connection, LaneFormat } from './connection.js';
import { Directory } from './directory.js';
import { MemberList } from './member-list.js';
import { NameClaims } from './name-claims.js';
import { type Claim, Session } from './session.js';
import { giveSubstitute } from './substitute-name.js';
import { TokenBucket } from './token-bucket.js';
import { Turn } from './turn.js';
import { burstFor, welcome } from './welcome.js';

export interface RelayOptions {
  /** The name by which people know this server. */
  readonly serverName: string;
  readonly version: string;
  /** The beginning of all ids of messages said here; no other run of any server has the same. */
  readonly idPrefix: string;
  /** How many commands a second one session may give; undefined for no limit. */
  readonly commandsPerSecond: number | undefined;
  /** How many sessions there may be at once; `limits.clients` if not given. */
  readonly maxClients?: number;
  readonly clock: Clock;
  /** Random numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

export interface RelayCounters {
  /** Messages said by clients of this server, in channels or directly. */
  said: number;
  /** Direct messages handed to clients here, from any server. */
  direct: number;
  /** Events that came from other servers for members here. */
  fromNetwork: number;
  /** Messages and presence handed to members, counted once for each. */
  deliveries: number;
  /** Errors that clients were answered with. */
  errors: number;
  /** Clients that this server disconnected, for any reason. */
  disconnected: number;
}

export class Relay implements NetworkReceiver {
  readonly counters: RelayCounters = {
    said: 0,
    direct: 0,
    fromNetwork: 0,
    deliveries: 0,
    errors: 0,
    disconnected: 0,
  };
  /** Who has which name. */
  readonly names: NameClaims;
  readonly #disconnections: LogBrake;
  readonly #sessions = new Set<Session>();
  readonly #channels = new Map<string, Channel>();
  readonly #turn: Turn;
  /** Which channels there are, and who is in them. */
  readonly directory: Directory;
  #network: Network = noNetwork;
  #sessionCount = 0;
  #shuttingDown = false;

  constructor(private readonly options: RelayOptions) {
    const { log, clock } = options;
    this.names = new NameClaims(options.clock);
    this.#disconnections = new LogBrake(log, clock, 'client disconnected', 'more clients disconnected');
    this.#turn = new Turn(options.clock, this.counters);
    this.directory = new Directory(options.clock, this.#channels);
  }

  /** Connects the relay with other servers. To be called once, before anybody joins. */
  useNetwork(network: Network): void {
    this.#network = network;
    this.names.network = network;
    this.#turn.network = network;
    this.directory.network = network;
  }

  // ---- Sessions -------------------------------------------------------------------------------------------

  /**
   * Opens a session and welcomes its client. If it cannot be opened, tells the client why and closes the connection.
   */
  open(connection: Connection): Session | undefined {
    const { clock, commandsPerSecond } = this.options;
    const bucket =
      commandsPerSecond === undefined
        ? undefined
        : new TokenBucket(commandsPerSecond, burstFor(commandsPerSecond), clock.nowMs());
    const errorBucket = new TokenBucket(limits.errorsPerSecond, limits.errorBurst, clock.nowMs());
    const session = new Session(++this.#sessionCount, connection, bucket, errorBucket, clock.wallMs(), frame);
    session.send(welcome(this.options));
    if (this.#shuttingDown) {
      this.disconnect(
        session,
        'shutting-down',
        new ProtocolError('shutting-down', 'This server is going down.'),
      );
      return undefined;
    }
    if (this.#sessions.size >= (this.options.maxClients ?? limits.clients)) {
      this.disconnect(
        session,
        'server-full',
        new ProtocolError('server-full', 'This server is full; try another.'),
      );
      return undefined;
    }
    this.#sessions.add(session);
    return session;
  }

  /** Closes a session whose connection has ended or is being ended: it leaves its channels. */
  close(session: Session, reason: string): void {
    if (session.closed) return;
    session.closed = true;
    session.queue.close();
    for (const channel of session.channels.values()) this.#removeMember(session, channel, reason);
    session.channels.clear();
    this.names.giveUpAll(session);
    this.#sessions.delete(session);
  }

  /** Ends a session and its connection, after telling the client why. */
  disconnect(session: Session, reason: CloseReason, error: ProtocolError): void {
    if (session.closed) return;
    this.counters.disconnected++;
    this.#disconnections.note({
      client: session.connection.address,
      name: session.name,
      reason,
      waitingBytes: session.outbox.waitingBytes,
    });
    const { code, message } = error;
    const lastWords = frame(session.format, new PublishedMessage({ type: 'error', code, message }));
    this.close(session, `disconnected: ${reason}`);
    session.outbox.close(reason, lastWords);
  }

  /** To be called as time passes: once it is time, logs how many disconnections the log was spared. */
  tick(): void {
    this.#disconnections.tick();
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** The channels with members here, by name. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.#channels;
  }

  /** Tells all clients that the server is going down, and closes their connections. New clients are turned away. */
  shutDown(): void {
    this.#shuttingDown = true;
    this.#turn.finish();
    const text = `${this.options.serverName} is going down; nothing more will be relayed here.`;
    const notice = new PublishedMessage({ type: 'notice', text });
    for (const session of this.#sessions) {
      session.closed = true;
      session.queue.close();
      session.outbox.close('shutting-down', frame(session.format, notice));
    }
    this.#disconnections.sumUp();
    this.#sessions.clear();
    this.#channels.clear();
    this.names.clear();
  }

  // ---- What commands do -------------------------------------------------------------------------------------

  /** Gets a channel ready for a member here. Calls `done` once it is ready, maybe before this returns. */
  prepare(channelName: string, done: () => void): void {
    this.#network.prepare(channelName, done);
  }

  /** Makes a named session a member of a channel; one that is a member already is only told what is pending there. */
  join(session: Session, channelName: string): void {
    const joined = session.channels.get(channelName);
    if (joined) {
      joined.catchUp(session);
      return;
    }
    let channel = this.#channels.get(channelName);
    if (!channel) {
      channel = new Channel(channelName, new MemberList(this.#network.membersElsewhere(channelName)));
      this.#channels.set(channelName, channel);
    }
    this.#publish(channel, { type: 'join', channel: channelName, name: nameOf(session) }, session);
    channel.add(session);
    session.channels.set(channelName, channel);
  }

  /** From now on, joins and leaves that follow one another are one message for the session. [PROTOCOL 3] */
  gatherPresence(session: Session): void {
    if (session.gathersPresence) return;
    const channels = [...session.channels.values()];
    for (const channel of channels) {
      channel.catchUp(session);
      channel.remove(session);
    }
    session.gathersPresence = true;
    for (const channel of channels) channel.add(session);
  }

  leave(session: Session, channel: Channel): void {
    channel.catchUpBeforeLeaving(session);
    this.#removeMember(session, channel);
    session.channels.delete(channel.name);
  }

  /** Says something in a channel, and returns the message's id. */
  say(session: Session, channel: Channel, text: string): string {
    const id = this.#nextId();
    const at = this.options.clock.wallMs();
    this.#publish(
      channel,
      { type: 'msg', id, channel: channel.name, from: nameOf(session), text, at },
      session,
    );
    return id;
  }

  /**
   * Says something to one user, on any server.
   *
   * @param done is told what came of it, maybe before this returns
   * @returns the message's id
   */
  sayTo(session: Session, to: string, text: string, done: (outcome: DirectOutcome) => void): string {
    const id = this.#nextId();
    const at = this.options.clock.wallMs();
    const message: DirectMessage = { type: 'msg', id, to, from: nameOf(session), text, at };
    if (this.deliverDirect(message)) done('delivered');
    else this.#network.sendDirect(message, done);
    return id;
  }

  /**
   * Gives a session another name, and tells it and everybody in its channels.
   *
   * @param claim the session's right to that name
   * @param ref the `ref` of the session's request, if it asked for the name
   */
  rename(claim: Claim, name: string, ref?: Ref): void {
    const { session } = claim;
    const from = session.name;
    this.names.assume(claim, name);
    const namesakes = from === undefined || from === name ? [] : this.#publishNick(session, from, name);
    session.send({ type: 'nick', name, from: from ?? name, ref });
    for (const namesake of namesakes) session.send(namesake);
  }

  // ---- From the network -------------------------------------------------------------------------------------

  deliver(channelName: string, events: readonly Published<ChannelEvent>[]): void {
    const channel = this.#channels.get(channelName);
    if (!channel) return;
    this.counters.fromNetwork += events.length;
    for (const event of events) this.#tellMembers(channel, event);
  }

  deliverDirect(message: DirectMessage): boolean {
    const session = this.names.find(message.to);
    if (!session) return false;
    this.counters.direct++;
    session.send({ ...message, to: nameOf(session) });
    return true;
  }

  nameLost(nameKey: string, sinceMs: number): void {
    const lost = this.names.lose(nameKey, sinceMs);
    if (!lost) return;
    const { random, log } = this.options;
    giveSubstitute(lost, {
      names: this.names,
      rename: (claim, name) => this.rename(claim, name),
      random,
      log,
    });
  }

  membersLost(channelName: string, names: readonly string[], serverName: string, cause: string): void {
    const channel = this.#channels.get(channelName);
    if (!channel) return;
    const told = names.flatMap((name) => channel.list.apply({ type: 'leave', channel: channelName, name }));
    const left = told.flatMap(({ type, name }) => (type === 'leave' ? name : []));
    if (left.length > 0) {
      const who = left.length === 1 ? '1 member' : `${left.length} members`;
      const text = `Server ${serverName} ${cause}; ${who} left with it.`;
      this.#note(channel, new PublishedMessage({ type: 'notice', channel: channelName, text, left }));
    }
    for (const event of told) if (event.type !== 'leave') this.#note(channel, new PublishedMessage(event));
  }

  messagesLost(channelName: string, count: number | undefined, serverName: string): void {
    const channel = this.#channels.get(channelName);
    if (!channel) return;
    const what = count === undefined ? 'Messages' : count === 1 ? '1 message' : `${count} messages`;
    const text = `${what} from server ${serverName} did not come: it could not be reached for too long.`;
    this.#note(channel, new PublishedMessage({ type: 'notice', channel: channelName, text }));
  }

  // ---- Inside -----------------------------------------------------------------------------------------------

  /**
   * Tells all channels of a session that its name has changed.
   *
   * @returns joins that the session is to be told of. It takes its old name off its lists, so if somebody else in a
   *   channel has that name, it has to be told of that name again.
   */
  #publishNick(session: Session, from: string, name: string): Presence[] {
    const namesakes: Presence[] = [];
    for (const channel of session.channels.values()) {
      channel.catchUp(session);
      this.#publish(channel, { type: 'nick', channel: channel.name, name, from }, session);
      const shown = normalForm(from) === normalForm(name) ? undefined : channel.list.shown(from);
      if (shown !== undefined) namesakes.push({ type: 'join', channel: channel.name, name: shown });
    }
    return namesakes;
  }

  #nextId(): string {
    return `${this.options.idPrefix}-${(++this.counters.said).toString(36)}`;
  }

  #removeMember(session: Session, channel: Channel, reason?: string): void {
    channel.remove(session);
    this.#publish(channel, { type: 'leave', channel: channel.name, name: nameOf(session), reason }, session);
    if (channel.size > 0) return;
    this.#channels.delete(channel.name);
    // The channel may be made anew within this turn; the other servers must hear what is said there after this.
    this.#turn.tellNetwork(channel);
  }

  #publish(channel: Channel, event: ChannelEvent, speaker: Session): void {
    const published = new PublishedMessage(event);
    channel.noteForNetwork(published);
    this.#tellMembers(channel, published, speaker);
    if (event.type !== 'msg') this.#network.noteMember(event);
  }

  /** Tells members of an event. Presence is told as the change of their list, which may differ from the event. */
  #tellMembers(channel: Channel, event: Published<ChannelEvent>, speaker?: Session): void {
    const change = event.type === 'msg' ? undefined : event.message;
    if (!change || change.type === 'msg') {
      this.#note(channel, event, speaker);
      return;
    }
    for (const told of channel.list.apply(change))
      this.#note(channel, told === change ? event : new PublishedMessage(told), speaker);
  }

  #note(channel: Channel, published: Published, speaker?: Session): void {
    channel.publish(published, speaker);
    this.#turn.note(channel);
  }
}

function frame(format: LaneFormat, published: Published): Buffer {
  return frameAll(format.framing, [format.encode(published)]).bytes;
}

function nameOf(session: Session): string {
  if (session.name === undefined) throw new Error('a session without a name is a member of a channel');
  return session.name;
}
