import { expect } from 'chai';
import { Pace } from '../../lib/peer/core/pace.js';
import { forSeeds } from '../helpers/random.js';

/** The times at which it lets somebody go who always wants to. */
function goings(pace: Pace, untilMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = 0; nowMs < untilMs; nowMs++) if (pace.mayGo(nowMs)) times.push(nowMs);
  return times;
}

describe('a pace', () => {
  it('lets the first go at once, and the next after a while', () => {
    const pace = new Pace(100, 5, 1000);
    expect([0, 0, 50, 99, 100, 199].map((nowMs) => pace.mayGo(nowMs))).to.deep.equal([
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('lets a burst go, and then only one in so long', () => {
    expect(goings(new Pace(100, 3, 1000), 5000)).to.deep.equal([0, 100, 200, 1000, 2000, 3000, 4000]);
  });

  it('lets a whole burst go again after a rest', () => {
    const pace = new Pace(100, 3, 1000);
    goings(pace, 5000);
    const rested = [20_000, 20_100, 20_200, 20_300].map((nowMs) => pace.mayGo(nowMs));
    expect(rested).to.deep.equal([true, true, true, false]);
  });

  it('is kept over any time, whenever it is asked', () => {
    forSeeds(50, (random) => {
      const [minMs, burst, sustainedMs] = [
        10 + random.below(100),
        1 + random.below(10),
        200 + random.below(1000),
      ];
      const pace = new Pace(minMs, burst, sustainedMs);
      const times: number[] = [];
      for (let nowMs = 0; nowMs < 20_000; nowMs += random.below(2 * minMs))
        if (pace.mayGo(nowMs)) times.push(nowMs);
      for (const [i, startMs] of times.entries()) {
        for (const [j, endMs] of times.slice(i).entries())
          expect(j + 1).to.be.at.most(burst + (endMs - startMs) / sustainedMs + 1e-6);
        expect(startMs - (times[i - 1] ?? -minMs)).to.be.at.least(minMs);
      }
    });
  });
});
