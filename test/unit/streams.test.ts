import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { InboundStreams } from '../../lib/peer/core/streams/streams.js';
import { eventFrame } from '../helpers/event-frames.js';
import { forSeeds } from '../helpers/random.js';
import { begunAt, origin, Receiver, shown, sync } from '../helpers/stream-receiver.js';

describe('a stream from another server', () => {
  it('is delivered in order, and each number once', () => {
    const receiver = begunAt(0);
    expect(receiver.take(1, 2, 2, 1, 3, 3)).to.deep.equal([true, true, false, false, true, false]);
    expect(receiver.done).to.deep.equal([1, 2, 3]);
  });

  describe('before its SYNC', () => {
    it('holds everything', () => {
      const receiver = new Receiver();
      expect(receiver.take(5, 4, 5)).to.deep.equal([true, true, false]);
      expect(receiver.done).to.deep.equal([]);
      expect([receiver.isUnsure, receiver.hasGap]).to.deep.equal([true, false]);
    });

    it('begins with it, and drops what it holds of before', () => {
      const receiver = new Receiver();
      receiver.take(9, 4, 6, 7, 2);
      receiver.sync(6);
      expect(receiver.done).to.deep.equal(['=6', 7]);
      expect(receiver.isUnsure).to.equal(false);
      expect(receiver.hasGap).to.equal(true);
      receiver.take(8);
      expect(receiver.done.slice(2)).to.deep.equal([8, 9]);
      expect(receiver.hasGap).to.equal(false);
    });

    it('begins at the base of the SYNC, for all that its origin said since was for us', () => {
      const receiver = new Receiver();
      receiver.take(4, 6, 7);
      receiver.done.push(...shown(receiver.streams.sync(receiver.stream, { ...sync(6), base: 3 }, 0)));
      expect(receiver.done).to.deep.equal([4]);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[5, 5]]);
      receiver.take(5);
      expect(receiver.done).to.deep.equal([4, 5, 6, '=6', 7]);
    });

    it('begins where it stands, if it is we who come to listen', () => {
      const streams = new InboundStreams();
      const stream = streams.open(origin, 'lobby', 0, true);
      for (const seq of [4, 6, 7]) streams.accept(stream, eventFrame(seq), undefined, 0);
      expect(shown(streams.sync(stream, { ...sync(6), base: 3 }, 0))).to.deep.equal(['=6', 7]);
    });

    it('holds no more than the limit: the lowest goes', () => {
      const receiver = new Receiver();
      for (let seq = 1; seq <= limits.outOfOrderMessages + 2; seq++) receiver.take(seq);
      expect(receiver.stream.held.size).to.equal(limits.outOfOrderMessages);
      receiver.sync(0);
      expect(receiver.done).to.deep.equal(['=0']);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[1, 2]]);
    });
  });

  describe('after its SYNC', () => {
    it('makes nothing of a late one', () => {
      const receiver = begunAt(5);
      receiver.take(6, 7);
      receiver.sync(6);
      expect(receiver.done).to.deep.equal([6, 7]);
      expect(receiver.stream.watermark).to.equal(7);
    });

    it('learns from a later one how far it has got, and nothing else', () => {
      const receiver = begunAt(5);
      receiver.sync(8);
      expect(receiver.done).to.deep.equal([]);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[6, 8]]);
      receiver.take(6, 7, 8);
      expect(receiver.done).to.deep.equal([6, 7, 8]);
    });

    it('takes one for the truth in its place, when something was given up', () => {
      const receiver = begunAt(5);
      receiver.take(8);
      receiver.skip(7);
      expect(receiver.done).to.deep.equal([8]);
      expect(receiver.isUnsure).to.equal(true);
      receiver.sync(10);
      expect(receiver.done).to.deep.equal([8]);
      receiver.take(9, 11);
      expect(receiver.isUnsure).to.equal(true);
      receiver.take(10);
      expect(receiver.done).to.deep.equal([8, 9, 10, '=10', 11]);
      expect(receiver.isUnsure).to.equal(false);
    });

    it('takes one for the truth at once, when it stands just there', () => {
      const receiver = begunAt(5);
      receiver.skip(6);
      receiver.sync(6);
      expect(receiver.done).to.deep.equal(['=6']);
      expect(receiver.isUnsure).to.equal(false);
    });

    it('asks anew when what it was to wait for is skipped', () => {
      const receiver = begunAt(5);
      receiver.skip(6);
      receiver.sync(8);
      receiver.skip(9);
      expect(receiver.isUnsure).to.equal(true);
      receiver.take(10);
      expect(receiver.done).to.deep.equal([10]);
      receiver.sync(10);
      expect(receiver.done).to.deep.equal([10, '=10']);
    });
  });

  describe('with a gap', () => {
    it('holds what is ahead of it until it is filled', () => {
      const receiver = begunAt(0);
      receiver.take(1, 4, 3, 4);
      expect(receiver.done).to.deep.equal([1]);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[2, 2]]);
      receiver.take(2);
      expect(receiver.done).to.deep.equal([1, 2, 3, 4]);
      expect(receiver.hasGap).to.equal(false);
    });

    it('knows since when it has it, and who has what is missing', () => {
      const receiver = begunAt(0);
      receiver.nowMs = 10;
      receiver.takeOne(3, {}, 'neighbour');
      receiver.nowMs = 20;
      receiver.takeOne(5, {}, 'other');
      expect(receiver.stream.gap).to.include({ sinceMs: 10, sentBy: 'neighbour', pullAtMs: undefined });
      receiver.nowMs = 30;
      receiver.take(1);
      expect(receiver.stream.gap).to.include({ sinceMs: 30, sentBy: 'neighbour' });
    });

    it('asks for the next part at once when something came that was asked for', () => {
      const receiver = begunAt(0);
      receiver.take(3, 5);
      receiver.nowMs = 40;
      receiver.takeOne(1, { resent: true });
      expect(receiver.stream.gap).to.include({ pullAtMs: 40 });
    });

    it('gives it up when told to, and never delivers what was missing', () => {
      const receiver = begunAt(1);
      receiver.take(3, 6);
      receiver.skip(2);
      expect(receiver.done).to.deep.equal([3]);
      expect(receiver.take(2)).to.deep.equal([false]);
      receiver.skip(5);
      expect(receiver.done).to.deep.equal([3, 6]);
      expect(receiver.hasGap).to.equal(false);
    });

    it('delivers what it holds of what is skipped', () => {
      const receiver = begunAt(1);
      receiver.take(3, 5, 9);
      receiver.skip(7);
      expect(receiver.done).to.deep.equal([3, 5]);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[8, 8]]);
    });

    it('gives up the gap when it holds more than the limit', () => {
      const receiver = begunAt(1);
      for (let seq = 3; seq < 3 + limits.outOfOrderMessages; seq++) receiver.take(seq);
      expect(receiver.done).to.deep.equal([]);
      receiver.take(3 + limits.outOfOrderMessages);
      expect(receiver.done).to.have.length(limits.outOfOrderMessages + 1);
      expect(receiver.isUnsure).to.equal(true);
      expect(receiver.stream.held.size).to.equal(0);
    });

    it('gives up the gap of the stream that makes all of them hold more bytes than the limit', () => {
      const json = 'x'.repeat(15_000);
      const streams = new InboundStreams();
      const all = Array.from({ length: 10 }, (_, i) => streams.open(origin, `c${i}`, 0));
      for (const { channel } of all) streams.sync(streams.open(origin, channel, 0), sync(0), 0);
      let delivered = 0;
      let taken = 0;
      for (let seq = 2; delivered === 0; seq++) {
        for (const stream of all) {
          taken++;
          const frame = eventFrame(seq, { channel: stream.channel, json });
          const steps = streams.accept(stream, frame, undefined, 0) ?? [];
          delivered += steps.filter(({ type }) => type === 'due').length;
        }
        expect(taken * json.length).to.be.at.most(limits.outOfOrderBytes + 100 * json.length);
      }
      const held = all.reduce((sum, { held: { size } }) => sum + size, 0);
      expect(held + delivered).to.equal(taken);
    });

    it('that is given up is counted as far as it did not come', () => {
      const receiver = begunAt(1);
      receiver.take(4, 5, 9);
      const steps = receiver.streams.skip(receiver.stream, 10, 0);
      expect(steps.flatMap((step) => (step.type === 'lost' ? [step.count] : []))).to.deep.equal([6]);
    });

    it('is asked for in as few ranges as there are, though never for too much at a time', () => {
      const receiver = begunAt(0);
      receiver.streams.noteHead(receiver.stream, 10 * limits.pullEvents, 0);
      expect(receiver.streams.missing(receiver.stream)).to.deep.equal([[1, limits.pullEvents]]);
      for (let seq = 2; seq < limits.pullEvents; seq += 2) receiver.take(seq);
      const ranges = receiver.streams.missing(receiver.stream);
      expect(ranges).to.have.length(limits.rangesPerFrame);
      expect(ranges.slice(0, 3)).to.deep.equal([
        [1, 1],
        [3, 3],
        [5, 5],
      ]);
    });
  });

  it('that is interrupted goes on where the next SYNC says, though never before where it had got to', () => {
    const receiver = begunAt(0);
    receiver.take(1, 2, 3, 6);
    receiver.streams.interrupt(receiver.stream, 5);
    expect([receiver.hasGap, receiver.isUnsure, receiver.stream.held.size]).to.deep.equal([false, true, 0]);
    expect(receiver.take(3)).to.deep.equal([false]);
    receiver.take(8);
    receiver.sync(2);
    expect(receiver.stream.synced).to.equal(false);
    receiver.sync(6);
    expect(receiver.done).to.deep.equal([1, 2, 3, '=6']);
    receiver.take(7);
    expect(receiver.done.slice(4)).to.deep.equal([7, 8]);
  });

  it('makes nothing of a number told before it is known where it begins', () => {
    const receiver = new Receiver();
    receiver.streams.noteHead(receiver.stream, 100, 0);
    receiver.sync(7);
    expect(receiver.hasGap).to.equal(false);
  });

  it('delivers at most once, in order, and all that nobody gave up, whatever comes and in whatever order', () => {
    forSeeds(200, (random) => {
      const receiver = new Receiver();
      const base = random.below(5);
      const givenUp = new Set<number>();
      let said = base;
      for (let step = 0; step < 80; step++) {
        receiver.nowMs += 10;
        const deed = random.below(10);
        said += random.below(2);
        if (deed < 7) receiver.take(1 + random.below(said + 1));
        else if (deed === 7) receiver.sync(said);
        else if (deed === 8) receiver.streams.noteHead(receiver.stream, said, receiver.nowMs);
        else if (receiver.stream.synced && receiver.stream.watermark < said) {
          const [first] = receiver.streams.missing(receiver.stream);
          for (let seq = first?.[0] ?? 1; seq <= (first?.[1] ?? 0); seq++) givenUp.add(seq);
          if (first) receiver.skip(first[1]);
        }
      }
      const begin = receiver.done.findIndex((one) => typeof one === 'string');
      const numbers = receiver.done.filter((one) => typeof one === 'number');
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b));
      const after = receiver.done.slice(begin + 1).filter((one) => typeof one === 'number');
      const from = Number(`${receiver.done[begin] ?? ''}`.slice(1));
      if (begin < 0) return;
      for (let seq = from + 1; seq <= receiver.stream.watermark; seq++)
        expect(after.includes(seq), `${seq}`).to.equal(!givenUp.has(seq));
    });
  });
});

