/**
 * Keeps what servers know of one another the same everywhere. Adverts and interest are flooded as they change; two servers
 * that are newly linked, or whose digests differ, compare versions and ask for what is newer. [PEERING 4]
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../../../limits.js';
import { PeerProtocolError } from '../../../wire/peer-error.js';
import {
  type Advertisement,
  encodePeerFrame,
  type InterestFrame,
  type JsonFrame,
  type VersionRow,
} from '../../../wire/peer-frame.js';
import type { Introductions } from '../links/introductions.js';
import type { LinkId, LinkState } from '../links/link-table.js';
import type { Interests } from './interest.js';
import type { OwnInterest } from './own-interest.js';
import type { LostNode, Topology } from './topology.js';
import { addToDigest, hashOf } from './view.js';

type Digests = Pick<Extract<JsonFrame, { type: 'ping' }>, 'view' | 'interest'>;

interface Asked {
  readonly row: VersionRow;
  readonly link: LinkId;
  readonly atMs: number;
}

export interface ReconcilerOptions {
  readonly ownNode: string;
  readonly topology: Topology;
  readonly interests: Interests;
  readonly ownInterest: OwnInterest;
  readonly introductions: Introductions;
  readonly send: (link: LinkState, bytes: Buffer) => void;
  readonly links: () => Iterable<LinkState>;
  /** A server is forgotten at once, because there is no room for it. */
  readonly evicted: (lost: LostNode) => void;
}

export class Reconciler {
  /** Long changes of which some parts have yet to come, by the link and the server they are about. */
  readonly #parts = new Map<string, InterestFrame[]>();
  /** The number of entries in all of these. */
  #partEntries = 0;
  /** The news of each server that was last asked for. */
  readonly #asked = new Map<string, Asked>();
  /** Since when each neighbour's digests differ from ours. */
  readonly #differsSinceMs = new Map<LinkId, number>();
  /** Servers of which there is more news than is pushed. */
  readonly #toAnnounce = new Set<string>();
  /** The digests as they were last computed, and the versions that they were computed of. */
  #digests: (Digests & { readonly changes: string }) | undefined;

  constructor(private readonly options: ReconcilerOptions) {}

