import { expect } from 'chai';
import { suggest } from '../../lib/terminal/suggest.js';

describe('suggestions', () => {
  const words = ['connect', 'disconnect', 'peers', 'channels', 'clients', 'status', 'help', 'exit'];
  for (const [typed, meant] of [
    ['conect', 'connect'],
    ['pers', 'peers'],
    ['chanels', 'channels'],
    ['chan', 'channels'],
    ['hlep', 'help'],
    ['disconect', 'disconnect'],
  ] as const) {
    it(`has ${meant} for ${typed}`, () => expect(suggest(typed, words)).to.equal(meant));
  }
  it('has nothing for what is like nothing', () => {
    for (const typed of ['xyzzy', 'go', '', '12345']) expect(suggest(typed, words)).to.equal(undefined);
  });
});
