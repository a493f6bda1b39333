import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { pageLimits } from '../../web/core/limits.js';
import { statusOf } from '../../web/core/status.js';
import { PagePlayer } from '../helpers/page-player.js';

describe("the page's own messages", () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
    page.enter('ann', 'lobby');
  });

  const say = (text: string) => page.do({ type: 'say', id: 'lobby', text });
  const saidTexts = () =>
    page.takeSent().map((message) => (message.type === 'msg' ? message.text : message.type));

  it('are shown at once, and confirmed by ok', () => {
    say('hello');
    expect(page.lines('lobby')).to.deep.equal(['ann: hello [pending]']);
    const [sent] = page.takeSent();
    expect(sent).to.include({ type: 'msg', channel: 'lobby', text: 'hello' });
    page.hear({ type: 'ok', id: 'x-1', ref: sent?.ref ?? 0 });
    expect(page.lines('lobby')).to.deep.equal(['ann: hello [done]']);
    expect(page.state.requests).to.deep.equal([]);
  });

  it('go one after the other, so that their order is that in which they were typed', () => {
    say('one');
    say('two');
    const [one, ...more] = page.takeSent();
    expect(more).to.deep.equal([]);
    page.hear({ type: 'ok', id: 'x-1', ref: one?.ref ?? 0 });
    expect(saidTexts()).to.deep.equal(['two']);
  });

  it('do not wait for those of another channel', () => {
    page.do({ type: 'join', channel: 'other' });
    page.answerJoins(['ann']);
    say('here');
    page.do({ type: 'say', id: 'other', text: 'there' });
    expect(saidTexts()).to.deep.equal(['here', 'there']);
  });

  it('are sent again after the wait that the server asks for, still in order', () => {
    say('one');
    say('two');
    const [one] = page.takeSent();
    page.hear({ type: 'error', code: 'rate-limited', message: 'Wait.', retryMs: 700, ref: one?.ref });
    say('three');
    expect(page.takeEffects().map(({ type }) => type)).to.deep.equal(['wait']);
    expect(page.lines('lobby').join()).not.to.include('failed');
    page.hear({ type: 'pong' });
    expect(page.takeSent()).to.deep.equal([]);
  });

  it('resume where they were when the wait is over', () => {
    say('one');
    const [one] = page.takeSent();
    page.hear({ type: 'error', code: 'rate-limited', message: 'Wait.', retryMs: 700, ref: one?.ref });
    say('two');
    expect(page.endPause()).to.equal(700);
    const [again, ...more] = page.takeSent();
    expect(again).to.deep.equal(one);
    expect(more).to.deep.equal([]);
    page.hear({ type: 'ok', id: 'x-1', ref: again?.ref ?? 0 });
    expect(saidTexts()).to.deep.equal(['two']);
  });

  it('are shown as failed with the reason when the server does not take them, and can be sent again', () => {
    say('hello');
    const [sent] = page.takeSent();
    page.hear({ type: 'error', code: 'too-long', message: 'Too long.', ref: sent?.ref });
    const [line] = page.channel('lobby').lines;
    expect(line).to.deep.include({ own: { status: 'failed', why: 'Too long.' } });
    page.do({ type: 'resend', id: 'lobby', key: line?.key ?? 0 });
    expect(page.lines('lobby')).to.deep.equal(['ann: hello [pending]']);
    expect(saidTexts()).to.deep.equal(['hello']);
  });

  it('can be discarded when they have failed', () => {
    say('hello');
    const [sent] = page.takeSent();
    page.hear({ type: 'error', code: 'too-long', message: 'Too long.', ref: sent?.ref });
    page.do({ type: 'discard', id: 'lobby', key: page.channel('lobby').lines[0]?.key ?? 0 });
    expect(page.lines('lobby')).to.deep.equal([]);
  });

  it('are cleaned as the server would clean them, and are none when nothing is left', () => {
    say('a\u001b[31mb');
    expect(saidTexts()).to.deep.equal(['a[31mb']);
    say(' \u0007 ');
    say('x'.repeat(limits.textBytes + 1));
    expect(page.channel('lobby').lines.length).to.equal(1);
  });
});

