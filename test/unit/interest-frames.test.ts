import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import {
  digestAfter,
  digestText,
  entryHash,
  inParts,
  noInterest,
  RecentInterest,
} from '../../lib/peer/core/map/interest-frames.js';
import type { InterestChange, InterestFrame } from '../../lib/wire/peer-frame.js';
import { nodeA } from '../helpers/peer-frames.js';
import { forSeeds } from '../helpers/random.js';
import { shuffled } from '../helpers/random-graph.js';
import { testCrypto } from '../helpers/test-crypto.js';

const hash = (channel: string, count: number) => entryHash(testCrypto, channel, count);

function digestOf(table: ReadonlyMap<string, number>): bigint {
  return digestAfter(0n, [...table], () => undefined, hash);
}

/** A change from one version to the next, with that many channels, in parts. */
function change(from: number, channels: number): InterestFrame[] {
  const changes = Array.from({ length: channels }, (_, i): InterestChange => [`c${i}`, 1]);
  return [...inParts(nodeA, from, { version: from + 1, digest: 5n, signature: 's' }, changes)];
}

const spans = (frames: readonly InterestFrame[] | undefined) =>
  frames?.map(({ from, to, part }) => [from, to, part]);

describe('the digest of a table of interest', () => {
  it('is the same after changes as of the whole table, in whatever order', () => {
    forSeeds(50, (random) => {
      const table = new Map<string, number>();
      let digest = 0n;
      for (let step = 0; step < 40; step++) {
        const changes = shuffled(random, ['a', 'b', 'c', 'd'])
          .slice(0, 1 + random.below(3))
          .map((channel): InterestChange => [channel, random.below(5) - 1]);
        digest = digestAfter(digest, changes, (channel) => table.get(channel), hash);
        for (const [channel, count] of changes) {
          if (count === noInterest) table.delete(channel);
          else table.set(channel, count);
        }
        expect(digest).to.equal(digestOf(new Map(shuffled(random, table))));
      }
    });
  });

  it('of nothing is nothing, and of different tables is different', () => {
    expect(digestText(digestOf(new Map()))).to.equal('0'.repeat(32));
    const tables = [
      [],
      [['a', 0]],
      [['a', 1]],
      [['b', 1]],
      [
        ['a', 1],
        ['b', 1],
      ],
      [['a', 11]],
      [['1 a', 1]],
    ] as const;
    const digests = tables.map((entries) => digestText(digestOf(new Map<string, number>(entries))));
    expect(new Set(digests).size).to.equal(tables.length);
    for (const digest of digests) expect(digest).to.match(/^[0-9a-f]{32}$/);
  });
});

describe('a change of interest', () => {
  it('without a channel is one frame all the same: the version is another', () => {
    expect(change(4, 0)).to.deep.equal([
      {
        type: 'interest',
        node: nodeA,
        from: 4,
        to: 5,
        digest: '5'.padStart(32, '0'),
        signature: 's',
        changes: [],
        part: 0,
        last: true,
      },
    ]);
  });

  it('is cut into parts no longer than the limit, with all that it says, in order', () => {
    for (const [channels, parts] of [
      [1, 1],
      [limits.interestPerFrame, 1],
      [limits.interestPerFrame + 1, 2],
      [3 * limits.interestPerFrame, 3],
    ] as const) {
      const frames = change(0, channels);
      expect(frames.map(({ part }) => part)).to.deep.equal(Array.from({ length: parts }, (_, part) => part));
      expect(frames.map(({ last }) => last)).to.deep.equal(frames.map((_, i) => i === parts - 1));
      expect(frames.flatMap(({ changes }) => changes.map(([channel]) => channel))).to.deep.equal(
        Array.from({ length: channels }, (_, i) => `c${i}`),
      );
    }
  });
});

describe('the last changes of interest', () => {
  it('bring somebody from any version that they go back to', () => {
    const recent = new RecentInterest();
    for (const from of [3, 4, 5]) recent.push(change(from, 2));
    expect(spans(recent.since(3))).to.deep.equal([
      [3, 4, 0],
      [4, 5, 0],
      [5, 6, 0],
    ]);
    expect(spans(recent.since(5))).to.deep.equal([[5, 6, 0]]);
    expect(recent.since(2)).to.equal(undefined);
    expect(recent.since(6)).to.equal(undefined);
  });

  it('are forgotten one by one, the oldest first, when they are too many', () => {
    const recent = new RecentInterest();
    for (let from = 0; from < 10; from++) recent.push(change(from, limits.recentInterest / 5 - 1));
    expect(recent.since(4)).to.equal(undefined);
    expect(spans(recent.since(5))).to.deep.equal([5, 6, 7, 8, 9].map((from) => [from, from + 1, 0]));
  });

  it('begin with a whole change, never in the middle of one', () => {
    const recent = new RecentInterest();
    recent.push(change(0, 2 * limits.interestPerFrame));
    expect(recent.since(0)).to.equal(undefined);
    recent.push(change(1, 1));
    expect(spans(recent.since(1))).to.deep.equal([[1, 2, 0]]);
  });

  it('are gone when a whole table took their place', () => {
    const recent = new RecentInterest();
    recent.push(change(1, 3));
    recent.clear();
    expect(recent.since(1)).to.equal(undefined);
    recent.push(change(7, 3));
    expect(spans(recent.since(7))).to.deep.equal([[7, 8, 0]]);
  });
});
