import { expect } from 'chai';
import { Timetable } from '../../lib/peer/core/timetable.js';
import { forSeeds } from '../helpers/random.js';

describe('a timetable', () => {
  it('gives what is due, once, and not before its time', () => {
    const table = new Timetable<string>();
    table.add('b', 20);
    table.add('a', 10.5);
    expect(table.takeDue(10)).to.deep.equal([]);
    expect(table.takeDue(10.5)).to.deep.equal(['a']);
    expect(table.takeDue(1e9)).to.deep.equal(['b']);
    expect(table.takeDue(2e9)).to.deep.equal([]);
    table.add('late', 5);
    expect(table.takeDue(2e9)).to.deep.equal(['late']);
  });

  it('gives a thing as often as it was added', () => {
    const table = new Timetable<string>();
    for (const dueMs of [100, 200, 200]) table.add('a', dueMs);
    expect([table.takeDue(150), table.takeDue(250)]).to.deep.equal([['a'], ['a', 'a']]);
  });

  it('gives the same as a look at all that is in it', () => {
    forSeeds(30, (random) => {
      const table = new Timetable<number>();
      let all: { readonly thing: number; readonly dueMs: number }[] = [];
      let nowMs = 0;
      for (let i = 0; i < 500; i++) {
        const dueMs = nowMs + random.below(random.pick([10, 500, 20_000])) - 5;
        table.add(i, dueMs);
        all.push({ thing: i, dueMs });
        if (random.chance(0.5)) continue;
        nowMs += random.below(random.pick([1, 60, 1000, 100_000]));
        const due = all.filter((entry) => entry.dueMs <= nowMs).map(({ thing }) => thing);
        all = all.filter((entry) => entry.dueMs > nowMs);
        expect(table.takeDue(nowMs)).to.have.members(due);
      }
    });
  });
});
