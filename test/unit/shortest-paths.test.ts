import { expect } from 'chai';
import { Graph } from '../../lib/peer/core/map/shortest-paths.js';
import { forSeeds, Random } from '../helpers/random.js';
import { distancesFrom, hasEdge, randomClaims, randomNodeId, shuffled } from '../helpers/random-graph.js';

function place(graph: Graph, node: string): number {
  const found = graph.placeOf(node);
  if (found === undefined) throw new Error(`no place for ${node}`);
  return found;
}

describe('trees of shortest paths', () => {
  it('are as long as a search by brute force finds, and go by edges that both ends claim', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const graph = new Graph(claims);
      expect(graph.nodes).to.deep.equal([...claims.keys()].sort());
      for (const root of graph.nodes) {
        const { parents, distances } = graph.tree(place(graph, root));
        const expected = distancesFrom(claims, root);
        for (const [at, node] of graph.nodes.entries()) {
          expect(distances[at]).to.equal(expected.get(node) ?? -1);
          const parent = graph.nodes[parents[at] ?? -1];
          if (node === root || !expected.has(node)) {
            expect(parent).to.equal(undefined);
            continue;
          }
          expect(hasEdge(claims, parent ?? '', node)).to.equal(true);
          expect(expected.get(parent ?? '')).to.equal((expected.get(node) ?? 0) - 1);
        }
      }
    });
  });

  it('are the same on every server, in whatever order it learned of the others', () => {
    forSeeds(100, (random) => {
      const claims = randomClaims(random);
      const graph = new Graph(claims);
      const other = new Graph(
        new Map(shuffled(random, claims).map(([node, said]) => [node, new Set(shuffled(random, said))])),
      );
      expect(other.nodes).to.deep.equal(graph.nodes);
      for (let root = 0; root < graph.nodes.length; root++)
        expect(other.tree(root)).to.deep.equal(graph.tree(root));
    });
  });

  it('do not depend on whose tree was asked for before', () => {
    forSeeds(20, (random) => {
      const claims = randomClaims(random);
      const [asked, fresh] = [new Graph(claims), new Graph(claims)];
      for (const root of shuffled(random, asked.nodes.keys())) asked.tree(root);
      const root = random.below(fresh.nodes.length);
      expect(asked.tree(root)).to.deep.equal(fresh.tree(root));
    });
  });

  it('know nothing of servers that are only claimed, nor of a server linked with itself', () => {
    const graph = new Graph(
      new Map([
        ['a', new Set(['a', 'ghost'])],
        ['b', new Set(['a'])],
      ]),
    );
    expect(graph.placeOf('ghost')).to.equal(undefined);
    expect(graph.tree(0).distances).to.deep.equal(Int32Array.of(0, -1));
  });

  it('take different ways for different origins, where several are equally short', () => {
    const random = new Random(1);
    const [left, middles, right] = [6, 6, 6].map((count) =>
      Array.from({ length: count }, () => randomNodeId(random)),
    );
    const claims = new Map<string, Set<string>>();
    for (const node of [...(left ?? []), ...(right ?? [])]) claims.set(node, new Set(middles));
    for (const node of middles ?? []) claims.set(node, new Set([...(left ?? []), ...(right ?? [])]));
    const graph = new Graph(claims);
    const used = new Set<number | undefined>();
    for (const root of left ?? [])
      used.add(graph.tree(place(graph, root)).parents[place(graph, right?.[0] ?? '')]);
    expect(used.size).to.be.greaterThan(1);
  });
});
