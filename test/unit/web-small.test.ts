import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { backoffMs } from '../../lib/backoff.js';
import { hueOf, hues } from '../../web/core/hue.js';
import { problemWithText } from '../../web/core/problem.js';

describe('the pause before another attempt', () => {
  const bounds = { minMs: 1_000, maxMs: 30_000 };

  it('doubles with each try, up to the longest', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 100].map((tries) => backoffMs(tries, bounds, 1));
    expect(longest).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is random by half, and never shorter than that', () => {
    expect(backoffMs(2, bounds, 0)).to.equal(2_000);
    expect(backoffMs(2, bounds, 0.5)).to.equal(3_000);
    expect(backoffMs(2, bounds, 1)).to.equal(4_000);
  });

  it('is a number however many tries there were', () => {
    expect(backoffMs(5_000, bounds, 0.5)).to.equal(22_500);
  });
});

describe("a name's colour", () => {
  it('is the same for all spellings of one name', () => {
    expect(hueOf('Ann')).to.equal(hueOf('ann'));
    expect(hueOf('straße')).to.equal(hueOf('STRASSE'));
  });

  it('is one of those that there are, and all of them are used', () => {
    const used = new Set(Array.from({ length: 1_000 }, (_, i) => hueOf(`user${i}`)));
    expect([...used].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: hues }, (_, i) => i));
  });

  it('has a class in the style sheet', () => {
    const sheet = readFileSync('web/style/names.css', 'utf8');
    const classes = [...sheet.matchAll(/\.hue-(\d+)/g)].map(([, number]) => Number(number));
    expect(classes).to.deep.equal(Array.from({ length: hues }, (_, i) => i));
  });
});

describe('a text to be sent', () => {
  it('has no problem when the server would take it', () => {
    expect(problemWithText('hello\n\tthere')).to.equal(undefined);
  });

  it('says its problem otherwise', () => {
    expect(problemWithText('x'.repeat(5_000))).to.include('4096 bytes');
    expect(problemWithText('\u0007')).to.include('empty');
  });
});
