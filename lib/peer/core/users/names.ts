/**
 * The names of users, which are unique in the whole network. Each name has a keeper, the next server on a ring of
 * hashes, and the server whose user holds the name has it written down there. When servers come and go, names are
 * written down anew with their new keepers. If two users turn out to hold one name, the later one has to give it up.
 * [PEERING 7]
 *
 * (Consistent hashing: Karger et al., 1997.)
 */
import { limits } from '../../../limits.js';
import {
  type Claimed,
  encodePeerFrame,
  type NameClaim,
  type RoutableFrame,
} from '../../../wire/peer-frame.js';
import type { Answers } from '../answers.js';
import type { SendTo } from '../streams/asks.js';
import { type NameRing, nameHash } from './name-ring.js';

type Claim = Extract<RoutableFrame, { type: 'claim' }>;

interface Claiming {
  readonly keeper: string;
  /** The requests so far: a claim is repeated until an answer comes, and the answer to any of them will do. */
  readonly requests: readonly number[];
  readonly againAtMs: number;
}

/** A name that a user here holds or wants. */
interface Held {
  readonly name: string;
  readonly sinceMs: number;
  readonly hash: number;
  /** The keeper that has written it down. */
  keeper: string | undefined;
  /** The claim that is under way. */
  claim: Claiming | undefined;
  /** Who waits to hear whether the name is granted, and until when. */
  wanted: { readonly untilMs: number; readonly done: (granted: boolean) => void } | undefined;
}

/** A name that this server keeps for the network. */
interface Kept {
  readonly node: string;
  readonly sinceMs: number;
  /** When it was last claimed, by this server's clock. */
  readonly atMs: number;
}

export interface NamesOptions {
  readonly ownNode: string;
  /** Sends a frame to any server in reach, also to this one itself. */
  readonly sendTo: SendTo;
  readonly answers: Answers;
  readonly reaches: (node: string) => boolean;
  /** A user elsewhere claimed a name earlier that a user here holds. */
  readonly nameLost: (name: string, sinceMs: number) => void;
}

export class Names {
  readonly #held = new Map<string, Held>();
  readonly #kept = new Map<string, Kept>();
  /** How many of the kept names each server holds. */
  readonly #keptByNode = new Map<string, number>();
  /** The held names that their keeper does not know of, or may not know of. */
  readonly #unsettled = new Set<Held>();
  #requests = 0;
  #ring: NameRing | undefined;
  #tidiedAtMs = 0;

  constructor(private readonly options: NamesOptions) {}

  /** Claims a name for a user here; `done` is told whether it is granted. */
  claim(name: string, sinceMs: number, nowMs: number, done: (granted: boolean) => void): void {
    const before = this.#held.get(name);
    if (before) this.#drop(before);
    const wanted = { untilMs: nowMs + limits.claimMs, done };
    const held: Held = { name, sinceMs, hash: nameHash(name), keeper: undefined, claim: undefined, wanted };
    this.#held.set(name, held);
    this.#unsettled.add(held);
    this.#sendClaims([held], nowMs);
  }

  /** Releases a name that a user here no longer holds. */
  release(name: string): void {
    const held = this.#held.get(name);
    if (!held) return;
    this.#drop(held);
    for (const keeper of new Set([held.keeper, held.claim?.keeper])) this.#giveUpAt(keeper, held);
  }

  /** Notes that other servers are in reach now, so that each name is written down with its new keeper. */
  ringChanged(ring: NameRing): void {
    this.#ring = ring;
    for (const held of this.#held.values()) {
      if (held.keeper !== undefined && held.keeper !== ring.keeperOf(held.hash)) this.#unsettled.add(held);
    }
  }

