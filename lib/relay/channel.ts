/**
 * A channel: its members here, and what was said in it during this turn of the event loop.
 *
 * What is published is only noted. At the end of the turn `flush` encodes it once for each lane (the members to
 * whom the very same bytes go) and hands every member of the lane the same Buffer. Two kinds of member get bytes
 * of their own: who spoke in the turn (not told what they said), and who joined in its midst (not told what came
 * before).
 */
import type { BatchWriter } from '../wire/framing.js';
import type { Published } from './published.js';
import type { LaneFormat, Session } from './session.js';

interface Pending {
  readonly message: Published;
  readonly speaker: Session | undefined;
}

/** What one lane is sent for a turn: all of it, and where each message ends. */
interface Encoded {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

export class Channel {
  readonly #lanes = new Map<LaneFormat, Set<Session>>();
  #pending: Pending[] = [];
  /** Members who do not get the whole turn: the index of the first message for them. */
  readonly #apart = new Map<Session, number>();
  #size = 0;

  constructor(readonly name: string) {}

  /** How many members are on this server. */
  get size(): number {
    return this.#size;
  }

  *members(): Iterable<Session> {
    for (const lane of this.#lanes.values()) yield* lane;
  }

  /** Adds a member, who hears what is published from now on. */
  add(session: Session): void {
    let lane = this.#lanes.get(session.format);
    if (!lane) {
      lane = new Set();
      this.#lanes.set(session.format, lane);
    }
    lane.add(session);
    this.#size++;
    if (this.#pending.length > 0) this.#apart.set(session, this.#pending.length);
  }

  /** Removes a member; what was published until now must have reached it by `catchUp`, or never will. */
  remove(session: Session): void {
    const lane = this.#lanes.get(session.format);
    if (!lane?.delete(session)) return;
    this.#size--;
    this.#apart.delete(session);
    if (lane.size === 0) this.#lanes.delete(session.format);
  }

  /**
   * Notes something for all members but the speaker.
   *
   * @returns whether it is the first of this turn, so that somebody must see to the flush
   */
  publish(message: Published, speaker?: Session): boolean {
    if (speaker && !this.#apart.has(speaker)) this.#apart.set(speaker, 0);
    return this.#pending.push({ message, speaker }) === 1;
  }

  /** Hands one member all that was published until now, ahead of the others: before it is told something else. */
  catchUp(session: Session, writer: BatchWriter): void {
    if (this.#pending.length === 0) return;
    const { bytes } = this.#partFor(session, this.#encode(session.format, writer));
    if (bytes.length > 0) session.outbox.reply(bytes);
    this.#apart.set(session, this.#pending.length);
  }

  /**
   * Ends the turn: one encoding a lane, one write a member.
   *
   * @returns how many messages were handed to members, counted once for each
   */
  flush(writer: BatchWriter): number {
    let deliveries = 0;
    for (const [format, lane] of this.#lanes) {
      const whole = this.#encode(format, writer);
      for (const member of lane) {
        const { bytes, ends } = this.#apart.has(member) ? this.#partFor(member, whole) : whole;
        if (bytes.length > 0) member.outbox.write(bytes);
        deliveries += ends.length;
      }
    }
    this.#pending = [];
    this.#apart.clear();
    return deliveries;
  }

  #encode(format: LaneFormat, writer: BatchWriter): Encoded {
    const ends = this.#pending.map(({ message }) => {
      const text = format.encode(message);
      if (text !== '') writer.add(format.framing, text);
      return writer.length;
    });
    return { bytes: writer.take(), ends };
  }

  /** The part of a turn that is for a member apart: from its first message on, without its own. */
  #partFor(member: Session, whole: Encoded): Encoded {
    const parts: Buffer[] = [];
    const ends: number[] = [];
    for (let i = this.#apart.get(member) ?? 0; i < this.#pending.length; i++) {
      if (this.#pending[i]?.speaker === member) continue;
      const end = whole.ends[i] ?? 0;
      parts.push(whole.bytes.subarray(whole.ends[i - 1] ?? 0, end));
      ends.push(end);
    }
    const [only] = parts;
    return { bytes: parts.length === 1 && only ? only : Buffer.concat(parts), ends };
  }
}
