import { expect } from 'chai';
import { journeyRows } from '../../lib/prompt/status.js';

describe('What `status` says of the network’s events', () => {
  it('has what is counted', () => {
    const counters = { forwarded: 1200, duplicates: 20, pulled: 3, missed: 1, dropped: 0 };
    expect(journeyRows(counters)).to.deep.equal([
      ['relayed', '1200 events sent on, 20 came twice'],
      ['repair', '3 asked for again, 1 never came, 0 not sent for want of room'],
    ]);
  });

  it('says nothing of what is not', () => {
    expect(journeyRows({})).to.deep.equal([]);
    expect(journeyRows({ missed: 2 })).to.deep.equal([['repair', '2 never came']]);
  });
});
