import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { ClaimMoments } from '../../lib/relay/claim-moments.js';
import { decodePeerFrame, encodePeerFrame } from '../../lib/wire/peer-frame.js';

describe('moments of claims', () => {
  it('are those of the clock', () => {
    const moments = new ClaimMoments();
    expect([1_700_000_000_000, 1_700_000_000_007].map((wallMs) => moments.next(wallMs))).to.deep.equal([
      1_700_000_000_000, 1_700_000_000_007,
    ]);
  });

  it('grow, though the clock stands still or goes back', () => {
    const moments = new ClaimMoments();
    expect([100, 100, 100, 5, -7, 101, 200].map((wallMs) => moments.next(wallMs))).to.deep.equal([
      100, 101, 102, 103, 104, 105, 200,
    ]);
  });

  for (const wallMs of [-8.64e15, -1, -0.5, 0.5, 2 ** 48 - 1, 2 ** 48, 8.64e15, 1e300])
    it(`are such that a server understands them when the clock says ${wallMs}`, () => {
      const moments = new ClaimMoments();
      for (let i = 0; i < 3; i++) {
        const sinceMs = moments.next(wallMs);
        const claim = { type: 'claim', request: 1, fresh: true, claims: [['ann', sinceMs]] } as const;
        expect(decodePeerFrame(encodePeerFrame(claim))).to.deep.equal(claim);
        expect(sinceMs).to.be.at.most(limits.claimMomentMs + 2);
      }
    });
});
