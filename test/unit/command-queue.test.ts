import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { CommandQueue } from '../../lib/relay/command-queue.js';
import { TurnWriter } from '../../lib/relay/turn-writer.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

describe('The commands of a client that wait', () => {
  it('have it read no more once they are many, and again when they are fewer, each told once', () => {
    const told: boolean[] = [];
    const queue = new CommandQueue({ setReading: (reading) => told.push(reading) });
    queue.hold();
    for (let i = 0; i < limits.commandsWaiting + 3; i++) queue.add(`${i}`);
    expect(told).to.deep.equal([false]);
    queue.release();
    while (queue.isReady) queue.take();
    expect(told).to.deep.equal([false, true]);
  });

  it('are all done before it counts as idle', () => {
    const queue = new CommandQueue({});
    let idle = 0;
    queue.hold();
    queue.add('one');
    queue.whenIdle(() => idle++);
    queue.release();
    queue.checkIdle();
    expect(idle).to.equal(0);
    queue.take();
    queue.checkIdle();
    expect(idle).to.equal(1);
  });
});

describe('What is written at the end of a turn', () => {
  it('is not written to a member of several channels who has been closed since', () => {
    const { relay } = relayByHand();
    const ann = new MemoryClient(relay).join('first', 'ann').join('second');
    if (!ann.session) throw new Error('ann was not let in');
    const before = ann.outbox.handed.length;
    const writer = new TurnWriter(true);
    writer.write(ann.session, Buffer.from('late\n'));
    ann.vanish();
    writer.end();
    expect(ann.outbox.handed.length).to.equal(before);
  });
});
