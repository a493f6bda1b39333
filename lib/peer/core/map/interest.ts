/**
 * Interest: which servers have members in which channels, and about how many. It decides where messages go, and what
 * `channels` lists. [PEERING 4.2]
 *
 * Each server's interest is a table with a version. The server signs the table's digest, a sum over its entries. So a
 * server that passes on a change or the whole table cannot alter it: the receiver's sum would differ from the signed
 * one.
 */
import { limits } from '../../../limits.js';
import type { ChannelElsewhere } from '../../../network.js';
import { isChannelName } from '../../../wire/names.js';
import type { InterestChange, InterestFrame } from '../../../wire/peer-frame.js';
import type { Crypto } from '../identity.js';
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

interface Table {
  version: number;
  digest: bigint;
  signature: string;
  readonly members: Map<string, number>;
  /** Its latest changes, for neighbours that are a little behind. */
  readonly recent: RecentInterest;
}

/** The servers that are interested in a channel. */
interface Audience {
  readonly nodes: Map<string, number>;
  /** A number that changes whenever a node comes or goes, and is never used again. */
  stamp: number;
}

export type InterestOutcome =
  /** It was taken in, and is to be sent on. */
  | { readonly kind: 'news'; readonly frames: readonly InterestFrame[]; readonly from: number }
  | { readonly kind: 'known' }
  /** It follows a version that is not here: everything newer than version `have` is to be asked for. */
  | { readonly kind: 'missing'; readonly have: number }
  | { readonly kind: 'forged' };

export class Interests {
  readonly #tables = new Map<string, Table>();
  readonly #audiences = new Map<string, Audience>();
  #stamps = 0;
  #changes = 0;
  #entries = 0;

  /** @param onChange is told of each node that becomes, or ceases to be, interested in a channel */
  constructor(
    private readonly crypto: Crypto,
    private readonly onChange: (node: string, channel: string, interested: boolean) => void,
  ) {}

  /** A number that changes whenever any table does. */
  get changes(): number {
    return this.#changes;
  }

  versionOf(node: string): number {
    return this.#tables.get(node)?.version ?? 0;
  }

  /** The number of entries in all tables. */
  get size(): number {
    return this.#entries;
  }

  /** The servers interested in a channel, and how many members each has. */
  audienceOf(channel: string): ReadonlyMap<string, number> {
    return this.#audiences.get(channel)?.nodes ?? nothing;
  }

  /** A number that differs whenever the audience of a channel does. */
  stampOf(channel: string): number {
    return this.#audiences.get(channel)?.stamp ?? 0;
  }

  isInterested(node: string, channel: string): boolean {
    return this.#audiences.get(channel)?.nodes.has(node) ?? false;
  }

  channelsOf(node: string): Iterable<string> {
    return this.#tables.get(node)?.members.keys() ?? [];
  }