describe('the page when its connection is lost', () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
    page.enter('ann', 'lobby', ['ann', 'bob']);
    page.do({ type: 'join', channel: 'other' });
    page.answerJoins(['ann']);
    page.do({ type: 'select', id: 'lobby' });
  });

  const loseAndOpen = () => {
    page.do({ type: 'link-lost' });
    page.do({ type: 'link-connecting' });
    page.do({ type: 'link-open' });
  };

  it('says so, and keeps what it shows', () => {
    page.hear({ type: 'msg', id: '1', channel: 'lobby', from: 'bob', text: 'hello', at: 1 });
    page.do({ type: 'link-lost' });
    expect(statusOf(page.state)).to.deep.equal({
      text: 'Connection lost. Reconnecting…',
      remedy: 'reconnect-now',
    });
    expect(page.lines('lobby')).to.deep.equal(['bob: hello']);
    page.do({ type: 'reconnect-now' });
    expect(page.takeEffects()).to.deep.equal([{ type: 'connect' }]);
  });

  it('joins its channels again under the same name: one first, which says who it is, then the rest', () => {
    loseAndOpen();
    const [first, ...more] = page.takeSent();
    expect(first).to.include({ type: 'join', channel: 'lobby', name: 'ann' });
    expect(more).to.deep.equal([]);
    page.nowMs += 12_000;
    page.hear({ type: 'joined', channel: 'lobby', name: 'ann', members: ['ann', 'eve'], ref: first?.ref });
    const [second] = page.takeSent();
    expect(second).to.deep.equal({ type: 'join', channel: 'other', ref: second?.ref });
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['ann', 'eve']);
    expect(page.lines('lobby')).to.deep.equal([
      'Connected again after 12 s. What was said meanwhile is kept nowhere.',
    ]);
    expect(page.state.current).to.equal('lobby');
    expect(statusOf(page.state)).to.equal(undefined);
  });

  it('sends what was typed meanwhile once it is back', () => {
    page.do({ type: 'link-lost' });
    page.do({ type: 'say', id: 'lobby', text: 'meanwhile' });
    expect(page.lines('lobby')).to.deep.equal(['ann: meanwhile [pending]']);
    page.do({ type: 'link-open' });
    const [join] = page.takeSent();
    page.hear({ type: 'joined', channel: 'lobby', name: 'ann', members: ['ann'], ref: join?.ref });
    expect(page.takeSent().map(({ type }) => type)).to.deep.equal(['join', 'msg']);
  });

  it('does not say twice what may have arrived: it shows it as failed', () => {
    page.do({ type: 'say', id: 'lobby', text: 'on its way' });
    page.takeSent();
    loseAndOpen();
    page.answerJoins(['ann']);
    expect(page.lines('lobby')[0]).to.equal('ann: on its way [failed]');
    expect(page.state.requests).to.deep.equal([]);
  });

  it('asks again for what was not answered, once it is back', () => {
    page.do({ type: 'open-dialog', kind: 'rename' });
    page.do({ type: 'rename', name: 'anna' });
    const [nick] = page.takeSent();
    loseAndOpen();
    page.nowMs += 1_000;
    const [join] = page.takeSent();
    page.hear({ type: 'joined', channel: 'lobby', name: 'ann', members: ['ann'], ref: join?.ref });
    expect(page.takeSent()).to.deep.include(nick);
  });

  it('waits for its own name, which the server may still hold for the lost connection', () => {
    loseAndOpen();
    const waitsMs: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [join] = page.takeSent();
      page.hear({ type: 'error', code: 'name-taken', message: 'Taken.', ref: join?.ref });
      expect(statusOf(page.state)?.text).to.include('lets go of the name ann');
      waitsMs.push(page.endPause());
    }
    expect(waitsMs).to.deep.equal([1_000, 2_000, 4_000]);
    page.answerJoins(['ann']);
    expect([...page.state.channels.values()].map(({ status }) => status)).to.deep.equal(['joined', 'joined']);
  });

  it('asks for another name in the end, and comes back to all channels under that', () => {
    loseAndOpen();
    for (let tries = 0; page.state.phase === 'inside'; tries++) {
      expect(tries).to.be.at.most(pageLimits.nameTries);
      const [join] = page.takeSent();
      page.hear({ type: 'error', code: 'name-taken', message: 'Taken.', ref: join?.ref });
      if (page.state.phase === 'inside') page.endPause();
    }
    expect(page.state).to.include({ phase: 'door', link: 'idle' });
    expect(page.state.doorProblem?.code).to.equal('name-taken');
    page.enter('anna', 'lobby');
    expect(page.state).to.include({ phase: 'inside', current: 'lobby', me: 'anna' });
    expect([...page.state.channels.values()].map(({ status }) => status)).to.deep.equal(['joined', 'joined']);
  });

  it('keeps a channel that it cannot join again, says why, and fails what was to be said there', () => {
    page.do({ type: 'link-lost' });
    page.do({ type: 'say', id: 'other', text: 'meanwhile' });
    page.do({ type: 'link-open' });
    const [first] = page.takeSent();
    page.hear({ type: 'joined', channel: 'lobby', name: 'ann', members: ['ann'], ref: first?.ref });
    const [second] = page.takeSent();
    page.hear({ type: 'error', code: 'too-many-channels', message: 'Too many.', ref: second?.ref });
    expect(page.lines('other')).to.deep.equal([
      'ann: meanwhile [failed]',
      'This channel could not be joined again: Too many.',
    ]);
    expect(page.takeSent()).to.deep.equal([]);
  });

  it('can leave a channel meanwhile', () => {
    page.do({ type: 'link-lost' });
    page.do({ type: 'leave', channel: 'other' });
    page.do({ type: 'link-open' });
    page.answerJoins(['ann']);
    expect([...page.state.channels.keys()]).to.deep.equal(['lobby']);
  });

  it("tells the server's last word on it", () => {
    page.hear({ type: 'error', code: 'too-slow', message: 'You read too slowly.' });
    page.do({ type: 'link-lost' });
    expect(statusOf(page.state)?.text).to.equal('Connection lost. Reconnecting… You read too slowly.');
  });

  it('comes back to the same channels after a reload, and shows the one that was shown', () => {
    const reloaded = new PagePlayer();
    reloaded.do({
      type: 'enter',
      name: 'ann',
      channels: ['lobby', 'other'],
      current: 'other',
      returning: true,
    });
    reloaded.do({ type: 'link-open' });
    const [join] = reloaded.takeSent();
    reloaded.hear({ type: 'error', code: 'name-taken', message: 'Taken.', ref: join?.ref });
    expect(reloaded.state.phase, 'the server may not have noticed yet that the page was closed').to.equal(
      'entering',
    );
    reloaded.endPause();
    reloaded.answerJoins(['ann']);
    expect(reloaded.state).to.include({ phase: 'inside', current: 'other' });
    expect([...reloaded.state.channels.keys()]).to.deep.equal(['lobby', 'other']);
  });
});
