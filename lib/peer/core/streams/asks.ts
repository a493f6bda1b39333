/**
 * Questions about channels: a server that begins to listen to a channel asks each server with members in it for a SYNC,
 * and waits for the answers before it tells its own member that the join is done. [PEERING 6.2, PROTOCOL 2]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import { encodePeerFrame } from '../../../wire/peer-frame.js';
import type { Answers } from '../answers.js';
import type { Interests } from '../map/interest.js';
import type { View } from '../map/view.js';
import type { Exchange } from './exchange.js';
import type { Stream } from './stream.js';

/** A join that waits for SYNCs. */
interface Waiting {
  readonly channel: string;
  /** The servers that have not answered yet. */
  readonly for: Set<string>;
  readonly untilMs: number;
  readonly done: () => void;
}

/** Sends a frame to any server in reach. */
export type SendTo = (node: string, inner: Buffer) => void;

export class Asks {
  readonly #waiting = new Map<string, Set<Waiting>>();
  /** The channels of which servers asked for a SYNC before their interest was known here, by server. */
  readonly #owed = new Map<string, Set<string>>();
  /** When SYNCs were sent in the last `limits.syncAgainMs`, by server and channel; the latest are last. */
  readonly #answered = new Map<string, number>();

  constructor(
    private readonly exchange: Exchange,
    private readonly interests: Interests,
    private readonly isPresent: (node: string) => boolean,
    private readonly sendTo: SendTo,
    private readonly answers: Answers,
  ) {}

  /**
   * Gets a channel ready for a member here.
   *
   * @param done is called once every server in reach with members in it has answered, or after
   *   `limits.joinBarrierMs`; at once if there is nobody to wait for
   */
  prepare(channel: string, view: View, nowMs: number, done: () => void): void {
    this.exchange.openStreams(channel, nowMs);
    const servers = new Set<string>();
    for (const { origin, hasRoster } of this.exchange.inbound.of(channel)) {
      if (!hasRoster && view.reaches(origin)) servers.add(origin);
    }
    if (servers.size === 0) {
      done();
      return;
    }
    const waiting = { channel, for: servers, untilMs: nowMs + limits.joinBarrierMs, done };
    const others = this.#waiting.get(channel);
    if (others) others.add(waiting);
    else this.#waiting.set(channel, new Set([waiting]));
    this.askFresh(view, nowMs);
  }

  /** Asks at once for the SYNCs that have just come to be needed. */
  askFresh(view: View, nowMs: number): void {
    this.#ask(this.exchange.inbound.needs.takeFresh(), view, nowMs);
  }

  /** Notes that a stream has got its SYNC or is closed: nobody waits for it any longer. */
  settled({ channel, origin }: Pick<Stream, 'channel' | 'origin'>): void {
    for (const waiting of this.#waiting.get(channel) ?? []) {
      if (waiting.for.delete(origin) && waiting.for.size === 0) this.#finish(waiting);
    }
  }

  /** Answers another server that asks where this server's streams stand. */
  receiveAsk(channels: readonly string[], from: string, nowMs: number): void {
    for (const channel of channels) {
      if (this.interests.isInterested(from, channel)) this.#answer(from, channel, nowMs);
      else this.#owe(from, channel);
    }
  }

  /** Answers what a server asked for before its interest was known. */
  becameInterested(node: string, channel: string, nowMs: number): void {
    const owed = this.#owed.get(node);
    if (!owed?.delete(channel)) return;
    if (owed.size === 0) this.#owed.delete(node);
    this.#answer(node, channel, nowMs);
  }

  forgetNode(node: string): void {
    this.#owed.delete(node);
  }

  tick(view: View, nowMs: number): void {
    for (const [answered, atMs] of this.#answered) {
      if (nowMs - atMs < limits.syncAgainMs) break;
      this.#answered.delete(answered);
    }
    this.exchange.inbound.needs.takeFresh();
    this.#ask(this.exchange.inbound.needs.all(), view, nowMs);
    for (const waitings of this.#waiting.values()) {
      for (const waiting of waitings) {
        for (const node of waiting.for) if (!view.reaches(node)) waiting.for.delete(node);
        if (waiting.for.size === 0 || nowMs >= waiting.untilMs) this.#finish(waiting);
      }
    }
  }

  /** Asks for the SYNCs that are due. */
  #ask(streams: Iterable<Stream>, view: View, nowMs: number): void {
    const channels = new Map<string, string[]>();
    let room: number = limits.asksPerTick;
    for (const stream of streams) {
      if (room === 0) break;
      if (!view.reaches(stream.origin) || !this.exchange.inbound.needs.mayAsk(stream, nowMs)) continue;
      const ofOrigin = channels.get(stream.origin);
      if (ofOrigin) ofOrigin.push(stream.channel);
      else channels.set(stream.origin, [stream.channel]);
      room--;
    }
    for (const [origin, all] of channels) {
      for (let at = 0; at < all.length; at += limits.channelsPerAsk) {
        const part = all.slice(at, at + limits.channelsPerAsk);
        this.sendTo(origin, encodePeerFrame({ type: 'ask', channels: part }));
      }
    }
  }

  #answer(node: string, channel: string, nowMs: number): void {
    const answered = `${node} ${channel}`;
    if (nowMs - (this.#answered.get(answered) ?? Number.NEGATIVE_INFINITY) < limits.syncAgainMs) return;
    const isSent = this.answers.send(node, () =>
      encodePeerFrame(this.exchange.stateFor(node, channel, nowMs)),
    );
    if (!isSent) return;
    this.#answered.delete(answered);
    this.#answered.set(answered, nowMs);
  }

  #owe(node: string, channel: string): void {
    if (!this.isPresent(node)) return;
    let owed = this.#owed.get(node);
    if (!owed) {
      owed = new Set();
      this.#owed.set(node, owed);
    }
    // What is left out here will be asked for again.
    if (owed.size < limits.channelsPerAsk) owed.add(channel);
  }

  #finish(waiting: Waiting): void {
    const others = this.#waiting.get(waiting.channel);
    others?.delete(waiting);
    if (others?.size === 0) this.#waiting.delete(waiting.channel);
    waiting.done();
  }
}