  tick(nowMs: number): void {
    if (nowMs - this.#tidiedAtMs >= limits.namesAgainMs) this.#tidy(nowMs);
    const due: Held[] = [];
    for (const held of this.#unsettled) {
      if (held.wanted && nowMs >= held.wanted.untilMs) this.#settleWish(held, true);
      // The user who waited for it may be gone, so that it was released at once.
      if (!this.#unsettled.has(held)) continue;
      if (held.claim && nowMs < held.claim.againAtMs && held.claim.keeper === this.#keeperOf(held)) continue;
      if (due.length < limits.claimsPerTick) due.push(held);
    }
    this.#sendClaims(due, nowMs);
  }

  /**
   * Writes names down anew now and then, in case a keeper lost one; and forgets kept names that nobody has claimed for
   * long.
   */
  #tidy(nowMs: number): void {
    this.#tidiedAtMs = nowMs;
    for (const held of this.#held.values()) this.#unsettled.add(held);
    // The map is in the order of the last claims.
    for (const [name, { atMs }] of this.#kept) {
      if (nowMs - atMs < 2.5 * limits.namesAgainMs) break;
      this.#unkeep(name);
    }
  }

  /** The server with the user of this name, as this keeper knows; undefined if it knows none. */
  whereIs(name: string): string | undefined {
    const kept = this.#kept.get(name);
    return kept && this.options.reaches(kept.node) ? kept.node : undefined;
  }

  /** The keeper of a name: the server to ask where the user is. */
  keeperOf(name: string): string {
    return this.#ring?.keeperOf(nameHash(name)) ?? this.options.ownNode;
  }

  // ---- As a keeper --------------------------------------------------------------------------------------------

  receiveClaim({ request, fresh, claims }: Claim, from: string, nowMs: number): void {
    const granted: NameClaim[] = [];
    const refused: string[] = [];
    for (const claim of claims) {
      const [name, sinceMs] = claim;
      if (this.#grant(name, { node: from, sinceMs, atMs: nowMs }, fresh)) granted.push(claim);
      else refused.push(name);
    }
    this.options.answers.send(from, () => encodePeerFrame({ type: 'claimed', request, granted, refused }));
  }

  receiveRelease(name: string, sinceMs: number, from: string): void {
    const kept = this.#kept.get(name);
    if (kept?.node === from && kept.sinceMs === sinceMs) this.#unkeep(name);
  }

  forgetNode(node: string): void {
    for (const [name, kept] of this.#kept) if (kept.node === node) this.#unkeep(name);
  }

  #grant(name: string, claim: Kept, fresh: boolean): boolean {
    const kept = this.#kept.get(name);
    const isTaken = kept !== undefined && kept.node !== claim.node && this.options.reaches(kept.node);
    if (isTaken) {
      // A new user never takes a name from one who has it, whatever the clocks say.
      if (fresh || !isEarlier(claim, kept)) return false;
      const { sinceMs, node } = kept;
      this.options.answers.send(node, () => encodePeerFrame({ type: 'contest', name, sinceMs }));
    }
    // Its holder has released the name and claimed it anew since. This claim is late, and once it is granted, the
    // holder will answer with a release.
    if (kept?.node === claim.node && kept.sinceMs > claim.sinceMs) {
      this.#keep(name, { ...kept, atMs: claim.atMs });
      return true;
    }
    const isFull = this.#kept.size >= limits.namesKept || this.#keptFor(claim.node) >= limits.namesPerServer;
    if (kept?.node !== claim.node && isFull) {
      this.#unkeep(name);
      return true;
    }
    this.#keep(name, claim);
    return true;
  }

  #keptFor(node: string): number {
    return this.#keptByNode.get(node) ?? 0;
  }

  /** Keeps a name. The names that were claimed last are at the end of the map. */
  #keep(name: string, claim: Kept): void {
    this.#unkeep(name);
    this.#kept.set(name, claim);
    this.#keptByNode.set(claim.node, this.#keptFor(claim.node) + 1);
  }

  #unkeep(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#kept.delete(name);
    const left = this.#keptFor(kept.node) - 1;
    if (left > 0) this.#keptByNode.set(kept.node, left);
    else this.#keptByNode.delete(kept.node);
  }

  // ---- As a holder --------------------------------------------------------------------------------------------

  receiveClaimed({ request, granted, refused }: Claimed, from: string): void {
    // A claim may reach its keeper after its release, by another route.
    for (const [name, sinceMs] of granted) {
      if (this.#held.get(name)?.sinceMs !== sinceMs)
        this.options.answers.send(from, () => encodePeerFrame({ type: 'release', name, sinceMs }));
    }
    const taken = new Set(refused);
    for (const held of [...this.#unsettled]) {
      if (held.claim?.keeper !== from || !held.claim.requests.includes(request)) continue;
      held.claim = undefined;
      if (taken.has(held.name)) {
        this.#refused(held);
        continue;
      }
      if (held.keeper !== from) this.#giveUpAt(held.keeper, held);
      held.keeper = from;
      if (this.#keeperOf(held) === from) this.#unsettled.delete(held);
      this.#settleWish(held, true);
    }
  }

  receiveContest(name: string, sinceMs: number, from: string): void {
    const held = this.#held.get(name);
    const isKeeper =
      held && (from === held.keeper || from === held.claim?.keeper || from === this.keeperOf(name));
    if (isKeeper && held.sinceMs === sinceMs) this.#refused(held);
  }

  #refused(held: Held): void {
    this.#drop(held);
    if (held.wanted) this.#settleWish(held, false);
    else this.options.nameLost(held.name, held.sinceMs);
  }

  #giveUpAt(keeper: string | undefined, { name, sinceMs }: Pick<Held, 'name' | 'sinceMs'>): void {
    if (keeper !== undefined)
      this.options.sendTo(keeper, encodePeerFrame({ type: 'release', name, sinceMs }));
  }

  #drop(held: Held): void {
    this.#unsettled.delete(held);
    if (this.#held.get(held.name) === held) this.#held.delete(held.name);
  }

  #settleWish(held: Held, granted: boolean): void {
    const { wanted } = held;
    held.wanted = undefined;
    wanted?.done(granted);
  }

  #sendClaims(all: readonly Held[], nowMs: number): void {
    const batches = new Map<string, Held[]>();
    for (const held of all) {
      const key = `${held.wanted !== undefined} ${this.#keeperOf(held)}`;
      const batch = batches.get(key);
      if (batch) batch.push(held);
      else batches.set(key, [held]);
    }
    for (const batch of batches.values()) {
      for (let at = 0; at < batch.length; at += limits.namesPerClaim) {
        this.#sendClaim(batch.slice(at, at + limits.namesPerClaim), nowMs);
      }
    }
  }

