import { expect } from 'chai';
import { type Run, RunList } from '../../lib/peer/core/streams/run-list.js';
import { SendQueue } from '../../lib/peer/edge/send-queue.js';
import { Queue } from '../../lib/queue.js';
import { CommandQueue } from '../../lib/relay/command-queue.js';
import { collectGarbage } from '../helpers/garbage.js';
import { forSeeds } from '../helpers/random.js';

describe('a queue', () => {
  it('has what an array would have, in places that are at most twice as many and a few', () => {
    forSeeds(50, (random) => {
      const queue = new Queue<number>();
      const expected: number[] = [];
      for (let i = 0; i < 1000; i++) {
        if (random.chance(0.45)) expect(queue.shift()).to.equal(expected.shift());
        else if (random.chance(0.8)) {
          queue.push(i);
          expected.push(i);
        } else {
          const place = random.below(expected.length + 1);
          queue.insert(place, i);
          expected.splice(place, 0, i);
        }
        expect(queue.length).to.equal(expected.length);
        expect(queue.places).to.be.at.most(2 * expected.length + 64);
      }
      expect(Array.from({ length: queue.length + 2 }, (_, i) => queue.at(i - 1))).to.deep.equal([
        undefined,
        ...expected,
        undefined,
      ]);
      queue.clear();
      expect([queue.length, queue.places, queue.shift()]).to.deep.equal([0, 0, undefined]);
    });
  });

  it('can have undefined waiting in it', () => {
    const queue = new Queue<undefined>();
    queue.push(undefined);
    queue.push(undefined);
    queue.shift();
    expect(queue.length).to.equal(1);
  });
});

describe('what is never quite empty forgets what was taken from it:', () => {
  const count = 20_000;
  const waiting = 4;

  it('commands of a client that wait for the network', () => {
    const bytes = 1024;
    const queue = new CommandQueue({});
    const say = (i: number) => queue.add(`${i}`.padEnd(bytes));
    for (let i = 0; i < waiting; i++) say(i);
    const before = heapBytes();
    for (let i = 0; i < count; i++) {
      say(i);
      queue.take();
    }
    expect(heapBytes() - before).to.be.below((count * bytes) / 4);
    expect(queue.length).to.equal(waiting);
  });

  for (const urgency of ['control', 'data'] as const) {
    it(`frames that wait for a link: ${urgency}`, () => {
      const queue = new SendQueue({ dataBytes: 10_000, controlBytes: 10_000 });
      return expectToForget(
        () => Buffer.alloc(1),
        (frame) => queue.push(frame, urgency),
        () => queue.shift(),
      );
    });
  }

  it('runs of a stream', () => {
    const list = new RunList<Run>();
    return expectToForget(
      (seq) => ({ seq, count: 1 }),
      (run) => list.add(run),
      () => list.dropFirst(),
    );
  });

  async function expectToForget<T extends object>(
    make: (i: number) => T,
    add: (item: T) => unknown,
    take: () => unknown,
  ): Promise<void> {
    const seen: WeakRef<T>[] = [];
    for (let i = 0; i < count; i++) {
      const item = make(i);
      seen.push(new WeakRef(item));
      add(item);
      if (i >= waiting) take();
    }
    // The target of a new WeakRef lives until this turn of the event loop is over.
    await new Promise(setImmediate);
    collectGarbage();
    expect(seen.filter((item) => item.deref()).length).to.be.within(waiting, count / 10);
    take();
  }
});

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
