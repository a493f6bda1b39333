import { expect } from 'chai';
import { addToDigest, hashOf, View } from '../../lib/peer/core/map/view.js';
import { forSeeds, type Random } from '../helpers/random.js';
import { distancesFrom, hasEdge, randomClaims, randomNodeId, shuffled } from '../helpers/random-graph.js';
import { type Claimed, graphOf, viewOf } from '../helpers/views.js';

function versioned(random: Random, claims: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Claimed> {
  return new Map(
    [...claims].map(([node, neighbours]) => [node, { version: 1 + random.below(50), neighbours }]),
  );
}

function digestOf(versions: Iterable<readonly [string, number]>): number {
  let digest = 0;
  for (const [node, version] of versions) digest = addToDigest(digest, hashOf(node, version));
  return digest;
}

describe('the view of the map', () => {
  it('reaches whom a path of edges reaches that both ends claim, and knows how far that is', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const own = random.pick([...claims.keys()]);
      const view = viewOf(own, versioned(random, claims));
      const expected = distancesFrom(claims, own);
      expect(view.size).to.equal(expected.size);
      for (const node of claims.keys()) {
        expect(view.reaches(node)).to.equal(expected.has(node));
        expect(view.distanceTo(node)).to.equal(expected.get(node));
      }
    });
  });

  it('knows by which neighbour to reach each server, by a shortest way', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const own = random.pick([...claims.keys()]);
      const view = viewOf(own, versioned(random, claims));
      for (const [node, distance] of distancesFrom(claims, own)) {
        const hop = view.firstHopTo(node);
        if (node === own) {
          expect(hop).to.equal(undefined);
          continue;
        }
        expect(hasEdge(claims, own, hop ?? '')).to.equal(true);
        expect(distancesFrom(claims, hop ?? '').get(node)).to.equal(distance - 1);
      }
      for (const node of claims.keys())
        if (!view.reaches(node)) expect(view.firstHopTo(node)).to.equal(undefined);
    });
  });

  it('brings a frame to where it is to go, hop by hop, though each server chooses its own way', () => {
    forSeeds(50, (random) => {
      const claims = randomClaims(random);
      const seen = versioned(random, claims);
      const [from, to] = [random.pick([...claims.keys()]), random.pick([...claims.keys()])];
      const distance = viewOf(from, seen).distanceTo(to);
      if (distance === undefined) return;
      let at = from;
      for (let hop = 0; hop < distance; hop++) at = viewOf(at, seen).firstHopTo(to) ?? '';
      expect(at).to.equal(to);
    });
  });

  it('has the same digest on all servers that reach one another, in whatever order they learned of the others', () => {
    forSeeds(100, (random) => {
      const seen = versioned(random, randomClaims(random));
      const own = random.pick([...seen.keys()]);
      const view = viewOf(own, seen);
      for (const node of view.nodes())
        expect(viewOf(node, new Map(shuffled(random, seen))).digest).to.equal(view.digest);
    });
  });

  it('has another digest when any server that it reaches has said something new', () => {
    forSeeds(100, (random) => {
      const seen = versioned(random, randomClaims(random));
      const own = random.pick([...seen.keys()]);
      const view = viewOf(own, seen);
      for (const [node, { version, neighbours }] of seen) {
        const after = viewOf(own, new Map([...seen, [node, { version: version + 1, neighbours }]]));
        expect(after.digest === view.digest).to.equal(!view.reaches(node));
      }
    });
  });

  it('has a digest that a frame carries', () => {
    forSeeds(50, (random) => {
      const { digest } = viewOf(
        'a',
        new Map([['a', { version: random.below(2 ** 31), neighbours: new Set() }]]),
      );
      expect(Number.isInteger(digest) && digest >= 0 && digest < 2 ** 48).to.equal(true);
    });
  });
});

describe('a view of a graph that goes on', () => {
  it('stays as it was looked at', () => {
    forSeeds(100, (random) => {
      const seen = versioned(random, randomClaims(random));
      const own = random.pick([...seen.keys()]);
      const graph = graphOf(seen);
      const [view, same] = [new View(graph, own), viewOf(own, seen)];
      const newcomer = randomNodeId(random);
      graph.set(newcomer, { hash: 1, neighbours: new Set(seen.keys()) });
      for (const node of shuffled(random, seen.keys())) {
        graph.set(node, { hash: 2, neighbours: new Set([newcomer]) });
        expect(view.firstHopTo(node)).to.equal(same.firstHopTo(node));
        expect(view.distanceTo(node)).to.equal(same.distanceTo(node));
      }
      expect(view.digest).to.equal(same.digest);
      expect(view.reaches(newcomer)).to.equal(false);
    });
  });

  it('does not take a newcomer for the server out of reach whose place it has', () => {
    const graph = graphOf(new Map([['own', { version: 1, neighbours: new Set<string>() }]]));
    graph.set('gone', { hash: 1, neighbours: new Set() });
    const view = new View(graph, 'own');
    graph.remove('gone');
    graph.set('newcomer', { hash: 1, neighbours: new Set(['own']) });
    expect(graph.placeOf('newcomer')).to.equal(1);
    expect(view.reaches('newcomer')).to.equal(false);
  });
});

describe('digests of versions', () => {
  it('do not depend on the order', () => {
    forSeeds(50, (random) => {
      const versions = Array.from({ length: 20 }, () => [randomNodeId(random), random.below(1000)] as const);
      expect(digestOf(shuffled(random, versions))).to.equal(digestOf(versions));
    });
  });

  it('differ where each of two servers missed the news of another', () => {
    // One server has heard the latest of a and not of b; the other has heard the latest of b and not of a.
    let alike = 0;
    forSeeds(1000, (random) => {
      const [a, b] = [randomNodeId(random), randomNodeId(random)];
      const [versionA, versionB] = [1 + random.below(20), 1 + random.below(20)];
      const one = digestOf([
        [a, versionA + 1],
        [b, versionB],
      ]);
      const other = digestOf([
        [a, versionA],
        [b, versionB + 1],
      ]);
      if (one === other) alike++;
    });
    expect(alike).to.equal(0);
  });
});