  /**
   * A link is in use from now on.
   *
   * @param isAdvertised whether this server's latest ADVERT has been sent over it already
   */
  greet(link: LinkState, isAdvertised: boolean): void {
    const { topology, send, ownNode } = this.options;
    if (!isAdvertised) send(link, encodePeerFrame(topology.own));
    send(link, encodePeerFrame({ type: 'versions', servers: [this.#rowOf(ownNode)] }));
    send(link, encodePeerFrame({ type: 'summary', ...this.#digestsWithout(link.node) }));
  }

  forgetLink(link: LinkState): void {
    this.#differsSinceMs.delete(link.id);
    for (const [node, asked] of this.#asked) if (asked.link === link.id) this.#asked.delete(node);
    for (const key of this.#parts.keys()) if (key.startsWith(`${link.id} `)) this.#takeParts(key);
  }

  /** The digests of everything known, for a PING. */
  digests(): Digests {
    const { topology, interests, ownInterest } = this.options;
    const changes = `${topology.changes} ${interests.changes} ${ownInterest.version}`;
    if (this.#digests?.changes !== changes) this.#digests = { changes, ...this.#digestsWithout(undefined) };
    const { view, interest } = this.#digests;
    return { view, interest };
  }

  /** Compares what a new neighbour knows of all others with what is known here. */
  receiveSummary(theirs: Digests, link: LinkState): void {
    const ours = this.#digestsWithout(link.node);
    if (ours.view !== theirs.view || ours.interest !== theirs.interest) this.#tellVersions(link);
  }

  /** Compares a neighbour's digests with ours, which should differ only while news is on its way. */
  receiveDigests(theirs: Digests, link: LinkState, nowMs: number): void {
    const ours = this.digests();
    if (ours.view === theirs.view && ours.interest === theirs.interest) {
      this.#differsSinceMs.delete(link.id);
      return;
    }
    const sinceMs = this.#differsSinceMs.get(link.id) ?? nowMs;
    this.#differsSinceMs.set(link.id, sinceMs);
    if (nowMs - sinceMs < limits.compareMs) return;
    this.#differsSinceMs.delete(link.id);
    this.#tellVersions(link);
  }

  /** Asks a neighbour for everything that is newer there. */
  receiveVersions(servers: readonly VersionRow[], link: LinkState, nowMs: number): void {
    const wanted: VersionRow[] = [];
    for (const row of servers) {
      const [node] = row;
      if (node === this.options.ownNode) continue;
      const own = this.#rowOf(node);
      if (!isNewer(row, own)) continue;
      const asked = this.#asked.get(node);
      if (asked && nowMs - asked.atMs < limits.wantAgainMs && !isNewer(row, asked.row)) continue;
      // A neighbour that makes up servers only pushes out what was asked for earlier.
      for (const oldest of this.#asked.size >= limits.nodes ? this.#asked.keys() : []) {
        this.#asked.delete(oldest);
        break;
      }
      this.#asked.set(node, { row, link: link.id, atMs: nowMs });
      wanted.push(own);
    }
    if (wanted.length > 0) this.options.send(link, encodePeerFrame({ type: 'want', servers: wanted }));
  }

  receiveWant(servers: readonly VersionRow[], link: LinkState): void {
    this.options.introductions.begin(link.id, this.#newerThan(servers));
  }

  /**
   * @param bytes the whole frame, for sending on
   * @throws PeerProtocolError it is forged
   */
  receiveAdvert(advert: Advertisement, bytes: Buffer, link: LinkState, nowMs: number): void {
    const taken = this.options.topology.accept(advert, nowMs, link.node);
    if (!taken) throw new PeerProtocolError('an advertisement that its server did not sign');
    if (taken.evicted) this.options.evicted(taken.evicted);
    if (!taken.isNews) return;
    this.#flood(bytes, link);
  }

  /**
   * @param bytes the whole frame, for sending on
   * @throws PeerProtocolError it is forged
   */
  receiveInterest(frame: InterestFrame, bytes: Buffer, link: LinkState): void {
    const { node } = frame;
    if (node === this.options.ownNode) return;
    const publicKey = this.options.topology.advertOf(node)?.key;
    if (publicKey === undefined) {
      this.#want([node, 0, 0], link);
      return;
    }
    const frames = this.#gather(frame, link);
    if (!frames) return;
    const outcome = this.options.interests.accept(frames, publicKey);
    switch (outcome.kind) {
      case 'forged':
        throw new PeerProtocolError('an interest that its server did not sign');
      case 'missing':
        this.#want([node, this.#rowOf(node)[1], outcome.have], link);
        return;
      case 'known':
        return;
      case 'news':
        // A short change is pushed; a long one is announced, and servers that lack it ask for it.
        if (frames.length === 1 && frame.changes.length <= limits.pushedInterest) this.#flood(bytes, link);
        else this.#toAnnounce.add(node);
    }
  }

  tick(nowMs: number): void {
    const news = this.options.ownInterest.takeNews(nowMs);
    const [only] = news;
    if (news.length === 1 && only && only.changes.length <= limits.pushedInterest)
      this.#flood(encodePeerFrame(only), undefined);
    else if (news.length > 0) this.#toAnnounce.add(this.options.ownNode);
    if (this.#toAnnounce.size > 0) {
      const rows = [...this.#toAnnounce].map((node) => this.#rowOf(node));
      this.#toAnnounce.clear();
      const bytes = encodePeerFrame({ type: 'versions', servers: rows });
      for (const link of this.options.links()) this.options.send(link, bytes);
    }
  }

  forgetNode(node: string): void {
    this.#asked.delete(node);
    this.#toAnnounce.delete(node);
  }

  /** All parts of a change, once the last of them is here. */
  #gather(frame: InterestFrame, link: LinkState): readonly InterestFrame[] | undefined {
    if (frame.part === 0 && frame.last) return [frame];
    const key = `${link.id} ${frame.node}`;
    const before = this.#takeParts(key);
    const parts = frame.part === 0 ? [] : before;
    const [first] = parts;
    const isNext =
      parts.length === frame.part &&
      (!first || (first.from === frame.from && first.to === frame.to && first.digest === frame.digest));
    if (!isNext) return undefined;
    parts.push(frame);
    if (frame.last) return parts;
    const entries = entriesOf(parts);
    if (this.#parts.size >= limits.changesInParts || this.#partEntries + entries > limits.channelsElsewhere)
      return undefined;
    this.#parts.set(key, parts);
    this.#partEntries += entries;
    return undefined;
  }

  #takeParts(key: string): InterestFrame[] {
    const parts = this.#parts.get(key) ?? [];
    this.#parts.delete(key);
    this.#partEntries -= entriesOf(parts);
    return parts;
  }

  *#newerThan(servers: readonly VersionRow[]): Iterable<Buffer> {
    const { topology, ownInterest, interests, ownNode } = this.options;
    for (const [node, advert, interest] of servers) {
      const known = topology.advertOf(node);
      if (!known) continue;
      if (known.version > advert) yield encodePeerFrame(known);
      const frames = node === ownNode ? ownInterest.since(interest) : interests.since(node, interest);
      for (const frame of frames) yield encodePeerFrame(frame);
    }
  }

  #want(row: VersionRow, link: LinkState): void {
    this.options.send(link, encodePeerFrame({ type: 'want', servers: [row] }));
  }

  #tellVersions(link: LinkState): void {
    const { ownNode, topology, send } = this.options;
    const servers = [ownNode, ...this.#presentNodes()].filter(
      (node) => node !== link.node && topology.advertOf(node),
    );
    send(link, encodePeerFrame({ type: 'versions', servers: servers.map((node) => this.#rowOf(node)) }));
  }

  #rowOf(node: string): VersionRow {
    const { ownNode, topology, ownInterest, interests } = this.options;
    const interest = node === ownNode ? ownInterest.version : interests.versionOf(node);
    return [node, topology.advertOf(node)?.version ?? 0, interest];
  }

  *#presentNodes(): Iterable<string> {
    for (const { node } of this.options.topology.presentAdverts()) yield node;
  }

  /**
   * The digests of what is known of all servers; if a neighbour is named, without it and this server, which tell of
   * themselves.
   */
  #digestsWithout(neighbour: string | undefined): Digests {
    let view = 0;
    let interest = 0;
    const add = (node: string): void => {
      const row = this.#rowOf(node);
      view = addToDigest(view, hashOf(node, row[1]));
      interest = addToDigest(interest, hashOf(node, row[2]));
    };
    if (neighbour === undefined) add(this.options.ownNode);
    for (const node of this.#presentNodes()) if (node !== neighbour) add(node);
    return { view, interest };
  }

  #flood(bytes: Buffer, cameFrom: LinkState | undefined): void {
    for (const link of this.options.links()) if (link.node !== cameFrom?.node) this.options.send(link, bytes);
  }
}

/** Whether one of a row's versions is above the other row's. */
function isNewer(row: VersionRow, than: VersionRow): boolean {
  return row[1] > than[1] || row[2] > than[2];
}

function entriesOf(frames: readonly InterestFrame[]): number {
  return frames.reduce((sum, { changes }) => sum + changes.length, 0);
}
