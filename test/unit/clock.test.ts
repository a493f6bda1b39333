import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';

describe('the end of a turn', () => {
  it('comes once all that is under way is done, and has what its own tasks put off', async () => {
    const done: string[] = [];
    const ended = new Promise<void>((resolve) => {
      systemClock.endOfTurn(() => {
        done.push('first');
        systemClock.endOfTurn(() => {
          done.push('put off by the first');
          setImmediate(resolve);
        });
      });
    });
    systemClock.endOfTurn(() => done.push('second'));
    // The next turn of the event loop.
    setImmediate(() => setImmediate(() => done.push('next turn')));
    queueMicrotask(() => done.push('still this turn'));
    await ended;
    expect(done.slice(0, 4)).to.deep.equal(['still this turn', 'first', 'second', 'put off by the first']);
  });
});
