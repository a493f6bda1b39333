/**
 * A channel: its members on this server, and the messages that they have not been told yet.
 *
 * To publish a message is only to note it. At the end of the turn, or earlier if there are very many messages, `flush`
 * encodes them once for each lane (the members who get the very same bytes) and hands every member of the lane the same
 * Buffer. Two kinds of members get bytes of their own: those who spoke in the turn, because they are not told what they
 * said themselves, and those who joined in its midst, because they are not told what came before.
 */
import { limits } from '../limits.js';
import type { ChannelEvent } from '../wire/messages.js';
import type { Published } from '../wire/published.js';
import type { LaneFormat, Outbox } from './connection.js';
import { MemberList } from './member-list.js';
import { type Part, tellingOf } from './telling.js';

/** A member of channels: a session, as its channels see it. */
export interface Member {
  readonly format: LaneFormat;
  readonly outbox: Outbox;
  /** The channels that it is in. */
  readonly channels: { readonly size: number };
  readonly closed: boolean;
  /** Whether joins and leaves that follow one another are gathered into one message for it. [PROTOCOL 3] */
  readonly gathersPresence: boolean;
}

/** Receives the bytes that a channel has for its members. */
export interface MemberWriter {
  write(member: Member, bytes: Buffer): void;
}

type Lanes = Map<LaneFormat, Set<Member>>;

export class Channel {
  readonly #lanes: Lanes = new Map();
  /** The lanes of members for whom presence is gathered. */
  readonly #gatheringLanes: Lanes = new Map();
  /** The messages that the members have not been told. */
  #pending: Published[] = [];
  /** How many of the pending messages are joins and leaves. */
  #comingsAndGoings = 0;
  /** The events of members here that the other servers have not been told. */
  #untold: Published<ChannelEvent>[] = [];
  /** The members who get only a part of the turn, and which part. */
  #apart = new Map<Member, Part>();
  #size = 0;

  /** @param list the members whom it has on other servers */
  constructor(
    readonly name: string,
    readonly list = new MemberList(),
  ) {}

  /** How many members are on this server. */
  get size(): number {
    return this.#size;
  }

  /** Adds a member, who hears what is published from now on. */
  add(member: Member): void {
    const lanes = this.#lanesOf(member);
    let lane = lanes.get(member.format);
    if (!lane) {
      lane = new Set();
      lanes.set(member.format, lane);
    }
    lane.add(member);
    this.#size++;
    if (this.#pending.length > 0) this.#setApart(member);
  }

  /** Removes a member. Without `catchUp` before this, what is still pending never reaches it. */
  remove(member: Member): void {
    const lanes = this.#lanesOf(member);
    const lane = lanes.get(member.format);
    if (!lane?.delete(member)) return;
    this.#size--;
    this.#apart.delete(member);
    if (lane.size === 0) lanes.delete(member.format);
  }

  /** Notes a message, of which all members but the speaker are told at the next flush. */
  publish(message: Published, speaker?: Member): void {
    if (speaker) {
      const own = this.#apart.get(speaker)?.own;
      if (own) own.push(this.#pending.length);
      else this.#apart.set(speaker, { from: 0, own: [this.#pending.length] });
    }
    this.#pending.push(message);
    if (message.type === 'join' || message.type === 'leave') this.#comingsAndGoings++;
  }

  /** Notes an event of a member here, of which the other servers are to be told. */
  noteForNetwork(event: Published<ChannelEvent>): void {
    this.#untold.push(event);
  }

  /** Takes the events of which the other servers are to be told now, in their order. */
  takeUntold(): readonly Published<ChannelEvent>[] {
    const untold = this.#untold;
    if (untold.length > 0) this.#untold = [];
    return untold;
  }

  /** Whether too many messages are pending to wait for the end of the turn. */
  get isFull(): boolean {
    return this.#pending.length >= limits.turnMessages;
  }

  /** Whether what is pending may wait a little: there are only joins and leaves, and the channel has many members. */
  get mayWait(): boolean {
    const { length } = this.#pending;
    return length > 0 && length === this.#comingsAndGoings && this.#size > limits.presenceAtOnceMembers;
  }

  /** Hands one member all that is pending, ahead of the other members, because it is to be told something else next. */
  catchUp(member: Member): void {
    if (this.#pending.length === 0) return;
    const telling = tellingOf(this.#pending, member.format, member.gathersPresence && this.#isToBeGathered);
    const { bytes } = telling.part(this.#apart.get(member) ?? { from: 0, own: [] });
    if (bytes.length > 0) member.outbox.reply(bytes);
    this.#setApart(member);
  }

  /**
   * Does the same for a member that is about to leave, unless what is pending may wait: then it is not told of that.
   */
  catchUpBeforeLeaving(member: Member): void {
    if (!this.mayWait) this.catchUp(member);
  }

  /**
   * Sends what is pending, with one encoding for each lane and one write for each member.
   *
   * @param writer receives the bytes for each member
   * @returns how many messages were handed to members, counted once for each
   */
  flush(writer: MemberWriter): number {
    if (this.#pending.length === 0) return 0;
    const turn = this.#pending;
    const apart = this.#apart;
    const gathers = this.#isToBeGathered;
    // A write may have consequences, such as the `leave` of a member that is disconnected. They belong to the
    // next turn.
    this.#pending = [];
    this.#apart = new Map();
    this.#comingsAndGoings = 0;
    let deliveries = 0;
    for (const [lanes, gathering] of [
      [this.#lanes, false],
      [this.#gatheringLanes, gathers],
    ] as const) {
      for (const [format, lane] of lanes) {
        const telling = tellingOf(turn, format, gathering);
        for (const member of lane) {
          const part = apart.get(member);
          const { count, bytes } = part ? telling.part(part) : telling.whole;
          if (bytes.length > 0) writer.write(member, bytes);
          deliveries += count;
        }
      }
    }
    return deliveries;
  }

  /** Whether there is something to gather: a single join or leave is told as it is. */
  get #isToBeGathered(): boolean {
    return this.#comingsAndGoings > 1;
  }

  #lanesOf({ gathersPresence }: Member): Lanes {
    return gathersPresence ? this.#gatheringLanes : this.#lanes;
  }

  /** Sets a member apart: of this turn it gets only what is published from now on. */
  #setApart(member: Member): void {
    this.#apart.set(member, { from: this.#pending.length, own: [] });
  }
}
