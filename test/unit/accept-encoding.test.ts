import { expect } from 'chai';
import { chooseCoding } from '../../lib/listen/accept-encoding.js';

describe('chooseCoding', () => {
  const both = ['br', 'gzip'] as const;
  const cases: readonly [string | undefined, string | undefined][] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0.5,gzip;q=0.500', 'br'],
    ['br ; q=0 , gzip', 'gzip'],
    ['br;q=0, gzip;q=0', 'identity'],
    ['br;q=0.000', 'identity'],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['deflate', 'identity'],
    ['identity', 'identity'],
    ['identity, br', 'br'],
    ['identity, br;q=0.9', 'identity'],
    ['gzip;q=0.2, identity;q=0.1', 'gzip'],
    ['identity;q=0', undefined],
    ['*;q=0', undefined],
    ['*;q=0, identity', 'identity'],
    ['*;q=0, gzip;q=0.1', 'gzip'],
    ['zstd, identity;q=0', undefined],
    ['br;q=2, gzip', 'gzip'],
    ['br;q=x', 'identity'],
    [',, ;q=1, gzip,', 'gzip'],
    ['constructor, __proto__', 'identity'],
  ];
  for (const [header, coding] of cases) {
    it(`takes ${coding} for ${JSON.stringify(header)}`, () => {
      expect(chooseCoding(header, both)).to.equal(coding);
    });
  }

  it('never takes one that is not there', () => {
    expect(chooseCoding('br, gzip;q=0.1', ['gzip'])).to.equal('gzip');
    expect(chooseCoding('br', [])).to.equal('identity');
    expect(chooseCoding('*', [])).to.equal('identity');
    expect(chooseCoding('*;q=0', [])).to.equal(undefined);
  });
});
