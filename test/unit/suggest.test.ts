import { expect } from 'chai';
import { suggest } from '../../lib/terminal/suggest.js';

describe('suggestions', () => {
  const words = ['map', 'connect', 'disconnect', 'peers', 'channels', 'clients', 'status', 'help', 'exit'];
  for (const [typed, meant] of [
    ['conect', 'connect'],
    ['pers', 'peers'],
    ['chanels', 'channels'],
    ['chan', 'channels'],
    ['hlep', 'help'],
    ['disconect', 'disconnect'],
    ['disconnext', 'disconnect'],
    ['staus', 'status'],
    ['e', 'exit'],
  ] as const) {
    it(`has ${meant} for ${typed}`, () => expect(suggest(typed, words)).to.equal(meant));
  }
  it('has nothing for what is like nothing', () => {
    for (const typed of ['xyzzy', 'go', 'xp', 'm-', '', '12345'])
      expect(suggest(typed, words), typed).to.equal(undefined);
  });

  it('has nothing for a word with three wrong letters', () => {
    expect(suggest('konnekd', words)).to.equal(undefined);
  });

  it('has the nearest of several', () => {
    expect(suggest('tree', ['threes', 'three'])).to.equal('three');
  });

  it('has nothing, at once, for a very long word', () => {
    expect(suggest('x'.repeat(1_000_000), words)).to.equal(undefined);
  });
});
