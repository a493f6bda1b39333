import { expect } from 'chai';
import type { PeerSummary } from '../../lib/peer/summaries.js';
import { peerLines } from '../../lib/prompt/peers.js';

const beta: PeerSummary = {
  name: 'beta',
  node: 'b'.repeat(32),
  address: '192.0.2.107:30303',
  direction: 'out',
  byHand: true,
  ageMs: 12_000_000,
  roundTripMs: 12.34,
  encrypted: true,
  traffic: { bytesIn: 1234, bytesOut: 34_000_000, dropped: 0 },
};

describe('The list of peers', () => {
  it('has a line for each, within 100 columns', () => {
    const gamma = { ...beta, name: 'gamma', direction: 'in', byHand: false, encrypted: false } as const;
    const delta = { ...gamma, name: 'delta', direction: 'out', roundTripMs: undefined } as const;
    const lines = peerLines([beta, gamma, delta], []);
    expect(lines).to.deep.equal([
      '  #  name   address            link  made       encrypted  ping     since       in      out',
      '  1  beta   192.0.2.107:30303  out   by hand    yes        12.3 ms  3 h 20 min  1.2 kB  34 MB',
      '  2  gamma  192.0.2.107:30303  in    by it      no         12.3 ms  3 h 20 min  1.2 kB  34 MB',
      '  3  delta  192.0.2.107:30303  out   by gossip  no         -        3 h 20 min  1.2 kB  34 MB',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(100);
  });

  it('has those that were asked for and do not answer', () => {
    expect(peerLines([], [{ address: '192.0.2.8:30303', tries: 2 }])).to.deep.equal([
      '  not reached: 192.0.2.8:30303 (2 tries so far, trying on)',
    ]);
    expect(peerLines([], [{ address: 'all.example:30303', tries: 1, isSelf: true }])).to.deep.equal([
      '  leads to this server itself: all.example:30303 (1 try so far, trying on)',
    ]);
  });

  it('says what to type when there is none', () => {
    expect(peerLines([], [])[0]).to.match(/^No peers\. Type `connect/);
  });
});
