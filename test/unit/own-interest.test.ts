import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { OwnInterest, roundedCount } from '../../lib/peer/core/map/own-interest.js';
import type { InterestFrame } from '../../lib/wire/peer-frame.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';

const identity = testIdentity('a1'.repeat(16));
const later = limits.interestCountsMs;

const changesOf = (frames: Iterable<InterestFrame>) => [...frames].flatMap(({ changes }) => changes);

describe('this server’s interest', () => {
  it('in a new channel is told at once', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.raise('lobby', 0);
    expect(own.has('lobby')).to.equal(true);
    expect(own.version).to.equal(0);
    expect(changesOf(own.takeNews(0))).to.deep.equal([['lobby', 0]]);
    expect(own.version).to.equal(1);
    expect([...own.takeNews(later)]).to.deep.equal([]);
  });

  it('is told again at once when the first member is there, for then the channel is to be listed', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.raise('lobby', 0);
    own.takeNews(0);
    own.setMembers('lobby', 1, 10);
    expect(changesOf(own.takeNews(limits.interestMs))).to.deep.equal([['lobby', 1]]);
  });

  it('tells a mere change of numbers only a while after the last news', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.setMembers('lobby', 1, 0);
    own.takeNews(0);
    own.setMembers('lobby', 2, 100);
    expect(own.takeNews(later - 1)).to.deep.equal([]);
    own.setMembers('lobby', 3, later - 1);
    expect(changesOf(own.takeNews(later))).to.deep.equal([['lobby', 3]]);
  });

  it('tells nothing of what came and went in the meantime', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.setMembers('lobby', 1, 0);
    own.takeNews(0);
    own.setMembers('lobby', 2, 10);
    own.setMembers('lobby', 1, 20);
    expect(own.takeNews(later)).to.deep.equal([]);
  });

  it('tells all that changed in one go', () => {
    const own = new OwnInterest(identity, testCrypto);
    for (const channel of ['a', 'b', 'c']) own.setMembers(channel, 1, 0);
    const frames = own.takeNews(0);
    expect(frames).to.have.length(1);
    expect(changesOf(frames)).to.have.deep.members([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('is told at a pace, however often channels come', () => {
    const own = new OwnInterest(identity, testCrypto);
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      own.raise(`c${nowMs}`, nowMs);
      if (own.takeNews(nowMs).length > 0) times.push(nowMs);
    }
    expect(times[1]).to.equal(limits.interestMs);
    expect(times.length).to.be.at.most(limits.interestBurst + 10_000 / limits.interestSustainedMs + 1);
    expect(times.length).to.be.at.least(limits.interestBurst);
    own.takeNews(20_000);
    expect([...own.since(0)].flatMap(({ changes }) => changes)).to.have.length(1000);
  });

  it('is kept up for a while after the last member left', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.setMembers('lobby', 2, 0);
    own.takeNews(0);
    own.setMembers('lobby', 0, 1000);
    expect(changesOf(own.takeNews(1000))).to.deep.equal([['lobby', 0]]);
    expect(own.takeIdle(1000 + limits.interestLingerMs - 1)).to.deep.equal([]);
    expect(own.has('lobby')).to.equal(true);
    expect(own.takeIdle(1000 + limits.interestLingerMs)).to.deep.equal(['lobby']);
    expect(own.has('lobby')).to.equal(false);
    expect(own.takeIdle(100_000)).to.deep.equal([]);
    expect(changesOf(own.takeNews(40_000))).to.deep.equal([['lobby', -1]]);
    expect([...own.since(0)].flatMap(({ changes }) => changes)).to.deep.equal([]);
  });

  it('goes on when somebody comes back in time, and counts anew when he leaves', () => {
    const own = new OwnInterest(identity, testCrypto);
    const linger = limits.interestLingerMs;
    own.setMembers('lobby', 1, 0);
    own.setMembers('lobby', 0, 0);
    own.setMembers('lobby', 1, linger - 1);
    expect(own.takeIdle(linger)).to.deep.equal([]);
    own.setMembers('lobby', 0, linger);
    expect(own.takeIdle(2 * linger - 1)).to.deep.equal([]);
    expect(own.takeIdle(2 * linger)).to.deep.equal(['lobby']);
  });

  it('is kept up for who is about to join, even if he never does', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.raise('lobby', 0);
    own.raise('tea', 5000);
    own.raise('lobby', 10_000);
    expect(own.takeIdle(5000 + limits.interestLingerMs)).to.deep.equal(['tea']);
    expect(own.takeIdle(10_000 + limits.interestLingerMs)).to.deep.equal(['lobby']);
  });

  it('in a channel with members is no other when somebody more is about to join', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.setMembers('lobby', 3, 0);
    own.takeNews(0);
    own.raise('lobby', 10);
    expect(own.takeNews(later)).to.deep.equal([]);
    expect(own.takeIdle(10 + limits.interestLingerMs)).to.deep.equal([]);
  });

  it('that was never told and is gone again is never told', () => {
    const own = new OwnInterest(identity, testCrypto);
    own.raise('lobby', 0);
    expect(own.takeIdle(limits.interestLingerMs)).to.deep.equal(['lobby']);
    expect(own.takeNews(limits.interestLingerMs)).to.deep.equal([]);
    expect(own.version).to.equal(0);
  });

  it('brings others up to date with the changes since, or with the whole table', () => {
    const own = new OwnInterest(identity, testCrypto);
    expect([...own.since(0)]).to.deep.equal([]);
    for (const [i, channel] of ['a', 'b', 'c'].entries()) {
      own.setMembers(channel, i + 1, i * later);
      own.takeNews(i * later);
    }
    const [second, third] = [...own.since(1)];
    expect([second?.from, second?.to, third?.from, third?.to]).to.deep.equal([1, 2, 2, 3]);
    expect([...own.since(3)]).to.deep.equal([]);
    const many = limits.recentInterest + 1;
    for (let i = 0; i < many; i++) own.setMembers(`m${i}`, 1, 10 * later);
    own.takeNews(10 * later);
    const whole = [...own.since(2)];
    expect(whole.map(({ from, to }) => [from, to])).to.deep.equal([[0, 4]]);
    expect(changesOf(whole)).to.have.length(3 + many);
  });
});

describe('this server’s interest, asked for from the beginning,', () => {
  it('is told as a whole, for who asks may have another table under the same version', () => {
    const own = new OwnInterest(identity, testCrypto);
    for (const [i, channel] of ['a', 'b'].entries()) {
      own.setMembers(channel, 1, i * later);
      own.takeNews(i * later);
    }
    expect([...own.since(0)].map(({ from, to }) => [from, to])).to.deep.equal([[0, 2]]);
  });
});

describe('a number of members', () => {
  it('is told as it is for few', () => {
    for (let members = 0; members <= 16; members++) expect(roundedCount(members)).to.equal(members);
  });

  it('is told for many to within a sixteenth, and seldom another', () => {
    const told = new Set<number>();
    let before = 0;
    for (let members = 1; members <= 100_000; members++) {
      const rounded = roundedCount(members);
      expect(Math.abs(rounded - members) / members, `${members}`).to.be.at.most(1 / 16);
      expect(rounded).to.be.at.least(before);
      before = rounded;
      told.add(rounded);
    }
    expect(told.size).to.be.at.most(16 + 8 * 14);
  });
});
