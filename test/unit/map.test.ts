import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import type { MappedServer, NetworkMap } from '../../lib/peer/network-map.js';
import { mapLines } from '../../lib/prompt/map.js';
import { survey } from '../../lib/prompt/survey.js';
import { links, mapOf, nodeNumbered, numbered } from '../helpers/network-maps.js';
import { forSeeds } from '../helpers/random.js';

const columns = 80;
const greek = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];

function changed(map: NetworkMap, index: number, change: Partial<MappedServer>): NetworkMap {
  return {
    ...map,
    servers: map.servers.map((server, i) => (i === index ? { ...server, ...change } : server)),
  };
}

describe('The map', () => {
  it('of one server says that there is no other', () => {
    expect(mapLines(mapOf(['alpha'], []), columns)).to.deep.equal([
      'No other server is in reach. `connect <ip> <port>` makes a link to one.',
    ]);
  });

  it('of a ring has the way to each server, and the link that closes it at both its ends', () => {
    expect(mapLines(mapOf(greek.slice(0, 6), links.ring(6)), columns)).to.deep.equal([
      '6 servers, 6 links; the farthest from this server (*) is 3 hops away.',
      'Any one server may fail without cutting off another.',
      '',
      '  hops  server          links  also with',
      '     0  alpha *             2',
      '     1  ├─ beta             2',
      '     2  │  └─ gamma         2',
      '     3  │     └─ delta      2  epsilon',
      '     1  └─ zeta             2',
      '     2     └─ epsilon       2  delta',
    ]);
  });

  it('of two islands with a bridge tells which servers the others hang on', () => {
    const second = links.ring(4).map(([a, b]) => [a + 4, b + 4] as const);
    expect(mapLines(mapOf(greek, [...links.ring(4), ...second, [1, 5]]), columns)).to.deep.equal([
      '8 servers, 9 links; the farthest from this server (*) is 4 hops away.',
      '2 others are the only way to further ones: more links there would help.',
      '',
      '  hops  server             links  only way to  also with',
      '     0  alpha *                2',
      '     1  ├─ beta                3            4',
      '     2  │  ├─ gamma            2               delta',
      '     2  │  └─ zeta             3            3',
      '     3  │     ├─ epsilon       2',
      '     4  │     │  └─ theta      2               eta',
      '     3  │     └─ eta           2               theta',
      '     1  └─ delta               2               gamma',
    ]);
  });

  it('says when the others hang on this server itself', () => {
    expect(mapLines(mapOf(numbered(12), links.star(12, 0)), columns)).to.include(
      'Without this server (*) the others would fall into 11 parts.',
    );
  });

  it('of a long chain goes straight down, and not out of the terminal', () => {
    expect(mapLines(mapOf(numbered(30), links.chain(30)), columns).slice(3, 8)).to.deep.equal([
      '  hops  server  links  only way to',
      '     0  s1 *        1',
      '     1  s2          2           28',
      '     2  s3          2           27',
      '     3  s4          2           26',
    ]);
  });

  it('of servers that are all linked with all does not list them over and over', () => {
    const lines = mapLines(mapOf(numbered(30), links.all(30)), columns);
    expect(lines.filter((line) => /29 {2}all others$/.test(line))).to.have.length(29);
  });

  it('names the few links that are missing where most are there', () => {
    const most = links.all(30).filter(([a, b]) => !(a === 3 && b === 7));
    const lines = mapLines(mapOf(numbered(30), most), columns);
    expect(lines).to.include('     1  ├─ s4      28  all but s8');
    expect(lines).to.include('     1  ├─ s8      28  all but s4');
  });

  it('counts the links that have no room', () => {
    const names = numbered(30).map((name) => `${name}.example`);
    const lines = mapLines(mapOf(names, links.random(30, 4, 1)), columns);
    expect(lines.some((line) => / \+\d+$/.test(line))).to.equal(true);
  });

  it('tells servers of one name apart by their node ids', () => {
    const map = changed(mapOf(['alpha', 'beta', 'beta'], links.all(3)), 2, {
      node: `${'3c6e'.repeat(7)}ffff`,
    });
    const [, , beta] = map.servers;
    const lines = mapLines(
      {
        ...map,
        servers: map.servers.map((server, i) =>
          i < 2 ? { ...server, neighbours: [beta?.node ?? '', ...server.neighbours] } : server,
        ),
      },
      columns,
    ).join('\n');
    // The id of nodeNumbered(1) begins with 3c6e too.
    expect(lines)
      .to.contain(`beta (${nodeNumbered(1).slice(0, 5)})`)
      .and.to.contain('beta (3c6e3)');
  });

  it('has servers out of reach apart, with the time and their last links', () => {
    const map = changed(mapOf(greek.slice(0, 4), [...links.ring(3), [1, 3]]), 1, {
      neighbours: [nodeNumbered(0), nodeNumbered(2)],
    });
    const away = changed(map, 3, { outOfReachMs: 12_000 });
    expect(mapLines(away, columns).slice(-2)).to.deep.equal([
      '  out of reach',
      '  delta         for 12 s  last linked with beta',
    ]);
  });

  it('tells of links that only one end claims, and does not use them', () => {
    const map = mapOf(greek.slice(0, 4), links.chain(4));
    const [, , , delta] = map.servers;
    const lines = mapLines(
      changed(map, 3, { neighbours: [...(delta?.neighbours ?? []), nodeNumbered(1)] }),
      columns,
    );
    expect(lines.at(-1)).to.equal('  delta claims a link with beta, which does not');
    expect(lines.some((line) => /^ +3 .*delta/.test(line))).to.equal(true);
  });

  it('believes this server alone about its own links', () => {
    const linked = changed(mapOf(['alpha', 'beta'], links.chain(2)), 1, { neighbours: [] });
    expect(survey(linked).places).to.have.length(2);
    const unlinked = changed(mapOf(['alpha', 'beta'], links.chain(2)), 0, { neighbours: [] });
    expect(survey(unlinked).places).to.have.length(1);
  });

  it('can be looked at from another server', () => {
    const lines = mapLines(mapOf(greek.slice(0, 3), links.chain(3)), columns, nodeNumbered(2));
    expect(lines[0]).to.contain('from gamma is 2 hops away');
    expect(lines.at(-1)).to.match(/^ +2 .*alpha \*/);
  });

  it('has the members where they are known', () => {
    const lines = mapLines(changed(mapOf(['alpha', 'beta'], links.chain(2)), 1, { members: 7 }), columns);
    expect(lines.slice(-3)).to.deep.equal([
      '  hops  server   links  members',
      '     0  alpha *      1',
      '     1  └─ beta      1        7',
    ]);
  });

  it('of very many servers counts those that are too many to show', () => {
    const count = limits.promptRows + 100;
    const lines = mapLines(mapOf(numbered(count), links.random(count, 1, 1)), columns);
    expect(lines.at(-1)).to.match(/^ {2}… and 100 more: \d+ at \d+ hops?, /);
  });

  it('fits into the terminal, is the same each time, and has each server once, whatever the shape', () => {
    forSeeds(60, (random) => {
      const count = 2 + random.below(150);
      const map = mapOf(numbered(count), links.random(count, 1 + random.below(4), random.seed));
      const lines = mapLines(map, columns);
      expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(columns);
      const shuffled = [...map.servers].sort(() => random.next() - 0.5);
      expect(mapLines({ ...map, servers: shuffled }, columns)).to.deep.equal(lines);
      const rows = lines.filter((line) => /^ +\d+ {2}[│├└ ─]*s\d+ /.test(line));
      expect(rows).to.have.length(count);
    });
  });

  it('has for the only way to others just those that are cut off without it', () => {
    forSeeds(60, (random) => {
      const count = 2 + random.below(25);
      const map = mapOf(numbered(count), links.random(count, 1 + random.below(2), random.seed));
      const { places, start } = survey(map);
      for (const place of places) {
        if (place === start) continue;
        const without = map.servers
          .filter((server) => server !== place.server)
          .map((server) => ({
            ...server,
            neighbours: server.neighbours.filter((node) => node !== place.server.node),
          }));
        const left = survey({ ...map, servers: without }).places.length;
        expect(place.onlyWayTo).to.equal(places.length - 1 - left);
      }
    });
  });
});
