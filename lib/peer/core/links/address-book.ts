/**
 * The address book: the addresses of other servers that the operator asked for or that other servers told of, and when
 * to dial which of them. [PEERING 3.5]
 */
import { backoffMs } from '../../../backoff.js';
import { limits } from '../../../limits.js';
import { type Address, addressKey } from '../../../wire/address.js';

const redialBounds = { minMs: limits.redialMinMs, maxMs: limits.redialMaxMs };

interface Entry {
  readonly address: Address;
  /** Whether the operator asked for it. If so, it is dialled until the operator says otherwise. */
  byHand: boolean;
  /** The address at which this server has reached it, which others may be told; undefined before that. */
  reachedAt: Address | undefined;
  /** Whether it is dialled only to find out if the address is right. */
  toProbe: boolean;
  /** The node id of the server that was met there last, or that says it listens there. */
  node: string | undefined;
  dialling: boolean;
  tries: number;
  notBeforeMs: number;
  dialledAtMs: number;
  /** About when a server was last met there. */
  lastSeenMs: number;
  /** Whether the last dial met a server there, and no link to that server has ended since. */
  isFresh: boolean;
  /** Whether it led to this server itself when it was dialled last. */
  isSelf: boolean;
}

export interface Dial {
  readonly address: Address;
  readonly probe: boolean;
}

export interface Neighbourhood {
  isLinked(node: string): boolean;
  /** Whether the map has a path to a node. */
  isReachable(node: string): boolean;
  /** How many links this server has made without being asked to by its operator. */
  readonly ownLinks: number;
}

export class AddressBook {
  readonly #entries = new Map<string, Entry>();
  /** Addresses of this server itself, which gossip does not have it dial. */
  readonly #own = new Set<string>();
  /** Addresses and nodes that the operator disconnected or gave up; they are not dialled. */
  readonly #refused = new Set<string>();

  #foundNotBeforeMs = Number.NEGATIVE_INFINITY;
  #islandsNotBeforeMs = Number.NEGATIVE_INFINITY;

  /**
   * @param random from 0 to 1, for jitter and for choosing
   * @param discovers whether this server believes, tells and dials addresses that its operator did not ask for
   */
  constructor(
    private readonly random: () => number,
    private readonly discovers = true,
  ) {}

  /**
   * Notes that the operator wants a link to an address. It is dialled as soon as possible, and again whenever it is
   * lost.
   */
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

  /** Notes that the operator disconnected a node. It is not let in any more, and its addresses are not dialled. */
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
   * Notes that the operator no longer wants an address that was asked for by hand or is being dialled. A dial that is
   * under way does not become a link.
   *
   * @returns whether there was such an address
   */
  giveUp(address: Address): boolean {
    const entry = this.#entries.get(addressKey(address));
    if (!entry?.byHand && !entry?.dialling) return false;
    this.#refused.add(addressKey(address));
    return this.#entries.delete(addressKey(address));
  }

  /** The node that answered at an address last. */
  nodeAt(address: Address): string | undefined {
    return this.#entries.get(addressKey(address))?.node;
  }

  /** The IP address and port to which an address led last; the address itself if no server was met there. */
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

