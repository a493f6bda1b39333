import { expect } from 'chai';
import { SizeClasses } from '../../lib/peer/core/streams/size-classes.js';
import { forSeeds } from '../helpers/random.js';

describe('things by their size', () => {
  it('have no largest when there are none', () => {
    const classes = new SizeClasses<string>();
    expect(classes.nextLargest()).to.equal(undefined);
    classes.resize('a', 0, 5);
    classes.resize('a', 5, 0);
    expect(classes.nextLargest()).to.equal(undefined);
  });

  it('give one than which none is more than twice as large', () => {
    forSeeds(20, (random) => {
      const classes = new SizeClasses<string>();
      const sizes = new Map<string, number>();
      for (let i = 0; i < 500; i++) {
        const thing = `thing ${random.below(20)}`;
        const size = random.chance(0.2) ? 0 : random.below(random.pick([3, 100, 2 ** 31]));
        classes.resize(thing, sizes.get(thing) ?? 0, size);
        sizes.set(thing, size);
        const largest = classes.nextLargest();
        const most = Math.max(...sizes.values());
        expect(2 * (sizes.get(largest ?? '') ?? 0)).to.be.at.least(most);
      }
    });
  });
});
