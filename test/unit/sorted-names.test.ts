import { expect } from 'chai';
import { NamesReply } from '../../lib/relay/names-reply.js';
import { SortedNames } from '../../lib/relay/sorted-names.js';
import { forSeeds } from '../helpers/random.js';

describe('names in the order of their normal forms', () => {
  it('are those that a list which is sorted each time would have, whatever comes and goes', () => {
    forSeeds(30, (random) => {
      const all = new Map(Array.from({ length: random.below(300) }, (_, i) => [`k${i}`, `K${i}`]));
      const expected = new Map(all);
      const names = new SortedNames(all);
      for (let i = 0; i < 500; i++) {
        const key = `k${random.below(400)}`;
        if (random.chance(0.5)) {
          expect(names.add(key, key.toUpperCase())).to.equal(!expected.has(key));
          if (!expected.has(key)) expected.set(key, key.toUpperCase());
        } else if (random.chance(0.8)) {
          expect(names.delete(key)).to.equal(expected.delete(key));
        } else {
          names.replace(key, `"${key}"`);
          if (expected.has(key)) expected.set(key, `"${key}"`);
        }
        if (i % 10 > 0) continue;
        const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
        const count = random.below(500);
        expect(names.size).to.equal(sorted.length);
        expect(names.first(count)).to.deep.equal(sorted.slice(0, count));
        expect(`[${names.jsonOfFirst(count)}]`).to.equal(JSON.stringify(sorted.slice(0, count)));
        expect(names.get(key)).to.equal(expected.get(key));
        const place = [...expected.keys()].sort().indexOf(key);
        expect(names.isAmongFirst(key, count)).to.equal(place !== -1 && place < count);
      }
      for (const key of expected.keys()) names.delete(key);
      expect([names.size, names.first(9), names.jsonOfFirst(9)]).to.deep.equal([0, [], '']);
    });
  });
});

describe('a reply with names', () => {
  for (const [title, more, ref] of [
    ['and nothing else', undefined, undefined],
    ['of more than it has room for', 7, undefined],
    ['to a request with a mark', undefined, 'x"y'],
    ['of both kinds', 7, 3],
  ] as const) {
    it(`is JSON to the letter: ${title}`, () => {
      const names = ['ann', 'b"b', 'größe'];
      const list = { count: 3, more, names: () => names, json: () => JSON.stringify(names) };
      const joined = new NamesReply({ type: 'joined', channel: 'tea', name: 'ann' }, list, ref);
      expect(joined.type).to.equal('joined');
      expect(joined.json).to.equal(JSON.stringify(joined.message));
      expect(joined.message).to.deep.equal({
        type: 'joined',
        channel: 'tea',
        name: 'ann',
        members: names,
        more,
        ref,
      });
    });
  }
});