  /** The addresses that the operator asked for. */
  wanted(): readonly Readonly<Pick<Entry, 'address' | 'node' | 'tries' | 'isSelf'>>[] {
    return [...this.#entries.values()].filter((entry) => entry.byHand);
  }

  /** Takes in addresses that another server told of. */
  heardOf(addresses: readonly Address[], nowMs: number): void {
    for (const address of addresses) this.#found(address, nowMs);
  }

  /** A server that dialled us says that it listens at an address. It is probed before others are told of it. */
  claimed(address: Address, node: string, nowMs: number): void {
    const entry = this.#found(address, nowMs);
    if (!entry || entry.reachedAt || entry.byHand) return;
    entry.node = node;
    entry.toProbe = true;
  }

  /**
   * The addresses to dial now. They count as being dialled until `reached`, `failed` or `metSelf` is called for them.
   */
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
    // Addresses that were asked for by hand come first.
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
   * Chooses an address that the operator did not ask for: to find out whether a server is where it says it is; or to
   * have enough links; or, with enough links, to find servers that are missing from the map. It is chosen by chance, so
   * that not all servers link with the same few.
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
    // A server that was just met and is not in the part of the network that this server sees.
    const islander = missing.find(({ isFresh }) => isFresh);
    if (islander) return { entry: islander, probe: false };
    if (nowMs < this.#islandsNotBeforeMs) return undefined;
    // Only some of the time: a server that was met there before may be in the map after all, as another run with another
    // node id.
    const entry = this.#oneOf(missing.filter(({ node }) => node !== undefined)) ?? this.#oneOf(missing);
    if (!entry) return undefined;
    this.#islandsNotBeforeMs = nowMs + limits.islandDialMs;
    return { entry, probe: true };
  }

  #oneOf(entries: readonly Entry[]): Entry | undefined {
    return entries[Math.min(entries.length - 1, Math.floor(this.random() * entries.length))];
  }

  /**
   * Notes that a dial met a server.
   *
   * @param reachedAt the IP address and port to which the address led
   * @returns the node that answered there before, if it was another one that this one has replaced
   */
  reached(address: Address, node: string, reachedAt: Address): string | undefined {
    const entry = this.#entries.get(addressKey(address));
    if (!entry) return undefined;
    // A host name may lead to several servers by turns, all of which are alive. At one IP address and port there is only
    // one server at a time, so a new one has replaced the one before.
    const isSamePlace = addressKey(entry.reachedAt ?? entry.address) === addressKey(reachedAt);
    const before = entry.node === node || !isSamePlace ? undefined : entry.node;
    const lastSeenMs = entry.dialledAtMs;
    Object.assign(entry, {
      ...{ node, reachedAt, lastSeenMs, toProbe: false, isFresh: true, isSelf: false },
      ...{ dialling: false, tries: 0 },
    });
    return before;
  }

  /**
   * A link to a server ended. It is dialled again soon, after a pause by chance, so that both ends do not dial at once.
   */
  lost(node: string, nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.node !== node) continue;
      entry.notBeforeMs = nowMs + this.random() * limits.redialMinMs;
      entry.lastSeenMs = nowMs;
      entry.isFresh = false;
    }
  }

  /**
   * Notes that a dial failed.
   *
   * @returns how often it has failed in a row, and after what time it is tried again; undefined if it will not be
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
   * Notes that a dial led to this server itself. If the operator asked for the address, it is tried again, because it
   * may lead elsewhere later.
   *
   * @returns the same as `failed`
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

  /** The addresses to tell others: those that this server has reached itself, of nodes that are in reach. */
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

  /**
   * Removes an entry if the book is full: one that this server has never reached, if there is any. So a server that
   * makes up addresses cannot push out good ones.
   */
  #makeRoom(): void {
    if (this.#entries.size < limits.knownAddresses) return;
    const idle = [...this.#entries].filter(([, entry]) => !entry.byHand && !entry.dialling);
    const [key] = idle.find(([, entry]) => !entry.reachedAt) ?? idle[0] ?? [];
    if (key !== undefined) this.#entries.delete(key);
  }
}

/** Whether an address need not be dialled, because there is a link already and nothing more to find out. */
function isSettled({ node, byHand, toProbe }: Entry, { isLinked }: Neighbourhood): boolean {
  return node !== undefined && isLinked(node) && (byHand || !toProbe);
}

/** Adds a value to a bounded set. If the set is full, its oldest value makes room. */
function remember(set: Set<string>, value: string): void {
  set.add(value);
  for (const oldest of set) {
    if (set.size <= limits.knownAddresses) break;
    set.delete(oldest);
  }
}
