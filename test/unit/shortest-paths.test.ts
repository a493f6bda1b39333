import { expect } from 'chai';
import { Graph } from '../../lib/peer/core/map/graph.js';
import { shortestPaths } from '../../lib/peer/core/map/shortest-paths.js';
import { forSeeds, Random } from '../helpers/random.js';
import {
  type Claims,
  distancesFrom,
  hasEdge,
  randomClaims,
  randomNodeId,
  shuffled,
} from '../helpers/random-graph.js';

function graphOf(claims: Iterable<readonly [string, ReadonlySet<string>]>): Graph {
  const graph = new Graph();
  for (const [node, neighbours] of claims) graph.set(node, { hash: 0, neighbours });
  return graph;
}

/** For each server that a path reaches from a root, its parent and its distance. */
function treeOf(graph: Graph, root: string): Map<string, readonly [string | undefined, number | undefined]> {
  const vertices = graph.vertices();
  const { reached, parents, distances } = shortestPaths(vertices, graph.placeOf(root) ?? -1);
  return new Map(
    reached.map((place) => [
      vertices[place]?.node ?? '',
      [vertices[parents[place] ?? -1]?.node, distances[place]],
    ]),
  );
}

/** Edges that both ends claim: `a b`, each once. */
function edgesOf(graph: Graph): string[] {
  const vertices = graph.vertices();
  return vertices
    .flatMap(({ node, neighbours }) => neighbours.map((at) => `${node} ${vertices[at]?.node}`))
    .sort();
}

function randomNews(random: Random, claims: Claims): void {
  const nodes = [...claims.keys()];
  if (nodes.length > 1 && random.chance(0.2)) {
    claims.delete(random.pick(nodes));
    return;
  }
  const node = random.chance(0.2) ? randomNodeId(random) : random.pick(nodes);
  claims.set(node, new Set(nodes.filter((other) => other !== node && random.chance(0.4))));
}

describe('the graph of the map', () => {
  it('after any news is the one that is drawn from scratch', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const graph = graphOf(shuffled(random, claims));
      for (let i = 0; i < 30; i++) {
        const before = new Map(claims);
        randomNews(random, claims);
        for (const node of before.keys()) if (!claims.has(node)) graph.remove(node);
        for (const [node, neighbours] of claims)
          if (before.get(node) !== neighbours) graph.set(node, { hash: 0, neighbours });
        expect(edgesOf(graph)).to.deep.equal(edgesOf(graphOf(claims)));
        for (const node of before.keys())
          expect(graph.placeOf(node) !== undefined).to.equal(claims.has(node));
      }
    });
  });

  it('knows nothing of servers that are only claimed, nor of a server linked with itself', () => {
    const graph = graphOf([
      ['a', new Set(['a', 'ghost'])],
      ['b', new Set(['a'])],
    ]);
    expect(graph.placeOf('ghost')).to.equal(undefined);
    expect(edgesOf(graph)).to.deep.equal([]);
  });

  it('gives the place of one that is gone to the next newcomer', () => {
    const graph = graphOf([
      ['a', new Set()],
      ['b', new Set()],
    ]);
    graph.remove('a');
    graph.set('c', { hash: 0, neighbours: new Set() });
    expect(graph.placeOf('c')).to.equal(0);
    expect(graph.vertices()).to.have.length(2);
  });
});

describe('trees of shortest paths', () => {
  it('are as long as a search by brute force finds, and go by edges that both ends claim', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const graph = graphOf(claims);
      for (const root of claims.keys()) {
        const tree = treeOf(graph, root);
        const expected = distancesFrom(claims, root);
        expect([...tree.keys()].sort()).to.deep.equal([...expected.keys()].sort());
        for (const [node, [parent, distance]] of tree) {
          expect(distance).to.equal(expected.get(node));
          if (node === root) {
            expect(parent).to.equal(undefined);
            continue;
          }
          expect(hasEdge(claims, parent ?? '', node)).to.equal(true);
          expect(expected.get(parent ?? '')).to.equal((expected.get(node) ?? 0) - 1);
        }
      }
    });
  });

  it('reach each server after its parent', () => {
    forSeeds(50, (random) => {
      const claims = randomClaims(random);
      const graph = graphOf(claims);
      const { reached, parents } = shortestPaths(graph.vertices(), 0);
      for (const [i, place] of reached.entries())
        expect(reached.indexOf(parents[place] ?? -1)).to.be.lessThan(i);
    });
  });

  it('are the same on every server, in whatever order it learned of the others', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const graph = graphOf(claims);
      const other = graphOf(
        shuffled(random, claims).map(([node, said]) => [node, new Set(shuffled(random, said))]),
      );
      for (const root of claims.keys()) expect(treeOf(other, root)).to.deep.equal(treeOf(graph, root));
    });
  });

  it('take different ways for different origins, where several are equally short', () => {
    const random = new Random(1);
    const [left = [], middles = [], right = []] = [6, 6, 6].map((count) =>
      Array.from({ length: count }, () => randomNodeId(random)),
    );
    const graph = graphOf([
      ...[...left, ...right].map((node) => [node, new Set(middles)] as const),
      ...middles.map((node) => [node, new Set([...left, ...right])] as const),
    ]);
    const used = new Set(left.map((root) => treeOf(graph, root).get(right[0] ?? '')?.[0]));
    expect(used.size).to.be.greaterThan(1);
  });
});
