import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { Prices } from '../../lib/peer/core/prices.js';
import { jsonFrames, nodeA } from '../helpers/peer-frames.js';

const advert = jsonFrames.find(({ type }) => type === 'advert');
const ping = { type: 'ping', view: 1, interest: 1 } as const;

describe('what a link spends on its frames', () => {
  it('is no matter for as much as an honest server says', () => {
    const prices = new Prices();
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      if (advert) expect(prices.charge(1, advert, nowMs) ?? 0).to.equal(0);
      for (let i = 0; i < 5; i++) expect(prices.charge(1, ping, nowMs) ?? 0).to.equal(0);
    }
  });

  it('leads to a rest when it is too much, which ends in time, and concerns no other link', () => {
    const prices = new Prices();
    let restMs = 0;
    for (let i = 0; i < 1e6 && restMs === 0; i++) restMs = prices.charge(1, ping, 0) ?? 0;
    expect(restMs).to.be.greaterThan(0);
    for (let i = 0; i < 1e6; i++) restMs = prices.charge(1, ping, 0) ?? 0;
    expect(restMs).to.equal(1000);
    expect(prices.charge(2, ping, 0)).to.equal(undefined);
    expect(prices.charge(1, ping, 1100)).to.equal(undefined);
    prices.forgetLink(1);
    expect(prices.charge(1, ping, 0)).to.equal(undefined);
  });

  it('lets others have their turn now and then, though it is not too much', () => {
    const prices = new Prices();
    const rests = Array.from({ length: limits.linkTokensInTurn / 5 }, () => prices.charge(1, ping, 0));
    expect(new Set(rests)).to.deep.equal(new Set([undefined, 0]));
    expect(rests.filter((ms) => ms === 0)).to.have.length(2);
  });

  it('comes to nothing for frames that are not for a link', () => {
    const prices = new Prices();
    const ask = { type: 'pull', origin: nodeA, channel: 'lobby', ranges: [] } as const;
    expect(prices.charge(1, ask, 0)).to.equal(undefined);
  });
});