describe('streams from other servers', () => {
  it('are apart for each channel and each origin', () => {
    const streams = new InboundStreams();
    const lobby = streams.open('o', 'lobby', 0);
    expect(streams.open('o', 'lobby', 0)).to.equal(lobby);
    const [tea, other] = [streams.open('o', 'tea', 0), streams.open('p', 'lobby', 0)];
    expect([...streams.of('lobby')]).to.have.members([lobby, other]);
    expect([streams.size, streams.get('o', 'tea')]).to.deep.equal([3, tea]);
    for (const stream of [lobby, tea, other]) streams.close(stream);
    expect([streams.size, streams.get('o', 'tea'), [...streams.needs.all()]]).to.deep.equal([
      0,
      undefined,
      [],
    ]);
  });

  it('that need a SYNC are shown once as fresh, and as unsure until they have it', () => {
    const streams = new InboundStreams();
    const stream = streams.open('o', 'lobby', 0);
    expect(streams.needs.takeFresh()).to.deep.equal([stream]);
    expect(streams.needs.takeFresh()).to.deep.equal([]);
    expect([...streams.needs.all()]).to.deep.equal([stream]);
    streams.sync(stream, sync(3), 0);
    expect([...streams.needs.all()]).to.deep.equal([]);
    streams.skip(stream, 4, 9);
    expect(streams.needs.takeFresh()).to.deep.equal([stream]);
    expect([8, 9, 9].map((nowMs) => streams.needs.mayAsk(stream, nowMs))).to.deep.equal([false, true, false]);
  });

  it('that are closed hold nothing of the room that all of them share', () => {
    const streams = new InboundStreams();
    const json = 'x'.repeat(16_000);
    for (let i = 0; i < 3; i++) {
      const stream = streams.open('o', 'lobby', 0);
      for (let seq = 1; seq <= 2000; seq++) streams.accept(stream, eventFrame(seq, { json }), undefined, 0);
      expect(stream.held.size).to.equal(2000);
      streams.close(stream);
    }
  });
});
