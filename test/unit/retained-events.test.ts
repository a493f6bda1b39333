import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { RetainedEvents } from '../../lib/peer/core/streams/retained-events.js';
import type { Run } from '../../lib/peer/core/streams/run-list.js';
import { forSeeds } from '../helpers/random.js';

// The bytes have memory of their own. Those in Node's pool, whose size differs between versions, may be kept as a copy.
const small = Buffer.alloc(100);
const other = Buffer.alloc(100, 'another event');

function one(seq: number): Run {
  return { seq, count: 1 };
}

describe('events kept in flight', () => {
  it('are there until their time is over', () => {
    const retained = new RetainedEvents();
    retained.add('o', 'lobby', one(1), small, 0);
    retained.add('o', 'lobby', one(2), small, 10);
    retained.expire(limits.retainedMs - 1);
    expect(retained.get('o', 'lobby', 1)?.bytes).to.equal(small);
    retained.expire(limits.retainedMs);
    expect(retained.get('o', 'lobby', 1)?.bytes).to.equal(undefined);
    expect(retained.get('o', 'lobby', 2)?.bytes).to.equal(small);
    retained.expire(limits.retainedMs + 10);
    expect([retained.size, retained.bytes]).to.deep.equal([0, 0]);
  });

  it('are apart for each origin and channel, and kept as they came first', () => {
    const retained = new RetainedEvents();
    retained.add('o', 'lobby', one(1), small, 0);
    retained.add('o', 'lobby', one(1), other, 0);
    retained.add('o', 'tea', one(1), other, 0);
    retained.add('p', 'lobby', one(1), other, 0);
    expect(retained.size).to.equal(3);
    expect(retained.get('o', 'lobby', 1)?.bytes).to.equal(small);
    expect(retained.get('o', 'tea', 1)?.bytes).to.equal(other);
    expect(retained.get('p', 'lobby', 1)?.bytes).to.equal(other);
    expect(retained.get('p', 'tea', 1)?.bytes).to.equal(undefined);
  });

  it('of one stream are no more than the limit, the oldest going first', () => {
    const retained = new RetainedEvents();
    for (let seq = 1; seq <= limits.retainedMessages + 3; seq++)
      retained.add('o', 'lobby', one(seq), small, 0);
    expect(retained.size).to.equal(limits.retainedMessages);
    retained.add('o', 'tea', one(1), small, 0);
    expect(retained.get('o', 'lobby', 3)?.bytes).to.equal(undefined);
    expect(retained.get('o', 'lobby', 4)?.bytes).to.equal(small);
    expect(retained.get('o', 'tea', 1)?.bytes).to.equal(small);
  });

  it('come to no more bytes than the limit, the oldest of all going first', () => {
    const retained = new RetainedEvents();
    const big = Buffer.alloc(limits.retainedBytes / 10);
    for (let i = 0; i < 30; i++) {
      retained.add(`o${i % 3}`, 'lobby', one(i), big, 0);
      expect(retained.bytes).to.be.at.most(limits.retainedBytes);
    }
    expect(retained.get('o2', 'lobby', 29)?.bytes).to.equal(big);
    expect(retained.get('o0', 'lobby', 0)?.bytes).to.equal(undefined);
    expect(retained.size).to.be.within(5, 10);
  });

  it('of whoever takes most room give way to others when all is full', () => {
    const retained = new RetainedEvents();
    const big = Buffer.alloc(limits.retainedBytes / 100);
    for (const [origin, count] of [
      ['quiet', 2],
      ['loud', 95],
    ] as const)
      for (let seq = 1; seq <= count; seq++) retained.add(origin, 'lobby', one(seq), big, 0);
    for (const channel of ['tea', 'zoo'])
      for (let seq = 1; seq <= 10; seq++) retained.add('new', channel, one(seq), big, 1);
    expect(retained.bytes).to.be.at.most(limits.retainedBytes);
    for (const seq of [1, 2]) expect(retained.get('quiet', 'lobby', seq)?.bytes).to.equal(big);
    for (const channel of ['tea', 'zoo'])
      for (let seq = 1; seq <= 10; seq++) expect(retained.get('new', channel, seq)?.bytes).to.equal(big);
    expect(retained.get('loud', 'lobby', 1)).to.equal(undefined);
    expect(retained.get('loud', 'lobby', 95)?.bytes).to.equal(big);
  });

  it('that are tiny take up room too, so that no number of them fills the memory', () => {
    const retained = new RetainedEvents();
    const tiny = Buffer.alloc(1);
    retained.add('o', 'lobby', one(1), tiny, 0);
    expect(retained.bytes).to.be.greaterThan(100);
  });

  it('do not keep the memory that they came in, where that is much larger', () => {
    const retained = new RetainedEvents();
    const chunk = Buffer.alloc(1_048_576, 'much');
    retained.add('o', 'lobby', one(1), chunk.subarray(500, 600), 0);
    const kept = retained.get('o', 'lobby', 1)?.bytes;
    expect(kept).to.deep.equal(chunk.subarray(500, 600));
    expect(kept?.buffer.byteLength).to.equal(100);
  });

  it('of a stream are its latest ones: an older one finds no room again', () => {
    const retained = new RetainedEvents();
    for (let seq = 1; seq <= limits.retainedMessages + 1; seq++)
      retained.add('o', 'lobby', one(seq), small, 0);
    retained.add('o', 'lobby', one(1), small, 5);
    expect(retained.get('o', 'lobby', 1)?.bytes).to.equal(undefined);
    expect(retained.size).to.equal(limits.retainedMessages);
    expect(retained.get('o', 'lobby', 2)?.bytes).to.equal(small);
  });

  it('that came late, ahead of those that are there, are kept with them', () => {
    const retained = new RetainedEvents();
    for (const seq of [500, 490, 505, 495]) retained.add('o', 'lobby', one(seq), small, seq);
    for (const seq of [490, 495, 500, 505]) expect(retained.get('o', 'lobby', seq)?.bytes).to.equal(small);
    for (const seq of [489, 491, 500 + 16, 506])
      expect(retained.get('o', 'lobby', seq)?.bytes).to.equal(undefined);
    retained.expire(505 + limits.retainedMs);
    expect([retained.size, retained.bytes]).to.deep.equal([0, 0]);
  });

  it('go after their time, though one in their midst came late', () => {
    const retained = new RetainedEvents();
    for (const seq of [1, 3, 4]) retained.add('o', 'lobby', one(seq), small, 0);
    retained.add('o', 'lobby', one(2), small, limits.retainedMs / 2);
    retained.expire(limits.retainedMs);
    expect(retained.size).to.equal(0);
  });

  it('are found by any of their numbers, and go as they came, in runs', () => {
    const retained = new RetainedEvents();
    retained.add('o', 'lobby', { seq: 1000, count: 500 }, small, 0);
    retained.add('o', 'lobby', { seq: 2000, count: 1 }, other, 0);
    retained.add('o', 'lobby', { seq: 1, count: 2 }, other, 0);
    for (const seq of [1000, 1001, 1499]) expect(retained.get('o', 'lobby', seq)?.bytes).to.equal(small);
    for (const seq of [1, 2, 2000]) expect(retained.get('o', 'lobby', seq)?.bytes).to.equal(other);
    for (const seq of [0, 3, 999, 1500, 1999, 2001])
      expect(retained.get('o', 'lobby', seq)?.bytes).to.equal(undefined);
    expect(retained.size).to.equal(3);
  });

  it('are at most so many of a stream, however many a run has', () => {
    const retained = new RetainedEvents();
    const runs = limits.retainedMessages / limits.runEvents;
    for (let i = 0; i < 2 * runs; i++)
      retained.add('o', 'lobby', { seq: 1 + i * limits.runEvents, count: limits.runEvents }, small, 0);
    expect(retained.size).to.equal(runs);
    expect(retained.get('o', 'lobby', runs * limits.runEvents)).to.equal(undefined);
    expect(retained.get('o', 'lobby', runs * limits.runEvents + 1)?.bytes).to.equal(small);
  });

  it('are found by their numbers while streams grow and shrink', () => {
    forSeeds(20, (random) => {
      const retained = new RetainedEvents();
      const expected = new Map<number, number>();
      let nowMs = 0;
      for (let seq = 1; seq < 6000; seq++) {
        nowMs += random.below(seq % 1000 < 200 ? 200 : 3);
        retained.add('o', 'lobby', one(seq), small, nowMs);
        expected.set(seq, nowMs);
        if (random.chance(0.02)) retained.expire(nowMs);
        for (const [old, atMs] of expected) {
          if (seq - old < limits.retainedMessages && nowMs - atMs < limits.retainedMs) break;
          expected.delete(old);
        }
        const looked = random.below(seq) + 1;
        if (expected.has(looked)) expect(retained.get('o', 'lobby', looked)?.bytes).to.equal(small);
      }
      expect(retained.size).to.be.at.most(limits.retainedMessages);
    });
  });

  it('are counted right, whatever comes and goes', () => {
    forSeeds(10, (random) => {
      const retained = new RetainedEvents();
      let nowMs = 0;
      for (let i = 0; i < 3000; i++) {
        const bytes = Buffer.alloc(random.below(200));
        retained.add(`o${random.below(3)}`, random.pick(['a', 'b']), one(random.below(2000)), bytes, nowMs);
        nowMs += random.below(20);
        if (random.chance(0.1)) retained.expire(nowMs);
      }
      retained.expire(nowMs + limits.retainedMs);
      expect([retained.size, retained.bytes]).to.deep.equal([0, 0]);
    });
  });
});
