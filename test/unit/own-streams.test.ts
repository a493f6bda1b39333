import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { OwnStreams } from '../../lib/peer/core/streams/own-streams.js';

describe('the streams of this server', () => {
  it('are numbered one by one in each channel, in runs of one or more', () => {
    const streams = new OwnStreams();
    expect(streams.next('a', 1, 0)).to.equal(1);
    expect(streams.next('a', 3, 0)).to.equal(2);
    const other = streams.next('b', 1, 0);
    expect(other).to.be.greaterThan(4);
    expect(streams.next('a', 1, 0)).to.equal(5);
    expect(streams.next('b', 1, 0)).to.equal(other + 1);
  });

  it('stand where the last event left them, and are there for whoever asks', () => {
    const streams = new OwnStreams();
    streams.next('a', 1, 0);
    expect(streams.standFor('x', 'a', 0).seq).to.equal(1);
    const base = streams.standFor('x', 'b', 0).seq;
    expect(streams.next('b', 1, 0)).to.equal(base + 1);
  });

  it('that were forgotten begin beyond all numbers that they had', () => {
    const streams = new OwnStreams();
    for (let i = 0; i < 5; i++) streams.next('a', 1, 0);
    streams.next('b', 1, 0);
    streams.forgetIdle(limits.streamIdleMs + 1, () => false);
    expect(streams.next('a', 1, 0)).to.be.greaterThan(5);
  });

  it('are forgotten when nobody used them for long and nobody needs them', () => {
    const streams = new OwnStreams();
    for (const channel of ['gone', 'needed']) for (let i = 0; i < 5; i++) streams.next(channel, 1, 0);
    streams.forgetIdle(limits.streamIdleMs, () => false);
    expect(streams.standFor('x', 'gone', 0).seq).to.equal(5);
    const needed = streams.standFor('x', 'needed', 0).seq;
    streams.forgetIdle(limits.streamIdleMs + 1, (channel) => channel === 'needed');
    expect(streams.standFor('x', 'gone', 0).seq).to.equal(10);
    expect(streams.standFor('x', 'needed', 0).seq).to.equal(needed);
  });

  it('that somebody was told of say how far they got when they are quiet, and once more later, and then no more', () => {
    const streams = new OwnStreams();
    streams.next('a', 1, 0);
    streams.noteSent('a');
    const told: number[] = [];
    for (let nowMs = 0; nowMs < 2 * limits.retainedMs; nowMs += 50)
      if (streams.takeHeads(nowMs).length > 0) told.push(nowMs);
    expect(told).to.deep.equal([limits.headsMs, limits.headsAgainMs]);
    expect(streams.liveHeads()).to.deep.equal([]);
  });

  it('do not say how far they got while somebody goes on speaking', () => {
    const streams = new OwnStreams();
    for (let nowMs = 0; nowMs < 5000; nowMs += 100) {
      streams.next('a', 1, nowMs);
      streams.noteSent('a');
      expect(streams.takeHeads(nowMs)).to.deep.equal([]);
    }
    expect(streams.takeHeads(4900 + limits.headsMs)).to.deep.equal([['a', 50]]);
  });

  it('say how far they got soon after something new, though they had said so before', () => {
    const streams = new OwnStreams();
    streams.next('a', 1, 0);
    streams.noteSent('a');
    const toldAt = (fromMs: number, toMs: number): number[] => {
      const told: number[] = [];
      for (let nowMs = fromMs; nowMs < toMs; nowMs += 50)
        for (const _ of streams.takeHeads(nowMs)) told.push(nowMs);
      return told;
    };
    expect(toldAt(0, 1000)).to.deep.equal([limits.headsMs]);
    streams.next('a', 1, 1000);
    streams.noteSent('a');
    expect(toldAt(1000, 1000 + limits.retainedMs)).to.deep.equal([
      1000 + limits.headsMs,
      1000 + limits.headsAgainMs,
    ]);
  });

  it('are forgotten sooner when there are too many, but for those that are needed', () => {
    const streams = new OwnStreams();
    for (let i = 0; i <= limits.ownStreams; i++) streams.next(`c${i}`, 1, 0);
    streams.noteSent('c1');
    streams.forgetIdle(1, (channel) => channel === 'c7');
    expect(streams.liveHeads()).to.deep.equal([]);
    expect(streams.takeHeads(limits.headsMs)).to.deep.equal([]);
    expect(streams.standFor('x', 'c7', 1).seq).to.equal(8);
    expect(streams.standFor('x', 'c8', 1).seq).to.equal(limits.ownStreams + 1);
  });

  it('of whose events nobody was told say nothing of how far they got', () => {
    const streams = new OwnStreams();
    streams.next('a', 1, 0);
    streams.noteSent('unknown');
    expect(streams.takeHeads(limits.headsMs)).to.deep.equal([]);
    expect(streams.liveHeads()).to.deep.equal([]);
  });

  it('are live for as long as their events are kept in flight', () => {
    const streams = new OwnStreams();
    streams.next('a', 1, 0);
    streams.noteSent('a');
    for (let nowMs = 0; nowMs < limits.retainedMs; nowMs += 50) {
      streams.takeHeads(nowMs);
      expect(streams.liveHeads()).to.deep.equal([['a', 1]]);
    }
  });

  it('that are all forgotten at once, of very many, leave nothing to tell', () => {
    const streams = new OwnStreams();
    for (let i = 0; i < 3000; i++) streams.next(`c${i}`, 1, 0);
    for (let round = 1; round <= 5; round++) streams.takeRound(round * limits.headsRoundMs);
    streams.forgetIdle(limits.streamIdleMs + 1, () => false);
    expect(streams.takeRound(6 * limits.headsRoundMs)).to.deep.equal([]);
    streams.next('a', 1, 7 * limits.headsRoundMs);
    expect(streams.takeRound(7 * limits.headsRoundMs)).to.have.length(1);
  });

  for (const size of [1, 7, 30, 100, 1920]) {
    it(`are all told in turns, of ${size} each once in half a minute`, () => {
      const streams = new OwnStreams();
      for (let i = 0; i < size; i++) streams.next(`c${i}`, 1, 0);
      const told = new Map<string, number>();
      const roundMs = limits.headsRoundMs * limits.headsRounds;
      for (let nowMs = limits.headsRoundMs; nowMs <= 10 * roundMs; nowMs += 50) {
        const heads = streams.takeRound(nowMs);
        expect(heads.length).to.be.at.most(limits.headsPerRound);
        for (const [channel] of heads) told.set(channel, (told.get(channel) ?? 0) + 1);
      }
      expect(told.size).to.equal(size);
      for (const times of told.values()) expect(times).to.be.within(9, 11);
    });
  }
});
