import { expect } from 'chai';
import { MemberList } from '../../lib/relay/member-list.js';
import type { Presence } from '../../lib/wire/messages.js';
import { normalForm } from '../../lib/wire/names.js';
import { forSeeds } from '../helpers/random.js';

const channel = 'lobby';
const join = (name: string): Presence => ({ type: 'join', channel, name });
const leave = (name: string): Presence => ({ type: 'leave', channel, name, reason: 'connection closed' });
const nick = (from: string, name: string): Presence => ({ type: 'nick', channel, name, from });

describe('A list of members', () => {
  it('is sorted by normal forms, and has each name once', () => {
    const list = new MemberList(['bob', 'Ann', 'cy', 'BOB', 'ann']);
    expect(list.names).to.deep.equal(['Ann', 'bob', 'cy']);
  });

  const cases: readonly [string, readonly string[], Presence, readonly Presence[]][] = [
    ['a join as it is', ['bob'], join('ann'), [join('ann')]],
    ['a leave as it is', ['ann'], leave('ann'), [leave('ann')]],
    ['a new name as it is', ['ann'], nick('ann', 'zoe'), [nick('ann', 'zoe')]],
    ['another spelling of a name as it is', ['ann'], nick('ann', 'Ann'), [nick('ann', 'Ann')]],
    ['a join of a name that is there as nothing', ['ann'], join('Ann'), []],
    ['the leave of one of two of a name as nothing', ['ann', 'ann'], leave('ann'), []],
    ['a new name of one of two as a join', ['ann', 'ann'], nick('ann', 'zoe'), [join('zoe')]],
    [
      'a new name that another has as a leave',
      ['ann', 'zoe'],
      nick('ann', 'zoe'),
      [{ type: 'leave', channel, name: 'ann' }],
    ],
    ['a new name between two others’ as nothing', ['ann', 'ann', 'zoe'], nick('ann', 'zoe'), []],
    [
      'the leave of whose spelling was shown as the other’s',
      ['Ann', 'ann'],
      leave('Ann'),
      [nick('Ann', 'ann')],
    ],
    ['the leave of somebody who is not there as nothing', ['ann'], leave('bob'), []],
    ['a new name of somebody who is not there as nothing', ['ann'], nick('bob', 'zoe'), []],
  ];
  for (const [what, names, event, told] of cases) {
    it(`tells ${what}`, () => expect(new MemberList(names).apply(event)).to.deep.equal(told));
  }

  it('is what somebody has who follows what it tells, and has whoever is there', () => {
    const names = ['ann', 'Ann', 'ANN', 'bob', 'Bob', 'cy', 'dee', 'ﬁ', 'fi'];
    forSeeds(300, (random) => {
      const there = Array.from({ length: random.below(4) }, () => random.pick(names));
      const list = new MemberList(there);
      const followed = new Map(list.names.map((name) => [normalForm(name), name]));
      for (let i = 0; i < 40; i++) {
        const [name, from] = [random.pick(names), random.pick(there.length > 0 ? there : names)];
        const event = random.pick([join(name), leave(from), nick(from, name)]);
        const place = event.type === 'join' ? -1 : there.indexOf(from);
        if (place >= 0) there.splice(place, 1);
        if (event.type === 'join' || (event.type === 'nick' && place >= 0)) there.push(name);
        for (const told of list.apply(event)) {
          if (told.type !== 'join') {
            expect(followed.delete(normalForm(told.type === 'nick' ? told.from : told.name))).to.equal(true);
          }
          if (told.type === 'leave') continue;
          expect(followed.has(normalForm(told.name)), 'told of somebody who was there').to.equal(false);
          followed.set(normalForm(told.name), told.name);
        }
        expect([...followed.values()]).to.have.members(list.names);
        expect(list.names.map(normalForm)).to.deep.equal([...new Set(there.map(normalForm))].sort());
        for (const shown of list.names) expect(there).to.include(shown);
      }
    });
  });
});
