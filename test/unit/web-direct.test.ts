/** The page's conversations with single users, and names that the server changes. */
import { expect } from 'chai';
import { directId } from '../../web/core/channel-view.js';
import { pageLimits } from '../../web/core/limits.js';
import { pageTitle } from '../../web/core/status.js';
import { PagePlayer } from '../helpers/page-player.js';

const from = (name: string, text = 'psst') =>
  ({ type: 'msg', id: 'x', to: 'ann', from: name, text, at: 7 }) as const;

describe('the page and a single user', () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
    page.enter('ann', 'lobby', ['ann', 'bob']);
  });

  const withBob = directId('bob');
  const say = (text: string, id = 'lobby') => page.do({ type: 'say', id, text });
  const unreadWith = (name: string) => page.state.directs.get(directId(name))?.unread;

  it('begin to talk by a message that comes in, which is unread and takes nobody out of a channel', () => {
    page.hear(from('Bob'));
    expect(page.linesWith('bob')).to.deep.equal(['Bob: psst']);
    expect(unreadWith('bob')).to.equal(1);
    expect(page.state.current).to.equal('lobby');
    expect(page.lines('lobby')).to.deep.equal([]);
    page.do({ type: 'visibility', visible: false });
    expect(pageTitle(page.state)).to.equal('(1) #lobby – Hearsay');
    page.do({ type: 'visibility', visible: true });
    page.do({ type: 'select', id: withBob });
    expect(unreadWith('bob')).to.equal(0);
    expect(pageTitle(page.state)).to.equal('Bob – Hearsay');
    page.hear(from('Bob', 'again'));
    expect(unreadWith('bob')).to.equal(0);
  });

  it('begin to talk by a click on a name, and what is written then goes to that user', () => {
    page.do({ type: 'open-direct', name: 'Bob' });
    expect(page.state.current).to.equal(withBob);
    expect(page.takeSent()).to.deep.equal([]);
    say('/me waves', withBob);
    const [sent] = page.takeSent();
    expect(sent).to.include({ type: 'msg', to: 'Bob', text: '/me waves' });
    expect(sent).not.to.have.property('channel');
    expect(page.linesWith('bob')).to.deep.equal(['ann: /me waves [pending]']);
    page.hear({ type: 'ok', id: 'x', ref: sent?.ref ?? 0 });
    expect(page.linesWith('bob')).to.deep.equal(['ann: /me waves [done]']);
  });

  it('begin to talk by /msg in a channel, with a text or without', () => {
    say('/msg bob hello');
    expect(page.takeSent()[0]).to.include({ type: 'msg', to: 'bob', text: 'hello' });
    expect(page.state.current).to.equal(withBob);
    expect(page.lines('lobby')).to.deep.equal([]);
    say('/msg zoe', withBob);
    expect(page.state.current).to.equal(directId('zoe'));
    expect(page.linesWith('zoe')).to.deep.equal([]);
    expect(page.takeSent()).to.deep.equal([]);
    say('//msg bob', 'lobby');
    expect(page.takeSent()[0]).to.include({ channel: 'lobby', text: '/msg bob' });
  });

  it('are told when it is oneself', () => {
    say('/msg ANN hello');
    expect(page.takeSent()).to.deep.equal([]);
    expect(page.state.directs.size).to.equal(0);
    expect(page.lines('lobby')).to.deep.equal(['That is your own name.']);
  });

  it('see that a message did not arrive and why, and can say it again or drop it', () => {
    say('/msg zoe hello');
    const [sent] = page.takeSent();
    page.hear({ type: 'error', code: 'no-such-user', message: 'Nobody is called zoe.', ref: sent?.ref });
    const [line] = page.state.directs.get(directId('zoe'))?.lines ?? [];
    expect(line).to.deep.include({ own: { status: 'failed', why: 'Nobody is called zoe.' } });
    page.do({ type: 'resend', id: directId('zoe'), key: line?.key ?? 0 });
    const [again] = page.takeSent();
    expect(again).to.include({ type: 'msg', to: 'zoe', text: 'hello' });
    page.hear({ type: 'error', code: 'no-answer', message: 'No answer.', ref: again?.ref });
    page.do({ type: 'discard', id: directId('zoe'), key: Number(again?.ref) });
    expect(page.linesWith('zoe')).to.deep.equal([]);
  });

  it('go on talking after a lost connection; what was on its way then is told as failed', () => {
    say('/msg bob one');
    say('two', withBob);
    page.takeSent();
    page.do({ type: 'link-lost' });
    expect(page.linesWith('bob')).to.deep.equal(['ann: one [failed]', 'ann: two [pending]']);
    page.do({ type: 'link-open' });
    page.answerJoinsOnly();
    expect(page.takeSent()[0]).to.include({ type: 'msg', to: 'bob', text: 'two' });
  });

  it('say one thing after the other, and wait for nobody else', () => {
    say('/msg bob one');
    say('two', withBob);
    say('/msg zoe three');
    say('four', 'lobby');
    const texts = page.takeSent().map((message) => message.type === 'msg' && message.text);
    expect(texts).to.deep.equal(['one', 'three', 'four']);
  });

  it('stay in touch when that user takes another name, with what is not sent yet', () => {
    say('/msg bob one');
    say('two', withBob);
    const [one] = page.takeSent();
    page.hear({ type: 'nick', channel: 'lobby', name: 'Rob', from: 'bob' });
    expect(page.state.current).to.equal(directId('rob'));
    page.hear({ type: 'ok', id: 'x', ref: one?.ref ?? 0 });
    expect(page.linesWith('rob')).to.deep.equal(['ann: one [done]', 'ann: two [pending]', 'bob is Rob']);
    expect(page.linesWith('bob')).to.equal(undefined);
    expect(page.takeSent()[0]).to.include({ to: 'Rob', text: 'two' });
  });

  it('are not mixed up with somebody else who takes a name of one with whom one talked', () => {
    page.hear(from('bob'));
    page.hear(from('zoe'));
    page.hear({ type: 'nick', channel: 'lobby', name: 'zoe', from: 'bob' });
    expect(page.linesWith('bob')).to.deep.equal(['bob: psst']);
    expect(page.linesWith('zoe')).to.deep.equal(['zoe: psst']);
  });

  it('can stop, and begin anew', () => {
    page.do({ type: 'link-lost' });
    say('/msg bob never sent');
    page.do({ type: 'close-direct', id: withBob });
    expect(page.state.current).to.equal('lobby');
    expect(page.state.directs.size).to.equal(0);
    expect(page.state.requests.filter(({ message }) => message.type === 'msg')).to.deep.equal([]);
    page.hear(from('bob', 'hello?'));
    expect(page.linesWith('bob')).to.deep.equal(['bob: hello?']);
  });

  it(`are at most ${pageLimits.directs} pairs; the one shown is not closed`, () => {
    say('/msg first hello');
    for (let i = 0; i < pageLimits.directs + 10; i++) page.hear(from(`u${i}`));
    expect(page.state.directs.size).to.equal(pageLimits.directs);
    expect(page.state.current).to.equal(directId('first'));
    expect(page.linesWith('u0')).to.equal(undefined);
  });

  it('cannot be taken for a channel, whatever that is called', () => {
    page.do({ type: 'join', channel: 'bob' });
    page.answerJoins(['ann']);
    page.hear(from('bob'));
    expect(page.lines('bob')).to.deep.equal([]);
    page.do({ type: 'leave', channel: 'bob' });
    const [leave] = page.takeSent();
    page.hear({ type: 'left', channel: 'bob', ref: leave?.ref });
    expect(page.linesWith('bob')).to.deep.equal(['bob: psst']);
  });

  it('leave a channel to come back to at the door', () => {
    say('/msg bob hello');
    page.do({ type: 'quit' });
    expect(page.state).to.include({ phase: 'door', current: 'lobby' });
  });

  it('part with the last channel that one leaves', () => {
    page.hear(from('bob'));
    page.do({ type: 'leave', channel: 'lobby' });
    expect(page.state.phase).to.equal('door');
    expect(page.state.directs.size).to.equal(0);
  });
});

