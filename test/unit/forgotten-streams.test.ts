import { expect } from 'chai';
import { ForgottenStreams } from '../../lib/peer/core/streams/forgotten-streams.js';

describe('the streams of forgotten servers', () => {
  it('are remembered until they are in use again', () => {
    const forgotten = new ForgottenStreams();
    forgotten.remember('a', 'lobby', 7);
    expect(forgotten.take('a', 'lobby')).to.equal(7);
    expect(forgotten.take('a', 'lobby')).to.equal(undefined);
    expect(forgotten.size).to.equal(0);
  });

  it('make room for newer ones, the oldest first', () => {
    const forgotten = new ForgottenStreams(2);
    forgotten.remember('a', 'lobby', 1);
    forgotten.remember('b', 'tea', 2);
    forgotten.remember('c', 'garden', 3);
    expect(forgotten.size).to.equal(2);
    expect(forgotten.take('a', 'lobby')).to.equal(undefined);
    expect(forgotten.take('b', 'tea')).to.equal(2);
    expect(forgotten.take('c', 'garden')).to.equal(3);
  });

  it('count once when one is remembered again, and take no room from others then', () => {
    const forgotten = new ForgottenStreams(2);
    forgotten.remember('a', 'lobby', 1);
    forgotten.remember('b', 'lobby', 2);
    forgotten.remember('b', 'lobby', 3);
    expect(forgotten.size).to.equal(2);
    expect(forgotten.take('a', 'lobby')).to.equal(1);
    expect(forgotten.take('b', 'lobby')).to.equal(3);
  });

  it('are forgotten with their channel', () => {
    const forgotten = new ForgottenStreams();
    forgotten.remember('a', 'lobby', 1);
    forgotten.remember('a', 'tea', 2);
    forgotten.forgetChannel('lobby');
    expect(forgotten.size).to.equal(1);
    expect(forgotten.take('a', 'lobby')).to.equal(undefined);
  });
});
