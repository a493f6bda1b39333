import { expect } from 'chai';
import { bootstrap, median, quantile } from '../../bench/statistics.js';
import { forSeeds } from '../helpers/random.js';

describe('the statistics of the benchmark', () => {
  it('have the median of an odd and an even count, in any order', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([10, 1, 2, 3])).to.equal(2.5);
  });

  it('have quantiles', () => {
    const values = Array.from({ length: 100 }, (_, i) => 99 - i);
    expect(quantile(values, 0.5)).to.equal(50);
    expect(quantile(values, 0.99)).to.equal(99);
  });

  it('say between which values a figure lies, in at least nine of ten cases rightly', () => {
    let right = 0;
    let cases = 0;
    forSeeds(200, (random) => {
      const samples = Array.from({ length: 30 }, () => random.below(1_000));
      const interval = bootstrap(samples, median, 200, () => random.below(1_000_000) / 1_000_000);
      cases++;
      if (interval && interval.low <= 500 && interval.high >= 500) right++;
    });
    expect(right / cases).to.be.above(0.9);
  });

  it('do not say so of a handful of samples', () => {
    expect(bootstrap([1, 2, 3, 4, 5], median, 10, () => 0)).to.equal(undefined);
  });
});
