import { expect } from 'chai';
import { Chalk } from 'chalk';
import { renderPrompt, renderServerMessage, timeOf } from '../../lib/client/render.js';
import { suggest } from '../../lib/terminal/suggest.js';

const nowMs = new Date(2026, 0, 2, 3, 4).getTime();

describe('rendering', () => {
  const say = (from: string, ink = new Chalk({ level: 1 })) =>
    renderServerMessage(
      { ink, nowMs, several: false },
      { type: 'msg', id: 'x', channel: 'lobby', from, text: 'hi', at: nowMs },
    );

  it('gives a name the same colour always, and different names different ones', () => {
    expect(say('ann')).to.equal(say('ann'));
    const colours = new Set(
      ['ann', 'bob', 'cy', 'dora', 'eve', 'finn'].map((name) => say(name)?.replace(name, '')),
    );
    expect(colours.size).to.be.greaterThan(2);
    expect(say('ANN')).to.equal(say('ann')?.replace('ann', 'ANN'));
  });

  it('uses no escape codes without colours', () => {
    expect(say('ann', new Chalk({ level: 0 }))).to.equal('03:04 ann: hi');
  });

  it('counts members instead of naming very many', () => {
    const members = Array.from({ length: 40 }, (_, i) => `m${i}`);
    const shown = renderServerMessage(
      { ink: new Chalk({ level: 0 }), nowMs, several: false },
      { type: 'joined', channel: 'lobby', name: 'm0', members },
    );
    expect(shown).to.equal('03:04 * You are in lobby as m0, with 39 others.');
  });

  it('names as many members as fit, and no more', () => {
    const shown = (count: number): string | undefined =>
      renderServerMessage(
        { ink: new Chalk({ level: 0 }), nowMs, several: false },
        {
          type: 'joined',
          channel: 'lobby',
          name: 'ann',
          members: Array.from({ length: count }, (_, i) => `m${i}`),
        },
      );
    expect(shown(12)).to.contain(', with m0, m1, ').and.to.contain(', m11');
    expect(shown(13)).to.contain('with 13 others');
  });

  it('has a prompt without a channel until there is one', () => {
    expect(renderPrompt(new Chalk({ level: 0 }), 'ann', undefined, true)).to.equal('> ');
  });

  it('cuts a prompt where a reader sees its letters end', () => {
    const prompt = renderPrompt(
      new Chalk({ level: 0 }),
      '日'.repeat(10),
      '\u{1f1e9}\u{1f1ea}'.repeat(10),
      true,
    );
    expect(prompt).to.equal(`${'日'.repeat(7)}…@${'\u{1f1e9}\u{1f1ea}'.repeat(7)}…> `);
  });

  it('keeps a prompt of long names short', () => {
    const prompt = renderPrompt(new Chalk({ level: 0 }), 'n'.repeat(32), 'c'.repeat(64), false);
    expect(prompt).to.equal(`(offline) ${'n'.repeat(15)}…@${'c'.repeat(15)}…> `);
    expect(renderPrompt(new Chalk({ level: 0 }), undefined, undefined, true)).to.equal('> ');
  });

  it('shows a time that is none as such', () => {
    expect(timeOf(Number.POSITIVE_INFINITY)).to.equal('--:--');
  });
});

describe('what somebody may have meant', () => {
  const known = ['join', 'leave', 'nick', 'names', 'channels', 'help', 'quit'];

  it('is a word that begins so, or that differs a little', () => {
    const cases = {
      j: 'join',
      ch: 'channels',
      jion: 'join',
      chanels: 'channels',
      qiut: 'quit',
      nicks: 'nick',
    };
    for (const [typed, meant] of Object.entries(cases)) expect(suggest(typed, known)).to.equal(meant);
  });

  it('is nothing where no word is near', () => {
    for (const typed of ['', 'frobnicate', 'msg', 'xyzzy']) expect(suggest(typed, known)).to.equal(undefined);
  });
});
