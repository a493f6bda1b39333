import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { backoffMs } from '../../lib/backoff.js';
import { addressed, problemWithEntered } from '../../web/core/entered.js';
import { hueOf, hues } from '../../web/core/hue.js';

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
    expect(problemWithEntered('hello\n\tthere')).to.equal(undefined);
  });

  it('says its problem otherwise', () => {
    expect(problemWithEntered('x'.repeat(5_000))).to.include('4096 bytes');
    expect(problemWithEntered('\u0007')).to.include('empty');
  });

  it('goes to one user when it begins with /msg and a name', () => {
    expect(addressed('/msg bob hi  there\nyou ')).to.deep.equal({ to: 'bob', rest: 'hi  there\nyou ' });
    expect(addressed('/MSG bob')).to.deep.equal({ to: 'bob', rest: '' });
    for (const text of ['hello', 'see /msg bob hi', '/message bob', '/me waves', '//', ' /msg bob hi']) {
      expect(addressed(text)).to.deep.equal({ to: undefined, rest: text });
    }
    expect(addressed('//msg bob hi')).to.deep.equal({ to: undefined, rest: '/msg bob hi' });
  });

  it('says how to name a user, and what is wrong with a name or a text', () => {
    for (const text of ['/msg', '/msg ', '/msg  \n']) {
      expect(problemWithEntered(text)).to.equal('Type it as: /msg <name> <text>');
    }
    expect(problemWithEntered('/msg #lobby hi')).to.include('begins with a letter');
    expect(problemWithEntered(`/msg bob ${'x'.repeat(5_000)}`)).to.include('4096 bytes');
    for (const text of ['/msg bob', '/msg bob  ', '/msg bob hi']) {
      expect(problemWithEntered(text)).to.equal(undefined);
    }
  });
});
