/**
 * The table of links, with one in use for each neighbour. It decides which of two links to the same neighbour survives,
 * and finds those that are silent. [PEERING 3]
 */
import { limits } from '../../../limits.js';
import type { Address } from '../../../wire/address.js';
import { Pace } from '../pace.js';

export type LinkId = number;

/** What is known of a link once both ends have proven who they are. */
export interface LinkInfo {
  readonly id: LinkId;
  readonly node: string;
  readonly name: string;
  /** Where the other end is: its IP address, and the port it listens on for peers. */
  readonly listensAt: Address;
  /** The address that this server dialled; undefined if the other end dialled. */
  readonly dialled: Address | undefined;
  /** Whether it is encrypted, with the network key that both ends have. */
  readonly encrypted: boolean;
}

export interface LinkState extends LinkInfo {
  readonly sinceMs: number;
  /** When the last PONG came. */
  answeredAtMs: number;
  lastHeardMs: number;
  /** When the PING was sent that is not answered yet. */
  pingedAtMs: number | undefined;
  /** The last round trip. */
  roundTripMs: number | undefined;
  /** Whether something came on it after the HELLO, so that the other end uses it, too. */
  confirmed: boolean;
  /** Bound how often a PING is answered, and how often a SUMMARY is. */
  readonly pongs: Pace;
  readonly summaries: Pace;
}

export class LinkTable {
  /** The link in use to each neighbour. */
  readonly #active = new Map<string, LinkState>();
  /**
   * Links that lost against another one to the same neighbour: they are still read, no longer written to, and soon
   * closed.
   */
  readonly #draining = new Map<LinkId, LinkState>();
  readonly #byId = new Map<LinkId, LinkState>();

  constructor(private readonly ownNode: string) {}

  get(id: LinkId): LinkState | undefined {
    return this.#byId.get(id);
  }

  /** The link to a neighbour. */
  to(node: string): LinkState | undefined {
    return this.#active.get(node);
  }

  active(): Iterable<LinkState> {
    return this.#active.values();
  }

  get size(): number {
    return this.#active.size;
  }

  neighbours(): string[] {
    return [...this.#active.keys()];
  }

  isActive(link: LinkState): boolean {
    return this.#active.get(link.node) === link;
  }

  /**
   * Adds a link. If there is another one to the same neighbour, one of the two is set aside.
   *
   * @returns whether the new link is in use now
   */
  add(info: LinkInfo, nowMs: number): boolean {
    const link: LinkState = {
      ...info,
      sinceMs: nowMs,
      answeredAtMs: nowMs,
      lastHeardMs: nowMs,
      pingedAtMs: undefined,
      roundTripMs: undefined,
      confirmed: false,
      pongs: new Pace(0, limits.pongsAtOnce, limits.pongsMs),
      summaries: new Pace(0, limits.summariesAtOnce, limits.compareMs),
    };
    this.#byId.set(link.id, link);
    const current = this.#active.get(link.node);
    if (current && !this.#replaces(link, current, nowMs)) {
      this.#draining.set(link.id, link);
      return false;
    }
    if (current) this.#draining.set(current.id, current);
    this.#active.set(link.node, link);
    return true;
  }

  /**
   * Notes that a frame came on a link.
   *
   * @returns links to the same neighbour that can be closed now, because both ends use this one
   */
  heard(link: LinkState, nowMs: number): readonly LinkState[] {
    link.lastHeardMs = nowMs;
    if (link.confirmed) return [];
    link.confirmed = true;
    return this.#settled(link);
  }

  /** The links that were set aside for a link which both ends are known to use. */
  #settled(link: LinkState): readonly LinkState[] {
    if (!this.isActive(link)) return [];
    return [...this.#draining.values()].filter((draining) => draining.node === link.node);
  }

  /** The links that were set aside for this one and can be closed, if it is known that both ends use it. */
  closable(node: string): readonly LinkState[] {
    const link = this.#active.get(node);
    return link?.confirmed ? this.#settled(link) : [];
  }

  /**
   * Removes a link that has ended.
   *
   * @returns another link to the same neighbour that takes its place, if it was in use and there is one
   */
  remove(id: LinkId): LinkState | undefined {
    const link = this.#byId.get(id);
    if (!link) return undefined;
    this.#byId.delete(id);
    this.#draining.delete(id);
    if (!this.isActive(link)) return undefined;
    this.#active.delete(link.node);
    for (const other of this.#draining.values()) {
      if (other.node !== link.node) continue;
      this.#draining.delete(other.id);
      this.#active.set(other.node, other);
      return other;
    }
    return undefined;
  }

  /**
   * Finds the links to send a PING on, and those that have been silent for too long.
   *
   * @param lateMs by how much this look is late. In that time this server could not hear anything, so it does not count
   *   as silence of others
   */
  checkSilence(nowMs: number, lateMs: number): { readonly toPing: LinkState[]; readonly dead: LinkState[] } {
    const toPing: LinkState[] = [];
    const dead: LinkState[] = [];
    for (const link of this.#byId.values()) {
      link.lastHeardMs += lateMs;
      const silentMs = nowMs - link.lastHeardMs;
      if (silentMs >= limits.linkDeadMs) dead.push(link);
      else if (link.pingedAtMs === undefined && isPingDue(link, silentMs, nowMs)) toPing.push(link);
    }
    return { toPing, dead };
  }

  /**
   * Whether a new link takes the place of one in use. Both ends come to the same answer. Of links dialled by different
   * ends, that of the end with the lower node id survives. Of links dialled by the same end, the later one does,
   * because that end would not have dialled if it had not lost the other. A silent link is replaced in any case.
   */
  #replaces(fresh: LinkInfo, current: LinkState, nowMs: number): boolean {
    if (nowMs - current.lastHeardMs >= 2 * limits.linkIdleMs) return true;
    const freshIsOurs = fresh.dialled !== undefined;
    const currentIsOurs = current.dialled !== undefined;
    if (freshIsOurs === currentIsOurs) return true;
    return freshIsOurs === this.ownNode < fresh.node;
  }
}

/**
 * Whether to send a PING: on an idle link, and now and then on a busy one, because PINGs also compare what both ends
 * know.
 */
function isPingDue(link: LinkState, silentMs: number, nowMs: number): boolean {
  const isIdle = silentMs >= limits.linkIdleMs || nowMs - link.answeredAtMs >= limits.linkPingMs;
  return isIdle || link.roundTripMs === undefined;
}