  /** @param batch names with one keeper, all of them wanted or all of them held */
  #sendClaim(batch: readonly Held[], nowMs: number): void {
    const [first] = batch;
    if (!first) return;
    const keeper = this.#keeperOf(first);
    const request = ++this.#requests;
    for (const held of batch) held.claim = claimAgain(held.claim, keeper, request, nowMs);
    const claims = batch.map(({ name, sinceMs }): [string, number] => [name, sinceMs]);
    const fresh = first.wanted !== undefined;
    this.options.sendTo(keeper, encodePeerFrame({ type: 'claim', request, fresh, claims }));
  }

  #keeperOf({ hash }: Held): string {
    return this.#ring?.keeperOf(hash) ?? this.options.ownNode;
  }
}

/** A claim with one more try; the pause until the next try doubles. */
function claimAgain(before: Claiming | undefined, keeper: string, request: number, nowMs: number): Claiming {
  const earlier = before?.keeper === keeper ? before.requests.slice(-limits.claimTries) : [];
  const waitMs = limits.claimAgainMs * 2 ** earlier.length;
  return { keeper, requests: [...earlier, request], againAtMs: nowMs + waitMs };
}

/**
 * Whether a claim counts before another: the earlier one does, and of two of the same time the one of the lower node
 * id.
 */
function isEarlier(a: Kept, b: Kept): boolean {
  return a.sinceMs === b.sinceMs ? a.node < b.node : a.sinceMs < b.sinceMs;
}