  /** How many members all channels of a server have together; a user counts once for each channel. */
  membersAt(node: string): number {
    let members = 0;
    for (const count of this.#tables.get(node)?.members.values() ?? []) members += count;
    return members;
  }

  /** All channels that have members at the servers that count. */
  channels(isCounted: (node: string) => boolean): Map<string, ChannelElsewhere> {
    const channels = new Map<string, ChannelElsewhere>();
    for (const [channel, { nodes }] of this.#audiences) {
      let members = 0;
      let server = '';
      let most = 0;
      for (const [node, count] of nodes) {
        if (!isCounted(node)) continue;
        members += count;
        if (count <= most) continue;
        most = count;
        server = node;
      }
      if (members > 0) channels.set(channel, { members, server });
    }
    return channels;
  }

  /** A channel's members at all servers that count. */
  count(channel: string, isCounted: (node: string) => boolean): number {
    let count = 0;
    for (const [node, members] of this.audienceOf(channel)) if (isCounted(node)) count += members;
    return count;
  }

  /**
   * Takes in all parts of one change.
   *
   * @param frames the parts in their order: of one node, all with the same `from` and `to`
   * @param publicKey the key of that node
   */
  accept(frames: readonly InterestFrame[], publicKey: string): InterestOutcome {
    const [first] = frames;
    if (!first) return { kind: 'known' };
    const { node, from, to, digest, signature } = first;
    const table = this.#tables.get(node);
    const version = table?.version ?? 0;
    if (to < version || (to === version && digestText(table?.digest ?? 0n) >= digest))
      return { kind: 'known' };
    if (!this.crypto.verify(publicKey, signedInterest(node, to, digest), signature))
      return { kind: 'forged' };
    // The node signed two tables under one version. The one with the greater digest counts everywhere, and is asked for as a whole.
    const isWhole = from === 0;
    if (!isWhole && from !== version) return { kind: 'missing', have: to > version ? version : 0 };
    const changes = frames.flatMap((frame) => frame.changes);
    // Each frame names a channel once; together they must, too.
    if (new Set(changes.map(([channel]) => channel)).size < changes.length) return { kind: 'forged' };
    const members = isWhole ? tableFrom(changes) : undefined;
    const sum = members ? this.#digestAfter(undefined, [...members]) : this.#digestAfter(table, changes);
    if (digestText(sum) !== digest) return isWhole ? { kind: 'forged' } : { kind: 'missing', have: 0 };
    const effective = members ? difference(table?.members ?? nothing, members) : changes;
    const more = growth(table?.members ?? nothing, effective);
    const isTooMuch = (table?.members.size ?? 0) + more > limits.channelsPerServer;
    if (more > 0 && (isTooMuch || this.#entries + more > limits.channelsElsewhere)) return { kind: 'known' };
    this.#apply(node, effective, { version: to, digest: sum, signature });
    const recent = this.#tables.get(node)?.recent;
    if (isWhole) recent?.clear();
    else recent?.push(frames);
    return { kind: 'news', frames, from };
  }

  /**
   * What a server needs that has a certain version: the changes since, or the whole table.
   *
   * @returns the frames; none when there is nothing newer
   */
  *since(node: string, version: number): Iterable<InterestFrame> {
    const table = this.#tables.get(node);
    if (!table || table.version <= version) return;
    const changes = version > 0 ? table.recent.since(version) : undefined;
    yield* changes ?? inParts(node, 0, table, [...table.members]);
  }

  /** Forgets a node that is gone for good. */
  forget(node: string): void {
    const table = this.#tables.get(node);
    if (!table) return;
    this.#apply(
      node,
      [...table.members.keys()].map((channel) => [channel, noInterest]),
      table,
    );
    this.#tables.delete(node);
  }

  #apply(node: string, changes: readonly InterestChange[], head: InterestHead): void {
    let table = this.#tables.get(node);
    if (!table) {
      table = { ...head, members: new Map(), recent: new RecentInterest() };
      this.#tables.set(node, table);
    }
    this.#changes++;
    table.version = head.version;
    table.digest = head.digest;
    table.signature = head.signature;
    for (const [channel, count] of changes) this.#set(node, table, channel, count);
  }

  #set(node: string, { members }: Table, channel: string, count: number): void {
    const had = members.has(channel);
    if (count === noInterest) members.delete(channel);
    else members.set(channel, count);
    this.#entries += Number(members.has(channel)) - Number(had);
    // It counts for the digest, but it is no channel that a client here could join.
    if (!isChannelName(channel)) return;
    let audience = this.#audiences.get(channel);
    if (!audience) {
      audience = { nodes: new Map(), stamp: 0 };
      this.#audiences.set(channel, audience);
    }
    if (count === noInterest) audience.nodes.delete(node);
    else audience.nodes.set(node, count);
    if (audience.nodes.size === 0) this.#audiences.delete(channel);
    if (had === (count !== noInterest)) return;
    audience.stamp = ++this.#stamps;
    this.onChange(node, channel, !had);
  }

  /** The digest of a node's table after a change; without a table, of the change alone, which is a whole table then. */
  #digestAfter(
    table: { readonly digest: bigint; readonly members: ReadonlyMap<string, number> } | undefined,
    changes: readonly InterestChange[],
  ): bigint {
    return digestAfter(
      table?.digest ?? 0n,
      changes,
      (channel) => table?.members.get(channel),
      (channel, count) => entryHash(this.crypto, channel, count),
    );
  }
}

const nothing: ReadonlyMap<string, number> = new Map();

function tableFrom(changes: readonly InterestChange[]): Map<string, number> {
  return new Map(changes.filter(([, count]) => count !== noInterest));
}

/** The change that turns one table into another. */
function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): InterestChange[] {
  const changes: InterestChange[] = [];
  for (const channel of before.keys()) if (!after.has(channel)) changes.push([channel, noInterest]);
  for (const [channel, count] of after) if (before.get(channel) !== count) changes.push([channel, count]);
  return changes;
}

/** By how many entries a change makes a table longer. */
function growth(members: ReadonlyMap<string, number>, changes: readonly InterestChange[]): number {
  let more = 0;
  for (const [channel, count] of changes) more += Number(count !== noInterest) - Number(members.has(channel));
  return more;
}
