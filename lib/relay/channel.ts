/**
 * A channel: its members here, and what was said in it during this turn of the event loop.
 *
 * What is published is only noted. At the end of the turn, or once it is very much, `flush` encodes it once for each
 * lane (the members to whom the very same bytes go) and hands every member of the lane the same Buffer. Two kinds of
 * member get bytes of their own: who spoke in the turn (not told what they said), and who joined in its midst (not
 * told what came before).
 */
import { limits } from '../limits.js';
import { type Framed, frameAll } from '../wire/framing.js';
import type { ChannelEvent } from '../wire/messages.js';
import type { Published } from '../wire/published.js';
import type { LaneFormat, Outbox } from './connection.js';
import { MemberList } from './member-list.js';

/** A session, as its channels see it. */
export interface Member {
  readonly format: LaneFormat;
  readonly outbox: Outbox;
  /** Those that it is in. */
  readonly channels: { readonly size: number };
  readonly closed: boolean;
}

/** Takes what a channel has for its members. */
export interface MemberWriter {
  write(member: Member, bytes: Buffer): void;
}

/** What of a turn is for a member apart: from this message on, without those that are its own. */
interface Part {
  readonly from: number;
  readonly own: number[];
}

export class Channel {
  readonly #lanes = new Map<LaneFormat, Set<Member>>();
  #pending: Published[] = [];
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
    let lane = this.#lanes.get(member.format);
    if (!lane) {
      lane = new Set();
      this.#lanes.set(member.format, lane);
    }
    lane.add(member);
    this.#size++;
    if (this.#pending.length > 0) this.#setApart(member);
  }

  /** Removes a member; what was published until now must have reached it by `catchUp`, or never will. */
  remove(member: Member): void {
    const lane = this.#lanes.get(member.format);
    if (!lane?.delete(member)) return;
    this.#size--;
    this.#apart.delete(member);
    if (lane.size === 0) this.#lanes.delete(member.format);
  }

  /** Notes something for all members but the speaker. */
  publish(message: Published, speaker?: Member): void {
    if (speaker) {
      const own = this.#apart.get(speaker)?.own;
      if (own) own.push(this.#pending.length);
      else this.#apart.set(speaker, { from: 0, own: [this.#pending.length] });
    }
    this.#pending.push(message);
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

  /** Hands one member all that was published until now, ahead of the others: before it is told something else. */
  catchUp(member: Member): void {
    if (this.#pending.length === 0) return;
    const { from, own } = this.#apart.get(member) ?? { from: 0, own: [] };
    const rest = encode(this.#pending.slice(from), member.format);
    const bytes = partOf(rest, { from: 0, own: own.map((index) => index - from) });
    if (bytes.length > 0) member.outbox.reply(bytes);
    this.#setApart(member);
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
    // Whatever a member's outbox makes of this turn, such as its `leave`, belongs to the next.
    this.#pending = [];
    this.#apart = new Map();
    let deliveries = 0;
    for (const [format, lane] of this.#lanes) {
      // Made when somebody is to hear it: often the only member here is who spoke.
      let whole: Framed | undefined;
      for (const member of lane) {
        const part = apart.get(member);
        const heard = part ? turn.length - part.from - part.own.length : turn.length;
        if (heard === 0) continue;
        whole ??= encode(turn, format);
        const bytes = part ? partOf(whole, part) : whole.bytes;
        if (bytes.length > 0) writer.write(member, bytes);
        deliveries += heard;
      }
    }
    return deliveries;
  }

  /** A member who gets only what is published from now on. */
  #setApart(member: Member): void {
    this.#apart.set(member, { from: this.#pending.length, own: [] });
  }
}

function encode(messages: readonly Published[], format: LaneFormat): Framed {
  return frameAll(
    format.framing,
    messages.map((message) => format.encode(message)),
  );
}

/** The bytes of a part: of the shared ones, unless messages in their midst are left out. */
function partOf({ bytes, ends }: Framed, { from, own }: Part): Buffer {
  const startOf = (index: number): number => ends[index - 1] ?? 0;
  const runs: Buffer[] = [];
  let start = from;
  for (const left of [...own, ends.length]) {
    const run = bytes.subarray(startOf(start), startOf(left));
    if (run.length > 0) runs.push(run);
    start = left + 1;
  }
  const [only] = runs;
  return runs.length === 1 && only ? only : Buffer.concat(runs);
}
