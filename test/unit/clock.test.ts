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
    // If the clock did not wait for its own tasks, what they put off would come after this.
    setImmediate(() => done.push('later'));
    queueMicrotask(() => done.push('still this turn'));
    await ended;
    expect(done).to.deep.equal(['still this turn', 'first', 'second', 'put off by the first', 'later']);
  });
});
