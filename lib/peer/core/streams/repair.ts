/**
 * Repairs streams: asks for events that were missed, in gaps and at the ends of streams. [PEERING 6.3]
 */
import { limits } from '../../../limits.js';
import { asResent, lastSeq } from '../../../wire/peer-event.js';
import { encodePeerFrame, type Heads, type RoutableFrame } from '../../../wire/peer-frame.js';
import type { Interests } from '../map/interest.js';
import type { Routes } from '../map/routes.js';
import type { View } from '../map/view.js';
import type { Exchange } from './exchange.js';
import { mayPull } from './gaps.js';
import type { Gap, Stream } from './stream.js';

export interface RepairEffects {
  /** Sends a frame to any server in reach. */
  sendTo(node: string, inner: Buffer): void;
  /** Answers a server that asked for something. @returns whether the answer was sent */
  answer(node: string, make: () => Buffer): boolean;
  /** Answers it with events, which full links may drop. @returns whether the answer was sent */
  resend(node: string, make: () => Buffer): boolean;
  sendToNeighbour(node: string, bytes: Buffer): void;
  neighbours(): Iterable<string>;
}

export interface RepairCounters {
  /** Events that this server asked for. */
  pulled: number;
  /** Events that this server sent because others asked for them. */
  resent: number;
  /** Events that this server gave up. */
  missed: number;
}

type Pull = Extract<RoutableFrame, { type: 'pull' }>;
type Miss = Extract<RoutableFrame, { type: 'miss' }>;

export class Repair {
  readonly counters: RepairCounters = { pulled: 0, resent: 0, missed: 0 };
  /** When all live heads are to be told, because the map has changed. */
  #headsAtMs: number | undefined;

  constructor(
    private readonly ownNode: string,
    private readonly exchange: Exchange,
    private readonly interests: Interests,
    private readonly routes: Routes,
    private readonly effects: RepairEffects,
  ) {}

  /** Notes that routes have changed, and that events on their way may have been lost: all live heads are told soon. */
  viewChanged(nowMs: number): void {
    this.#headsAtMs ??= nowMs + limits.headsAfterChangeMs;
  }

  tick(view: View, nowMs: number): void {
    for (const stream of this.exchange.inbound.gaps) this.#tryToClose(stream, view, nowMs);
    const isDue = this.#headsAtMs !== undefined && nowMs >= this.#headsAtMs;
    if (isDue) this.#headsAtMs = undefined;
    const { own } = this.exchange;
    const heads = [...(isDue ? own.liveHeads() : own.takeHeads(nowMs)), ...own.takeRound(nowMs)];
    this.#tellHeads(view, { type: 'heads', origin: this.ownNode, hopsLeft: hopsFor(view), heads });
  }

