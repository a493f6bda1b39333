/**
 * How interest travels: the digest of a table, the parts of a long change, and the latest changes, which are kept for
 * servers that are a little behind. [PEERING 4.2]
 */
import { limits } from '../../../limits.js';
import type { InterestChange, InterestFrame } from '../../../wire/peer-frame.js';
import type { Crypto } from '../identity.js';

const digestModulus = 2n ** 128n;

/** Stands in a change for a channel that the server is not interested in any more. */
export const noInterest = -1;

/** The part of a server's interest that it signs. */
export interface InterestHead {
  readonly version: number;
  /** A sum over the hashes of the table's entries. */
  readonly digest: bigint;
  readonly signature: string;
}

/** The latest changes of a table, the oldest first. */
export class RecentInterest {
  #frames: InterestFrame[] = [];
  #entries = 0;

  /** @param frames all parts of one change, which follows the last one */
  push(frames: readonly InterestFrame[]): void {
    for (const frame of frames) {
      this.#frames.push(frame);
      this.#entries += frame.changes.length + 1;
    }
    let dropped = 0;
    // With the first part of a change the others go as well, so that the list begins with a first part.
    while (this.#entries > limits.recentInterest || (this.#frames[dropped]?.part ?? 0) > 0) {
      this.#entries -= (this.#frames[dropped]?.changes.length ?? 0) + 1;
      dropped++;
    }
    this.#frames.splice(0, dropped);
  }

  clear(): void {
    this.#frames = [];
    this.#entries = 0;
  }

  /** All changes since a version; undefined when some of them are gone. */
  since(version: number): readonly InterestFrame[] | undefined {
    const start = this.#frames.findIndex((frame) => frame.from === version && frame.part === 0);
    return start < 0 ? undefined : this.#frames.slice(start);
  }
}

/** The frames of a change; with `from` 0, of a whole table. */
export function* inParts(
  node: string,
  from: number,
  { version, digest, signature }: InterestHead,
  changes: readonly InterestChange[],
): Iterable<InterestFrame> {
  const size = limits.interestPerFrame;
  const parts = Math.max(1, Math.ceil(changes.length / size));
  for (let part = 0; part < parts; part++) {
    yield {
      type: 'interest',
      node,
      from,
      to: version,
      digest: digestText(digest),
      signature,
      changes: changes.slice(part * size, (part + 1) * size),
      part,
      last: part === parts - 1,
    };
  }
}

/** The digest of a table after a change of one entry: the old hash is subtracted, the new one added. */
export function digestAfter(
  digest: bigint,
  changes: readonly InterestChange[],
  countNow: (channel: string) => number | undefined,
  hash: (channel: string, count: number) => bigint,
): bigint {
  let sum = digest;
  for (const [channel, count] of changes) {
    const before = countNow(channel);
    if (before !== undefined) sum += digestModulus - hash(channel, before);
    if (count !== noInterest) sum += hash(channel, count);
  }
  return sum % digestModulus;
}

export function entryHash(crypto: Crypto, channel: string, count: number): bigint {
  return crypto.hash(`${count} ${channel}`);
}

export function digestText(digest: bigint): string {
  return digest.toString(16).padStart(32, '0');
}

export function signedInterest(node: string, version: number, digest: string): string {
  return JSON.stringify(['hearsay interest', node, version, digest]);
}