describe('the page whose user is renamed by the server', () => {
  it('goes on under the new name, and joins again under it', () => {
    const page = new PagePlayer();
    page.enter('ann', 'lobby', ['ann', 'bob']);
    page.hear({ type: 'nick', name: 'ann-x7f2', from: 'ann' });
    page.hear({ type: 'join', channel: 'lobby', name: 'ann' });
    page.hear({ type: 'notice', text: 'Somebody was ann before you.' });
    expect(page.state.me).to.equal('ann-x7f2');
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['ann', 'ann-x7f2', 'bob']);
    expect(page.lines('lobby')).to.deep.equal([
      'ann is ann-x7f2',
      'ann (1) join',
      'Somebody was ann before you.',
    ]);
    page.do({ type: 'link-lost' });
    page.do({ type: 'link-open' });
    expect(page.takeSent()[0]).to.include({ type: 'join', name: 'ann-x7f2' });
  });

  it('keeps the dialog open in which another name is being asked for', () => {
    const page = new PagePlayer();
    page.enter('ann', 'lobby');
    page.do({ type: 'open-dialog', kind: 'rename' });
    page.do({ type: 'rename', name: 'anna' });
    const [nick] = page.takeSent();
    page.hear({ type: 'nick', name: 'ann-x7f2', from: 'ann' });
    expect(page.state.dialog?.kind).to.equal('rename');
    page.hear({ type: 'nick', name: 'anna', from: 'ann-x7f2', ref: nick?.ref });
    expect(page.state).to.include({ dialog: undefined, me: 'anna' });
  });
});
