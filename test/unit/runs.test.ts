import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { type Run, RunList } from '../../lib/peer/core/streams/run-list.js';
import { splitIntoRuns } from '../../lib/peer/core/streams/split-into-runs.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import { type TestNetwork, threeNodes } from '../helpers/mesh-network.js';
import { forSeeds } from '../helpers/random.js';
import { begunAt, Receiver } from '../helpers/stream-receiver.js';

function msg(text: string) {
  return new PublishedMessage({ type: 'msg', id: 'x', channel: 'lobby', from: 'ann', text, at: 1 });
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `text ${i}`);
}

describe('what is said in a turn', () => {
  for (const [title, texts] of [
    ['one message', ['hi']],
    ['several', numbered(7)],
    ['more than one run has', numbered(3 * limits.runEvents + 1)],
    ['more bytes than one run has', numbered(40).map((text) => text + '"'.repeat(limits.textBytes - 20))],
    ['long ones that are not ASCII', numbered(80).map((text) => text + 'ü'.repeat(1500))],
  ] as const) {
    it(`becomes as few runs as it takes: ${title}`, () => {
      const events = texts.map(msg);
      const runs = [...splitIntoRuns(events)];
      expect(runs.flatMap(({ lines }) => lines.split('\n'))).to.deep.equal(events.map(({ json }) => json));
      const bytes = Buffer.byteLength(events.map(({ json }) => json).join('\n'));
      const least = Math.ceil(Math.max(texts.length / limits.runEvents, bytes / limits.runBytes));
      expect(runs.length).to.be.within(least, 2 * least);
      for (const { count, lines } of runs) {
        expect(lines.split('\n')).to.have.length(count);
        expect(count).to.be.at.most(limits.runEvents);
        expect(Buffer.byteLength(lines)).to.be.at.most(limits.runBytes);
      }
    });
  }
});

describe('a list of runs', () => {
  it('has what a list that is sorted each time would have', () => {
    forSeeds(100, (random) => {
      const list = new RunList<Run>();
      let expected: Run[] = [];
      for (let i = 0; i < 400; i++) {
        if (random.chance(0.4)) expect(list.dropFirst()).to.equal(expected.shift());
        else {
          // Runs of three events, most of which follow one another.
          const seq = 3 * (random.chance(0.7) ? i : random.below(400));
          const run = { seq, count: 1 + random.below(3) };
          const isNew = !expected.some((other) => other.seq === seq);
          expect(list.add(run)).to.equal(isNew);
          if (isNew) expected = [...expected, run].sort((a, b) => a.seq - b.seq);
        }
        expect(list.first).to.equal(expected[0]);
        expect([list.size, list.events]).to.deep.equal([
          expected.length,
          expected.reduce((sum, { count }) => sum + count, 0),
        ]);
        const asked = random.below(1200);
        expect(list.from(asked)).to.equal(expected.find(({ seq }) => seq >= asked));
        const within = expected.find(({ seq, count }) => seq <= asked && asked < seq + count);
        expect(list.with(asked)).to.equal(within);
      }
    });
  });
});

describe('a stream in runs', () => {
  it('is delivered in order, each event once', () => {
    const receiver = begunAt(0);
    receiver.takeOne(1, { count: 3 });
    receiver.takeOne(6, { count: 2 });
    expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[4, 5]]);
    expect(receiver.takeOne(6, { count: 2 })).to.equal(false);
    receiver.takeOne(4, { count: 2 });
    expect(receiver.done).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(receiver.takeOne(4, { count: 2 })).to.equal(false);
    expect(receiver.hasGap).to.equal(false);
  });

  it('has the rest of a run that was given up in part', () => {
    const receiver = begunAt(0);
    receiver.skip(2);
    receiver.takeOne(1, { count: 4 });
    receiver.takeOne(7, { count: 3 });
    receiver.skip(8);
    expect(receiver.done).to.deep.equal([3, 4, 7, 8, 9]);
  });

  it('has of runs that lie over each other, which only a liar sends, each number once', () => {
    forSeeds(200, (random) => {
      const receiver = begunAt(0);
      for (let i = 0; i < 60; i++) {
        if (random.chance(0.1)) receiver.skip(random.below(60));
        else if (random.chance(0.05)) receiver.sync(random.below(60));
        else receiver.takeOne(1 + random.below(60), { count: 1 + random.below(9) });
      }
      const delivered = receiver.done.filter((one) => typeof one === 'number');
      expect(delivered).to.deep.equal([...new Set(delivered)].sort((a, b) => a - b));
      receiver.skip(100);
      expect([receiver.stream.held.size, receiver.stream.held.events]).to.deep.equal([0, 0]);
    });
  });

  it('holds no more events than the limit', () => {
    const receiver = begunAt(0);
    const waiting = new Receiver();
    for (let seq = 2; seq < 3 * limits.outOfOrderMessages; seq += 150) {
      receiver.takeOne(seq, { count: seq % 300 === 2 ? 149 : 20 });
      waiting.takeOne(seq, { count: seq % 300 === 2 ? 149 : 20 });
      expect(receiver.stream.held.events).to.be.at.most(limits.outOfOrderMessages);
      expect(waiting.stream.held.events).to.be.at.most(limits.outOfOrderMessages);
    }
    expect(receiver.done.length).to.be.greaterThan(0);
  });
});

describe('a run of events', () => {
  function talking() {
    const three = threeNodes('ab bc');
    for (const node of three.network.nodes) node.join('lobby', `user-${node.name}`);
    three.network.run(1000);
    return three;
  }

  function sentFrames(network: TestNetwork, task: () => void): number {
    const before = network.eventsSent;
    task();
    return network.eventsSent - before;
  }

  it('crosses each link as one frame', () => {
    const { network, a, b, c } = talking();
    const sent = sentFrames(network, () => {
      a.sayAll('lobby', 'user-a', numbered(50));
      network.run(50);
    });
    expect(sent).to.equal(2);
    expect(b.heard).to.deep.equal(numbered(50));
    expect(c.heard).to.deep.equal(numbered(50));
    expect([a.mesh.post.forwarded, b.mesh.post.forwarded]).to.deep.equal([50, 50]);
  });

  it('that was lost is sent again as it was', () => {
    const { network, a, b, c } = talking();
    network.loses = (frame) => frame?.type === 'event' && frame.count > 1;
    a.sayAll('lobby', 'user-a', numbered(600));
    a.say('lobby', 'user-a', 'after them');
    network.run(30);
    network.loses = undefined;
    expect([b.heard, c.heard]).to.deep.equal([[], []]);
    network.run(500);
    expect(b.heard).to.deep.equal([...numbered(600), 'after them']);
    expect(c.heard).to.deep.equal(b.heard);
    expect(a.mesh.repair.counters.resent).to.equal(600);
    expect(b.mesh.exchange.duplicates + c.mesh.exchange.duplicates).to.equal(0);
  });
});
