import { expect } from 'chai';
import { TokenBucket } from '../../lib/relay/token-bucket.js';
import { forSeeds } from '../helpers/random.js';

describe('TokenBucket', () => {
  it('gives its burst at once, and then says how long to wait', () => {
    const bucket = new TokenBucket(20, 3, 1000);
    expect([1, 2, 3].map(() => bucket.take(1000))).to.deep.equal([0, 0, 0]);
    expect(bucket.take(1000)).to.equal(50);
  });

  it('takes no token when it has none to give', () => {
    const bucket = new TokenBucket(20, 1, 0);
    bucket.take(0);
    for (let i = 0; i < 10; i++) expect(bucket.take(0)).to.equal(50);
    expect(bucket.take(50)).to.equal(0);
  });

  it('refills steadily, however often it is asked', () => {
    const bucket = new TokenBucket(20, 1, 0);
    bucket.take(0);
    const waits = [10, 20, 30, 40].map((nowMs) => bucket.take(nowMs));
    expect(waits).to.deep.equal([40, 30, 20, 10]);
  });

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket(20, 2, 0);
    const taken = [0, 0, 0, 0].map(() => bucket.take(3_600_000));
    expect(taken.filter((waitMs) => waitMs === 0)).to.have.length(2);
  });

  it('gives back nothing when a clock goes back', () => {
    const bucket = new TokenBucket(20, 1, 1000);
    bucket.take(1000);
    expect(bucket.take(500)).to.equal(50);
  });

  it('always has a token after the wait it named', () => {
    forSeeds(500, (random) => {
      const perSecond = random.pick([0.1, 0.3, 1, 3, 7, 20, 333, 5000]) * (1 + random.next());
      let nowMs = random.next() * 1e6;
      const bucket = new TokenBucket(perSecond, 1 + random.below(5), nowMs);
      for (let i = 0; i < 50; i++) {
        nowMs += random.next() * 100;
        const waitMs = bucket.take(nowMs);
        if (waitMs === 0) continue;
        nowMs += waitMs;
        expect(bucket.take(nowMs)).to.equal(0);
      }
    });
  });

  it('lets what costs more be paid by whatever comes next', () => {
    const bucket = new TokenBucket(20, 10, 0);
    expect(bucket.take(0)).to.equal(0);
    bucket.charge(8);
    expect(bucket.take(0)).to.equal(0);
    bucket.charge(4);
    expect(bucket.take(0)).to.equal(250);
    expect(bucket.take(250)).to.equal(0);
  });

  it('takes at most a bucketful for one thing', () => {
    const bucket = new TokenBucket(1, 5, 0);
    bucket.charge(1_000_000);
    expect(bucket.take(0)).to.equal(1000);
  });

  it('lets through no more than its rate over a long time', () => {
    const bucket = new TokenBucket(20, 100, 0);
    let taken = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 7) if (bucket.take(nowMs) === 0) taken++;
    expect(taken).to.be.within(100 + 60 * 20 - 5, 100 + 60 * 20);
  });
});
