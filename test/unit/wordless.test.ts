import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { WordlessToll } from '../../lib/listen/wordless.js';
import { HandClock } from '../helpers/hand-clock.js';

describe('The price of empty lines, pings and pongs', () => {
  it('is paid by so many at once, and by so many a second after them', () => {
    const clock = new HandClock();
    const toll = new WordlessToll(clock);
    for (let i = 0; i < limits.wordlessBurst; i++) expect(toll.take()).to.equal(true);
    expect(toll.take()).to.equal(false);
    clock.advance(1_000);
    for (let i = 0; i < limits.wordlessPerSecond; i++) expect(toll.take()).to.equal(true);
    expect(toll.take()).to.equal(false);
  });
});
