/**
 * Addresses of other servers: those the operator asked for, those other servers told of, and when to dial which.
 * [PEERING 3.5]
 */
import { backoffMs } from '../../../backoff.js';
import { limits } from '../../../limits.js';
import { type Address, addressKey } from '../../../wire/address.js';

const redialBounds = { minMs: limits.redialMinMs, maxMs: limits.redialMaxMs };

interface Entry {
  readonly address: Address;
  /** The operator asked for it: it is dialled until told otherwise. */
  byHand: boolean;
  /** Where this server reached it itself, as others may be told; undefined before it did. */
  reachedAt: Address | undefined;
  /** Whether this server only wants to know that the address is right. */
  toProbe: boolean;
  /** Who answered there last. */
  node: string | undefined;
  dialling: boolean;
  tries: number;
  notBeforeMs: number;
  dialledAtMs: number;
  /** About when somebody was last met there. */
  lastSeenMs: number;
  /** It was dialled of late, and who answered is still who is there. */
  isFresh: boolean;
  /** It led to this server itself when it was dialled last. */
  isSelf: boolean;
}

export interface Dial {
  readonly address: Address;
  readonly probe: boolean;
}

export interface Neighbourhood {
  isLinked(node: string): boolean;
  /** Whether the map has a way to it. */
  isReachable(node: string): boolean;
  /** Links that this server made without being asked to. */
  readonly ownLinks: number;
}

export class AddressBook {
  readonly #entries = new Map<string, Entry>();
  /** Addresses and nodes not to be dialled: this server itself, and whom the operator disconnected. */
  readonly #own = new Set<string>();
  readonly #refused = new Set<string>();

  #foundNotBeforeMs = Number.NEGATIVE_INFINITY;
  #islandsNotBeforeMs = Number.NEGATIVE_INFINITY;

  /**
   * @param random from 0 to 1, for jitter and for choosing
   * @param discovers whether addresses that nobody asked for by hand are believed, told and dialled
   */
  constructor(
    private readonly random: () => number,
    private readonly discovers = true,
  ) {}

  /** The operator wants a link there. It is dialled at the next chance, and again whenever it is lost. */
  want(address: Address, nowMs: number): void {
    const entry = this.#entryFor(address, nowMs);
    entry.byHand = true;
    entry.toProbe = false;
    entry.tries = 0;
    entry.notBeforeMs = nowMs;
    this.#own.delete(addressKey(address));
    this.#refused.delete(addressKey(address));
    if (entry.node !== undefined) this.#refused.delete(entry.node);
  }

  /** The operator no longer wants these; nor are they dialled for any other reason, or let in. */
  refuse(node: string, addresses: readonly Address[]): void {
    this.#refused.add(node);
    for (const entry of this.#entries.values()) {
      if (
        entry.node === node ||
        addresses.some((address) => addressKey(address) === addressKey(entry.address))
      ) {
        this.#refused.add(addressKey(entry.address));
        this.#entries.delete(addressKey(entry.address));
      }
    }
  }

  /**
   * The operator no longer wants an address that was asked for by hand, or that is being dialled; a dial that is under
   * way comes to nothing. Returns whether there was such a one.
   */
  giveUp(address: Address): boolean {
    const entry = this.#entries.get(addressKey(address));
    if (!entry?.byHand && !entry?.dialling) return false;
    this.#refused.add(addressKey(address));
    return this.#entries.delete(addressKey(address));
  }

  /** Who answered at an address last. */
  nodeAt(address: Address): string | undefined {
    return this.#entries.get(addressKey(address))?.node;
  }

  /** Where somebody was met under an address last; the address itself if nobody was. */
  reachedAt(address: Address): Address {
    return this.#entries.get(addressKey(address))?.reachedAt ?? address;
  }

  isRefused(node: string): boolean {
    return this.#refused.has(node);
  }

  /** Whether an address was given up after it was dialled. */
  isGivenUp(address: Address): boolean {
    return this.#refused.has(addressKey(address));
  }

  /** Lets a node in again. */
  allow(node: string): void {
    this.#refused.delete(node);
  }

  isWanted(address: Address): boolean {
    return this.#entries.get(addressKey(address))?.byHand === true;
  }

