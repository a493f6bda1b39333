import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { InboundStreams, OutboundStreams } from '../../lib/peer/core/streams.js';
import type { EventFrame } from '../../lib/wire/peer-frame.js';

function frame(seq: number, { first = false, channel = 'lobby', origin = 'o' } = {}): EventFrame {
  return {
    type: 'event',
    origin,
    channel,
    seq,
    first,
    presence: false,
    payload: Buffer.alloc(0),
    bytes: Buffer.alloc(0),
  };
}

/** A receiver, and the numbers that it delivered. */
function receiver() {
  const streams = new InboundStreams();
  const delivered: number[] = [];
  return {
    streams,
    delivered,
    take(seq: number, options = {}, nowMs = 0): boolean {
      const { isNew, deliverable } = streams.accept(frame(seq, options), nowMs);
      delivered.push(...deliverable.map((event) => event.seq));
      return isNew;
    },
  };
}

describe('inbound streams', () => {
  it('deliver in order, and each number once', () => {
    const { take, delivered } = receiver();
    expect([1, 2, 2, 1, 3, 3].map((seq) => take(seq))).to.deep.equal([true, true, false, false, true, false]);
    expect(delivered).to.deep.equal([1, 2, 3]);
  });

  it('hold what comes ahead of a gap until the gap is filled', () => {
    const { take, delivered } = receiver();
    for (const seq of [1, 4, 3, 4]) take(seq);
    expect(delivered).to.deep.equal([1]);
    take(2);
    expect(delivered).to.deep.equal([1, 2, 3, 4]);
  });

  it('give up on a gap after a while, and never deliver what was missing', () => {
    const { streams, take, delivered } = receiver();
    take(1);
    take(3, {}, 10);
    take(6, {}, 20);
    expect(streams.overdue(limits.gapMs)).to.deep.equal([]);
    expect(streams.overdue(10 + limits.gapMs)).to.have.length(1);
    expect(streams.giveUpGap('o', 'lobby', 10 + limits.gapMs).map((event) => event.seq)).to.deep.equal([3]);
    expect(take(2)).to.equal(false);
    expect(streams.overdue(10 + limits.gapMs)).to.deep.equal([]);
    expect(streams.giveUpGap('o', 'lobby', 10 + 2 * limits.gapMs).map((event) => event.seq)).to.deep.equal([
      6,
    ]);
    expect(delivered).to.deep.equal([1]);
  });

  it('hold no more than the limit', () => {
    const { take, delivered } = receiver();
    take(1);
    for (let seq = 3; seq < 3 + limits.outOfOrderMessages; seq++) take(seq);
    expect(delivered).to.deep.equal([1]);
    take(3 + limits.outOfOrderMessages);
    expect(delivered).to.have.length(limits.outOfOrderMessages + 2);
  });

  it('begin where they are first met', () => {
    const { take, delivered } = receiver();
    expect(take(57)).to.equal(true);
    expect(take(56)).to.equal(false);
    expect(delivered).to.deep.equal([57]);
  });

  it('deliver what is held when a stream begins anew, and wait for nothing before it', () => {
    const { take, delivered } = receiver();
    for (const seq of [1, 3]) take(seq);
    take(40, { first: true });
    take(41);
    expect(delivered).to.deep.equal([1, 3, 40, 41]);
  });

  it('are apart for each channel and each origin', () => {
    const { take } = receiver();
    expect(take(1)).to.equal(true);
    expect(take(1, { channel: 'tea' })).to.equal(true);
    expect(take(1, { origin: 'p' })).to.equal(true);
  });

  it('go on from a baseline', () => {
    const { streams, take, delivered } = receiver();
    take(1);
    take(4);
    take(8);
    const { before, behind } = streams.setBaseline('o', 'lobby', 7, 0);
    expect(before.map((event) => event.seq)).to.deep.equal([4]);
    expect(behind.map((event) => event.seq)).to.deep.equal([8]);
    expect(take(7)).to.equal(false);
    take(9);
    expect(delivered).to.deep.equal([1, 9]);
  });

  it('are forgotten when nobody used them for long and nobody needs them', () => {
    const { streams, take } = receiver();
    take(5);
    take(5, { channel: 'kept' });
    streams.forgetIdle(limits.streamIdleMs + 1, (_origin, channel) => channel === 'kept');
    expect(streams.watermark('o', 'lobby')).to.equal(undefined);
    expect(streams.watermark('o', 'kept')).to.equal(5);
  });
});

describe('outbound streams', () => {
  it('number the events of each channel one by one', () => {
    const streams = new OutboundStreams();
    expect(streams.next('a', 0)).to.deep.equal({ seq: 1, first: true });
    expect(streams.next('a', 0)).to.deep.equal({ seq: 2, first: false });
    expect(streams.next('b', 0).first).to.equal(true);
  });

  it('that begin anew go beyond all numbers they had', () => {
    const streams = new OutboundStreams();
    for (let i = 0; i < 5; i++) streams.next('a', 0);
    streams.next('b', 0);
    streams.forgetIdle(limits.streamIdleMs + 1, () => false);
    const again = streams.next('a', 0);
    expect(again.first).to.equal(true);
    expect(again.seq).to.be.greaterThan(5);
  });
});
