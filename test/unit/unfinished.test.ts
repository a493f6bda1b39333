import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { UnfinishedWatch } from '../../lib/listen/unfinished.js';

describe('A watch over unfinished messages', () => {
  const half = limits.messageMs / 2;

  it('finds one that is still the same after its time', () => {
    const watch = new UnfinishedWatch();
    expect(watch.isOverdue(7, 0)).to.equal(false);
    expect(watch.isOverdue(7, limits.messageMs - 1)).to.equal(false);
    expect(watch.isOverdue(7, limits.messageMs)).to.equal(true);
  });

  it('gives each one its time anew', () => {
    const watch = new UnfinishedWatch();
    for (let i = 0; i < 10; i++) expect(watch.isOverdue(i, i * half)).to.equal(false);
    expect(watch.isOverdue(9, 10 * half)).to.equal(false);
    expect(watch.isOverdue(9, 11 * half)).to.equal(true);
  });

  it('forgets one that was finished, though none was begun after it', () => {
    const watch = new UnfinishedWatch();
    for (let i = 0; i < 10; i++) {
      expect(watch.isOverdue(3, 2 * i * half)).to.equal(false);
      expect(watch.isOverdue(undefined, (2 * i + 1) * half)).to.equal(false);
    }
  });
});