  /** Addresses the operator asked for. */
  wanted(): readonly Readonly<Pick<Entry, 'address' | 'node' | 'tries' | 'isSelf'>>[] {
    return [...this.#entries.values()].filter((entry) => entry.byHand);
  }

  /** Another server told of these. */
  heardOf(addresses: readonly Address[], nowMs: number): void {
    for (const address of addresses) this.#found(address, nowMs);
  }

  /** A server that dialled us says that it listens there: worth a look, before anybody else is told. */
  claimed(address: Address, node: string, nowMs: number): void {
    const entry = this.#found(address, nowMs);
    if (!entry || entry.reachedAt || entry.byHand) return;
    entry.node = node;
    entry.toProbe = true;
  }

  /** Which addresses to dial now; they count as being dialled until `reached`, `failed` or `isSelf` is said of them. */
  due(nowMs: number, neighbourhood: Neighbourhood): Dial[] {
    const inProgress = [...this.#entries.values()].filter((entry) => entry.dialling).length;
    const ready = [...this.#entries.values()].filter(
      (entry) => !entry.dialling && entry.notBeforeMs <= nowMs && !isSettled(entry, neighbourhood),
    );
    const dials: Dial[] = [];
    const begin = (entry: Entry, probe: boolean): void => {
      Object.assign(entry, { dialling: true, dialledAtMs: nowMs, isFresh: false });
      dials.push({ address: entry.address, probe });
    };
    // Those asked for by hand first.
    for (const entry of ready) {
      if (inProgress + dials.length >= limits.dialsAtOnce) return dials;
      if (entry.byHand) begin(entry, false);
    }
    if (inProgress + dials.length >= limits.dialsAtOnce || nowMs < this.#foundNotBeforeMs) return dials;
    const found = this.#chooseFound(ready, nowMs, neighbourhood, inProgress + dials.length);
    if (found) {
      this.#foundNotBeforeMs = nowMs + limits.foundDialMs;
      begin(found.entry, found.probe);
    }
    return dials;
  }

  /**
   * One that nobody asked for by hand: to see whether it is what it said, to have links enough, or, having those, to
   * find the servers that are missing from the map. By chance, lest all servers link with the same few.
   */
  #chooseFound(
    ready: readonly Entry[],
    nowMs: number,
    { ownLinks, isLinked, isReachable }: Neighbourhood,
    inProgress: number,
  ): { readonly entry: Entry; readonly probe: boolean } | undefined {
    const found = ready.filter((entry) => !entry.byHand);
    const toProbe = found.find(({ toProbe, node }) => toProbe && node !== undefined && isLinked(node));
    if (toProbe) return { entry: toProbe, probe: true };
    if (ownLinks + inProgress < limits.ownLinks) {
      const entry = this.#oneOf(found);
      return entry && { entry, probe: false };
    }
    const missing = found.filter(({ node }) => node === undefined || !isReachable(node));
    // It was just met, and is in no part of the network that this server sees.
    const islander = missing.find(({ isFresh }) => isFresh);
    if (islander) return { entry: islander, probe: false };
    if (nowMs < this.#islandsNotBeforeMs) return undefined;
    // Who was met there in former times may be in the map, as another run of it.
    const entry = this.#oneOf(missing.filter(({ node }) => node !== undefined)) ?? this.#oneOf(missing);
    if (!entry) return undefined;
    this.#islandsNotBeforeMs = nowMs + limits.islandDialMs;
    return { entry, probe: true };
  }

  #oneOf(entries: readonly Entry[]): Entry | undefined {
    return entries[Math.min(entries.length - 1, Math.floor(this.random() * entries.length))];
  }

  /**
   * A dial met a server.
   *
   * @param reachedAt the same address with the host as a number
   * @returns the node that answered there before, if that was another
   */
  reached(address: Address, node: string, reachedAt: Address): string | undefined {
    const entry = this.#entries.get(addressKey(address));
    if (!entry) return undefined;
    // A name may lead to one server after the other, which all live on; an address has room for one at a time.
    const isSamePlace = addressKey(entry.reachedAt ?? entry.address) === addressKey(reachedAt);
    const before = entry.node === node || !isSamePlace ? undefined : entry.node;
    const lastSeenMs = entry.dialledAtMs;
    Object.assign(entry, {
      ...{ node, reachedAt, lastSeenMs, toProbe: false, isFresh: true, isSelf: false },
      ...{ dialling: false, tries: 0 },
    });
    return before;
  }

  /** A link to a server ended: it is dialled again soon, though not by both ends at the same moment. */
  lost(node: string, nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.node !== node) continue;
      entry.notBeforeMs = nowMs + this.random() * limits.redialMinMs;
      entry.lastSeenMs = nowMs;
      entry.isFresh = false;
    }
  }

