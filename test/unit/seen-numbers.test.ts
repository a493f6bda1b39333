import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { SeenNumbers } from '../../lib/peer/core/streams/seen-numbers.js';
import { forSeeds } from '../helpers/random.js';

describe('numbers of events that have been here', () => {
  it('are told from new ones like in a set of them all, as long as they are in the window', () => {
    forSeeds(20, (random) => {
      const seen = new SeenNumbers();
      const all = new Set<number>();
      let highest = random.pick([0, 1, 31, 32, 5_000_000_000]);
      const start = highest;
      for (let i = 0; i < 5000; i++) {
        const step = random.pick([
          1,
          1,
          2,
          -3,
          -40,
          -1000,
          random.below(2 * limits.seenNumbers),
          -random.below(limits.seenNumbers),
        ]);
        const number = Math.max(0, highest + step);
        const isTooOld = all.size > 0 && number <= highest - limits.seenNumbers;
        expect(seen.add('o', number), `${number}, the highest being ${highest}`).to.equal(
          !isTooOld && !all.has(number),
        );
        all.add(number);
        highest = Math.max(highest, number);
      }
      expect(highest).to.be.greaterThan(start);
    });
  });

  it('are new once, in whatever order they come', () => {
    const seen = new SeenNumbers();
    const numbers = [7, 3, 5, 4, 6, 8, 3, 7];
    expect(numbers.map((number) => seen.add('o', number))).to.deep.equal([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('count as seen when they are older than the window', () => {
    const seen = new SeenNumbers();
    seen.add('o', limits.seenNumbers + 10);
    expect(seen.add('o', 10)).to.equal(false);
    expect(seen.add('o', 11)).to.equal(true);
    expect(seen.add('o', 11)).to.equal(false);
  });

  it('are forgotten by a leap beyond the window, and all that the leap reaches is new', () => {
    const seen = new SeenNumbers();
    for (let number = 0; number < limits.seenNumbers; number++) seen.add('o', number);
    const leap = 3 * limits.seenNumbers;
    expect(seen.add('o', leap)).to.equal(true);
    for (let number = leap - limits.seenNumbers + 1; number < leap; number++)
      expect(seen.add('o', number)).to.equal(true);
  });

  it('are apart for each origin, until it is forgotten', () => {
    const seen = new SeenNumbers();
    expect(seen.add('o', 1)).to.equal(true);
    expect(seen.add('p', 1)).to.equal(true);
    seen.forget('o');
    expect(seen.add('o', 1)).to.equal(true);
    expect(seen.add('p', 1)).to.equal(false);
  });
});
