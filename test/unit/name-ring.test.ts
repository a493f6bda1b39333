import { expect } from 'chai';
import { NameRing, nameHash } from '../../lib/peer/core/users/name-ring.js';
import { forSeeds } from '../helpers/random.js';
import { randomNodeId, shuffled } from '../helpers/random-graph.js';

describe('the ring of names', () => {
  it('gives each name to one server, the same in whatever order servers are known', () => {
    forSeeds(20, (random) => {
      const nodes = Array.from({ length: 1 + random.below(20) }, () => randomNodeId(random));
      const [one, other] = [new NameRing(nodes), new NameRing(shuffled(random, nodes))];
      for (let i = 0; i < 100; i++) {
        const keeper = one.keeperOf(nameHash(`n${i}`));
        expect(nodes).to.include(keeper);
        expect(other.keeperOf(nameHash(`n${i}`))).to.equal(keeper);
      }
    });
  });

  it('moves only the names of a server that goes, and to one that comes only what is its own', () => {
    forSeeds(20, (random) => {
      const nodes = Array.from({ length: 2 + random.below(20) }, () => randomNodeId(random));
      const [gone, ...rest] = nodes;
      const [with_, without] = [new NameRing(nodes), new NameRing(rest)];
      for (let i = 0; i < 200; i++) {
        const hash = nameHash(`n${i}`);
        if (with_.keeperOf(hash) !== gone) expect(without.keeperOf(hash)).to.equal(with_.keeperOf(hash));
      }
    });
  });

  it('has no keeper without servers, and goes round at its end', () => {
    expect(new NameRing([]).keeperOf(7)).to.equal(undefined);
    const ring = new NameRing(['10000000', '80000000']);
    expect(
      [0, 0x10000000, 0x10000001, 0x80000000, 0x80000001].map((hash) => ring.keeperOf(hash)),
    ).to.deep.equal(['10000000', '10000000', '80000000', '80000000', '10000000']);
  });
});