  /**
   * A dial came to nothing.
   *
   * @returns how often it did by now, and after how long it will be tried again; undefined if it will not
   */
  failed(address: Address, nowMs: number): { readonly tries: number; readonly retryMs: number } | undefined {
    const entry = this.#entries.get(addressKey(address));
    if (!entry) return undefined;
    entry.dialling = false;
    entry.isSelf = false;
    entry.tries++;
    const isHopeless = entry.reachedAt
      ? nowMs - entry.lastSeenMs >= limits.keepReachedMs
      : entry.tries >= limits.dialTriesIfFound;
    if (!entry.byHand && isHopeless) {
      this.#entries.delete(addressKey(address));
      return undefined;
    }
    const retryMs = backoffMs(entry.tries - 1, redialBounds, this.random());
    entry.notBeforeMs = nowMs + retryMs;
    return { tries: entry.tries, retryMs };
  }

  /**
   * A dial led to this server itself. One that the operator asked for may lead elsewhere later: it is tried again.
   *
   * @returns as `failed`
   */
  metSelf(address: Address, nowMs: number): ReturnType<AddressBook['failed']> {
    const entry = this.#entries.get(addressKey(address));
    if (!entry?.byHand) {
      this.#entries.delete(addressKey(address));
      remember(this.#own, addressKey(address));
      return undefined;
    }
    const next = this.failed(address, nowMs);
    entry.isSelf = true;
    return next;
  }

  /** Addresses that this server reached itself, of nodes that are in reach. */
  tellable(isInReach: (node: string) => boolean): Address[] {
    const addresses = new Map<string, Address>();
    if (!this.discovers) return [];
    for (const { reachedAt, node } of this.#entries.values()) {
      if (reachedAt && node !== undefined && isInReach(node)) addresses.set(addressKey(reachedAt), reachedAt);
    }
    return [...addresses.values()];
  }

  #found(address: Address, nowMs: number): Entry | undefined {
    const key = addressKey(address);
    if (!this.discovers || this.#own.has(key) || this.#refused.has(key)) return undefined;
    return (
      this.#entries.get(key) ?? this.#entryFor(address, nowMs + this.random() * limits.redialMinMs * 0.2)
    );
  }

  #entryFor(address: Address, notBeforeMs: number): Entry {
    const key = addressKey(address);
    let entry = this.#entries.get(key);
    if (!entry) {
      this.#makeRoom();
      entry = {
        address,
        byHand: false,
        reachedAt: undefined,
        toProbe: false,
        node: undefined,
        dialling: false,
        tries: 0,
        notBeforeMs,
        dialledAtMs: notBeforeMs,
        lastSeenMs: notBeforeMs,
        isFresh: false,
        isSelf: false,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** Whoever makes up addresses pushes out those before any that this server has reached. */
  #makeRoom(): void {
    if (this.#entries.size < limits.knownAddresses) return;
    const idle = [...this.#entries].filter(([, entry]) => !entry.byHand && !entry.dialling);
    const [key] = idle.find(([, entry]) => !entry.reachedAt) ?? idle[0] ?? [];
    if (key !== undefined) this.#entries.delete(key);
  }
}

/** There is a link already, and nothing more to see. */
function isSettled({ node, byHand, toProbe }: Entry, { isLinked }: Neighbourhood): boolean {
  return node !== undefined && isLinked(node) && (byHand || !toProbe);
}

/** Adds to a bounded set, the oldest making room. */
function remember(set: Set<string>, value: string): void {
  set.add(value);
  for (const oldest of set) {
    if (set.size <= limits.knownAddresses) break;
    set.delete(oldest);
  }
}
