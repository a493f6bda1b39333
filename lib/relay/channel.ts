/**
 * A channel: its members here, and what was said in it and they have not been told.
 *
 * What is published is only noted. At the end of the turn, or once it is very much, `flush` encodes it once for each
 * lane (the members to whom the very same bytes go) and hands every member of the lane the same Buffer. Two kinds of
 * member get bytes of their own: who spoke in the turn (not told what they said), and who joined in its midst (not
 * told what came before).
 */
import { limits } from '../limits.js';
import type { ChannelEvent } from '../wire/messages.js';
import type { Published } from '../wire/published.js';
import type { LaneFormat, Outbox } from './connection.js';
import { MemberList } from './member-list.js';
import { type Part, tellingOf } from './telling.js';

/** A session, as its channels see it. */
export interface Member {
  readonly format: LaneFormat;
  readonly outbox: Outbox;
  /** Those that it is in. */
  readonly channels: { readonly size: number };
  readonly closed: boolean;
  /** Whether it is told in one message who came and left. */
  readonly gathersPresence: boolean;
}

/** Takes what a channel has for its members. */
export interface MemberWriter {
  write(member: Member, bytes: Buffer): void;
}

type Lanes = Map<LaneFormat, Set<Member>>;

export class Channel {
  readonly #lanes: Lanes = new Map();
  /** Of members who are told presence gathered. */
  readonly #gatheringLanes: Lanes = new Map();
  #pending: Published[] = [];
  /** How much of that is that somebody came or left. */
  #comingsAndGoings = 0;
  /** Of that, what members here did and the other servers have not been told. */
  #untold: Published<ChannelEvent>[] = [];
  /** Members who do not get the whole turn. */
  #apart = new Map<Member, Part>();
  #size = 0;

  /** @param list who is in it elsewhere */
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

  /** Removes a member; what was published until now must have reached it by `catchUp`, or never will. */
  remove(member: Member): void {
    const lanes = this.#lanesOf(member);
    const lane = lanes.get(member.format);
    if (!lane?.delete(member)) return;
    this.#size--;
    this.#apart.delete(member);
    if (lane.size === 0) lanes.delete(member.format);
  }

  /** Notes something for all members but the speaker. */
  publish(message: Published, speaker?: Member): void {
    if (speaker) {
      const own = this.#apart.get(speaker)?.own;
      if (own) own.push(this.#pending.length);
      else this.#apart.set(speaker, { from: 0, own: [this.#pending.length] });
    }
    this.#pending.push(message);
    if (message.type === 'join' || message.type === 'leave') this.#comingsAndGoings++;
  }

  /** Notes what a member here did, for the other servers. */
  noteForNetwork(event: Published<ChannelEvent>): void {
    this.#untold.push(event);
  }

  /** What the other servers are to be told now, in its order. */
  takeUntold(): readonly Published<ChannelEvent>[] {
    const untold = this.#untold;
    if (untold.length > 0) this.#untold = [];
    return untold;
  }

  /** Whether so much was published that it is not to wait for the end of the turn. */
  get isFull(): boolean {
    return this.#pending.length >= limits.turnMessages;
  }

  /** Whether all that is to be told is who came and left, and to so many that it may wait a little. */
  get mayWait(): boolean {
    const { length } = this.#pending;
    return length > 0 && length === this.#comingsAndGoings && this.#size > limits.presenceAtOnceMembers;
  }

  /** Hands one member all that was published until now, ahead of the others: before it is told something else. */
  catchUp(member: Member): void {
    if (this.#pending.length === 0) return;
    const telling = tellingOf(this.#pending, member.format, member.gathersPresence && this.#isToBeGathered);
    const { bytes } = telling.part(this.#apart.get(member) ?? { from: 0, own: [] });
    if (bytes.length > 0) member.outbox.reply(bytes);
    this.#setApart(member);
  }

  /** The same for a member that is about to leave; where there are many it is spared who came and left of late. */
  catchUpBeforeLeaving(member: Member): void {
    if (!this.mayWait) this.catchUp(member);
  }

  /**
   * Sends what was published: one encoding a lane, one write a member.
   *
   * @param writer takes what is for each member
   * @returns how many messages were handed to members, counted once for each
   */
  flush(writer: MemberWriter): number {
    if (this.#pending.length === 0) return 0;
    const turn = this.#pending;
    const apart = this.#apart;
    const gathers = this.#isToBeGathered;
    // Whatever a member's outbox makes of this turn, such as its `leave`, belongs to the next.
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

  /** Fewer than two comings and goings are told as they are. */
  get #isToBeGathered(): boolean {
    return this.#comingsAndGoings > 1;
  }

  #lanesOf({ gathersPresence }: Member): Lanes {
    return gathersPresence ? this.#gatheringLanes : this.#lanes;
  }

  /** A member who gets only what is published from now on. */
  #setApart(member: Member): void {
    this.#apart.set(member, { from: this.#pending.length, own: [] });
  }
}