  /** Receives the heads of another origin's streams, and sends them on down its tree. */
  receiveHeads(frame: Heads, sentBy: string, view: View, nowMs: number): void {
    const { origin, hopsLeft, heads } = frame;
    for (const [channel, seq] of heads) {
      const stream = this.exchange.inbound.get(origin, channel);
      if (stream) this.exchange.inbound.noteHead(stream, seq, nowMs);
    }
    // They are sent on only if they came down the tree: where maps differ, others could go round in circles.
    if (hopsLeft > 1 && this.#parentTowards(origin, view) === sentBy)
      this.#tellHeads(view, { ...frame, hopsLeft: hopsLeft - 1 });
  }

  /**
   * Receives a PULL of a server that lacks events. It may be forged in that server's name, so it brings only events
   * that the server would have got anyway, and each run once.
   *
   * @param ranges the ranges of missing numbers, in order and not overlapping
   */
  receivePull({ origin, channel, ranges }: Pull, from: string): void {
    // If its interest is not known here yet, it gets no answer. A MISS would make it give up.
    if (!this.interests.isInterested(from, channel)) return;
    const missing: [number, number][] = [];
    let room = 2 * limits.pullEvents;
    let next = 0;
    for (const [first, last] of ranges) {
      next = Math.max(next, first);
      while (next <= last && room > 0) {
        const run = this.exchange.retained.get(origin, channel, next);
        const end = run ? lastSeq(run) + 1 : next + 1;
        if (run) {
          if (!this.effects.resend(from, () => asResent(run.bytes))) return;
          this.counters.resent += run.count;
        } else addTo(missing, next);
        room -= end - next;
        next = end;
      }
    }
    if (missing.length === 0) return;
    const miss: Miss = { type: 'miss', origin, channel, ranges: missing.slice(0, limits.rangesPerFrame) };
    this.effects.answer(from, () => encodePeerFrame(miss));
  }

  /** Receives a MISS: the server that was asked does not have the events, or not any more. */
  receiveMiss({ origin, channel, ranges }: Miss, from: string, nowMs: number): void {
    const stream = this.exchange.inbound.get(origin, channel);
    if (!stream?.gap) return;
    stream.gap.pullAtMs = nowMs;
    if (from !== origin) return;
    // If the origin itself does not have the events, nobody else needs to be asked.
    for (const [first, last] of ranges) {
      if (first <= stream.watermark + 1) this.#giveUp(stream, Math.min(last, stream.head), nowMs);
    }
  }

  #tryToClose(stream: Stream, view: View, nowMs: number): void {
    const { gap } = stream;
    if (!gap) return;
    if (nowMs - gap.sinceMs >= limits.gapMs) {
      const [first] = this.exchange.inbound.missing(stream);
      this.#giveUp(stream, first?.[1] ?? stream.head, nowMs);
      return;
    }
    if (!mayPull(gap, view.distanceTo(stream.origin) ?? 0, nowMs)) return;
    const node = this.#whomToAsk(stream, gap, view);
    gap.attempt++;
    if (node === undefined) return;
    const { origin, channel } = stream;
    const ranges = this.exchange.inbound.missing(stream);
    for (const [first, last] of ranges) this.counters.pulled += last - first + 1;
    this.effects.sendTo(node, encodePeerFrame({ type: 'pull', origin, channel, ranges }));
  }

  /**
   * The server to ask next: first the neighbour that sent what came ahead of the gap, because it probably has the rest
   * too; then the origin; then all other neighbours.
   */
  #whomToAsk({ origin, channel }: Stream, gap: Gap, view: View): string | undefined {
    const hasIt = (node: string) => node === origin || this.interests.isInterested(node, channel);
    const candidates = new Set<string>();
    if (gap.sentBy !== undefined && hasIt(gap.sentBy) && view.reaches(gap.sentBy)) candidates.add(gap.sentBy);
    if (view.reaches(origin)) candidates.add(origin);
    for (const node of this.effects.neighbours()) if (hasIt(node)) candidates.add(node);
    return [...candidates][gap.attempt % Math.max(1, candidates.size)];
  }

  #giveUp(stream: Stream, seq: number, nowMs: number): void {
    this.counters.missed += Math.max(0, seq - stream.watermark);
    this.exchange.carryOut(this.exchange.inbound.skip(stream, seq, nowMs), nowMs);
  }

  /** Sends heads along the origin's tree, each to where its channel has members. */
  #tellHeads(view: View, { origin, hopsLeft, heads }: Heads): void {
    const toTell = new Map<string, (readonly [string, number])[]>();
    for (const head of heads) {
      for (const neighbour of this.routes.next(view, origin, head[0])) {
        const told = toTell.get(neighbour);
        if (told) told.push(head);
        else toTell.set(neighbour, [head]);
      }
    }
    for (const [neighbour, told] of toTell) {
      for (let at = 0; at < told.length; at += limits.headsPerFrame) {
        const part = told.slice(at, at + limits.headsPerFrame);
        this.effects.sendToNeighbour(
          neighbour,
          encodePeerFrame({ type: 'heads', origin, hopsLeft, heads: part }),
        );
      }
    }
  }

  #parentTowards(origin: string, view: View): string | undefined {
    const root = view.placeOf(origin);
    return root === undefined ? undefined : view.nodeAt(view.parentsFrom(root)[view.own] ?? -1);
  }
}

/** The hops that heads may take: enough for the longest route, also if the map is a little different elsewhere. */
function hopsFor(view: View): number {
  return Math.min(limits.hops, view.size + 4);
}

function addTo(ranges: [number, number][], seq: number): void {
  const last = ranges.at(-1);
  if (last?.[1] === seq - 1) last[1] = seq;
  else ranges.push([seq, seq]);
}
