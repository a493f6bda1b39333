/**
 * This server's own interest: what it tells of itself, when, and for how long after the last member left. [PEERING 4.2]
 */
import { limits } from '../../../limits.js';
import type { InterestChange, InterestFrame } from '../../../wire/peer-frame.js';
import type { Crypto, Identity } from '../identity.js';
import { Pace } from '../pace.js';
import {
  digestAfter,
  digestText,
  entryHash,
  type InterestHead,
  inParts,
  noInterest,
  RecentInterest,
  signedInterest,
} from './interest-frames.js';

export class OwnInterest {
  /** The table as it was told last. */
  readonly #members = new Map<string, number>();
  /** Changes to be told. */
  readonly #changed = new Map<string, number>();
  /** Channels without members whose interest is kept up, and until when. */
  readonly #lingering = new Map<string, number>();
  readonly #recent = new RecentInterest();
  readonly #pace = new Pace(limits.interestMs, limits.interestBurst, limits.interestSustainedMs);
  #head: InterestHead = { version: 0, digest: 0n, signature: '' };
  /** Whether a channel is new, so that somebody waits for the change to be told. */
  #isUrgent = false;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly identity: Identity,
    private readonly crypto: Crypto,
  ) {}

  get version(): number {
    return this.#head.version;
  }

  has(channel: string): boolean {
    const change = this.#changed.get(channel);
    return change === undefined ? this.#members.has(channel) : change !== noInterest;
  }

  /** Becomes interested in a channel that somebody is about to join. */
  raise(channel: string, nowMs: number): void {
    if (!this.has(channel) || this.#lingering.has(channel)) this.#linger(channel, nowMs);
  }

  /** Notes how many members a channel has here now. */
  setMembers(channel: string, members: number, nowMs: number): void {
    if (members === 0) {
      this.#linger(channel, nowMs);
      return;
    }
    this.#lingering.delete(channel);
    this.#set(channel, roundedCount(members));
  }

  /** Gives up the channels that have had no members for long enough, and returns them. */
  takeIdle(nowMs: number): string[] {
    const idle: string[] = [];
    // The map is in the order of the deadlines.
    for (const [channel, dueMs] of this.#lingering) {
      if (nowMs < dueMs) break;
      this.#lingering.delete(channel);
      this.#set(channel, noInterest);
      idle.push(channel);
    }
    return idle;
  }

  /** The signed frames of what is to be told now; none if there is nothing to tell, or it is too early. */
  takeNews(nowMs: number): InterestFrame[] {
    const isTime = this.#isUrgent || nowMs - this.#toldAtMs >= limits.interestCountsMs;
    if (this.#changed.size === 0 || !isTime || !this.#pace.mayGo(nowMs)) return [];
    this.#toldAtMs = nowMs;
    this.#isUrgent = false;
    const from = this.#head.version;
    const changes: InterestChange[] = [...this.#changed];
    this.#changed.clear();
    this.#head = this.#nextHead(changes);
    for (const [channel, count] of changes) {
      if (count === noInterest) this.#members.delete(channel);
      else this.#members.set(channel, count);
    }
    const frames = [...inParts(this.identity.node, from, this.#head, changes)];
    this.#recent.push(frames);
    return frames;
  }

  /** The frames that a server needs that has a certain version, up to what was told last. */
  *since(version: number): Iterable<InterestFrame> {
    if (this.version <= version) return;
    const changes = version > 0 ? this.#recent.since(version) : undefined;
    yield* changes ?? inParts(this.identity.node, 0, this.#head, [...this.#members]);
  }

  #linger(channel: string, nowMs: number): void {
    this.#lingering.delete(channel);
    this.#lingering.set(channel, nowMs + limits.interestLingerMs);
    this.#set(channel, 0);
  }

  #set(channel: string, count: number): void {
    // A channel that is new, or that is to be listed from now on.
    if (count !== noInterest && !this.has(channel)) this.#isUrgent = true;
    if (count > 0 && (this.#members.get(channel) ?? 0) <= 0) this.#isUrgent = true;
    if (count === (this.#members.get(channel) ?? noInterest)) this.#changed.delete(channel);
    else this.#changed.set(channel, count);
  }

  #nextHead(changes: readonly InterestChange[]): InterestHead {
    const digest = digestAfter(
      this.#head.digest,
      changes,
      (channel) => this.#members.get(channel),
      (channel, count) => entryHash(this.crypto, channel, count),
    );
    const version = this.#head.version + 1;
    const { node } = this.identity;
    return {
      version,
      digest,
      signature: this.identity.sign(signedInterest(node, version, digestText(digest))),
    };
  }
}

/** Rounds a count: exact up to 16, then to three binary digits, so that it seldom changes when somebody comes or goes. */
export function roundedCount(members: number): number {
  if (members <= 16) return members;
  const step = 2 ** (Math.floor(Math.log2(members)) - 3);
  return Math.round(members / step) * step;
}
