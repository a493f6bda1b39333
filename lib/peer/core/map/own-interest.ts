/**
 * This server's own interest: what it says of itself, when, and for how long after the last member left. [PEERING 4.2]
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
  /** As told. */
  readonly #members = new Map<string, number>();
  /** To be told. */
  readonly #changed = new Map<string, number>();
  /** Channels without members, and until when they are kept up. */
  readonly #lingering = new Map<string, number>();
  readonly #recent = new RecentInterest();
  readonly #pace = new Pace(limits.interestMs, limits.interestBurst, limits.interestSustainedMs);
  #head: InterestHead = { version: 0, digest: 0n, signature: '' };
  /** Somebody waits for it: a channel is new. */
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

  /** Somebody is about to join. */
  raise(channel: string, nowMs: number): void {
    if (!this.has(channel) || this.#lingering.has(channel)) this.#linger(channel, nowMs);
  }

  /** How many members a channel has here now. */
  setMembers(channel: string, members: number, nowMs: number): void {
    if (members === 0) {
      this.#linger(channel, nowMs);
      return;
    }
    this.#lingering.delete(channel);
    this.#set(channel, roundedCount(members));
  }

  /** Gives up channels that had no members for long, and returns them. */
  takeIdle(nowMs: number): string[] {
    const idle: string[] = [];
    // In the order of their deadlines.
    for (const [channel, dueMs] of this.#lingering) {
      if (nowMs < dueMs) break;
      this.#lingering.delete(channel);
      this.#set(channel, noInterest);
      idle.push(channel);
    }
    return idle;
  }

  /** What is to be told now, signed, in parts; nothing while there is nothing, or it is not time. */
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

  /** What brings somebody from a version to what was told last. */
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
    // A channel that is new, or is one to be listed from now on.
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

/** Exact for few; for many, three binary digits: who comes or goes then seldom changes it. */
export function roundedCount(members: number): number {
  if (members <= 16) return members;
  const step = 2 ** (Math.floor(Math.log2(members)) - 3);
  return Math.round(members / step) * step;
}
