import { expect } from 'chai';
import { pageLimits } from '../../web/core/limits.js';
import { pageTitle } from '../../web/core/status.js';
import { PagePlayer } from '../helpers/page-player.js';

describe("the page's state: coming in", () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
  });

  const enter = (name: string, channel: string) =>
    page.do({ type: 'enter', name, channels: [channel], current: channel, returning: false });

  it('connects, says who one is, and is inside when the server agrees', () => {
    enter('ann', '#Lobby');
    expect(page.state.phase).to.equal('entering');
    expect(page.takeEffects()).to.deep.equal([{ type: 'connect' }]);
    page.do({ type: 'link-open' });
    const [join] = page.takeSent();
    expect(join).to.include({ type: 'join', channel: 'lobby', name: 'ann' });
    page.hear({ type: 'joined', channel: 'lobby', name: 'ann', members: ['bob', 'ann'], ref: join?.ref });
    expect(page.state).to.include({ phase: 'inside', current: 'lobby', me: 'ann' });
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['ann', 'bob']);
  });

  it('says what is wrong with a name or a channel before anything is sent', () => {
    enter('not a name', 'lobby');
    expect(page.state.doorProblem?.code).to.equal('bad-name');
    enter('ann', 'not a channel');
    expect(page.state.doorProblem?.code).to.equal('bad-channel');
    expect(page.state.phase).to.equal('door');
    expect(page.takeEffects()).to.deep.equal([]);
  });

  it('is at the door again when the name is taken, and can come in under another', () => {
    enter('ann', 'lobby');
    page.do({ type: 'link-open' });
    const [join] = page.takeSent();
    page.hear({ type: 'error', code: 'name-taken', message: 'Taken.', ref: join?.ref });
    expect(page.state.phase).to.equal('door');
    expect(page.state.doorProblem).to.deep.equal({ code: 'name-taken', message: 'Taken.' });
    expect(page.state.channels.size).to.equal(0);
    expect(page.takeEffects()).to.deep.equal([{ type: 'disconnect' }]);
    page.enter('bob', 'lobby');
    expect(page.state).to.include({ phase: 'inside', me: 'bob', doorProblem: undefined });
  });

  it('can be given up while the server does not answer', () => {
    enter('ann', 'lobby');
    page.do({ type: 'link-lost' });
    page.takeEffects();
    page.do({ type: 'quit' });
    expect(page.state).to.include({ phase: 'door', link: 'idle' });
    expect(page.takeEffects()).to.deep.equal([{ type: 'disconnect' }]);
  });

  it('ends the connection with the last channel one leaves', () => {
    page.enter('ann', 'lobby');
    page.do({ type: 'leave', channel: 'lobby' });
    expect(page.state).to.include({ phase: 'door', link: 'idle', current: undefined });
    expect(page.takeEffects()).to.deep.equal([{ type: 'disconnect' }]);
  });
});

describe("the page's state: what is heard", () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
    page.enter('ann', 'lobby', ['ann', 'bob']);
  });

  const say = (from: string, text: string, channel = 'lobby') =>
    page.hear({ type: 'msg', id: 'x-1', channel, from, text, at: page.nowMs });

  it('shows messages in their order, with the time of the one who said them', () => {
    page.hear({ type: 'msg', id: '1', channel: 'lobby', from: 'bob', text: 'one', at: 5 });
    page.hear({ type: 'msg', id: '2', channel: 'lobby', from: 'bob', text: 'two', at: 4 });
    expect(page.lines('lobby')).to.deep.equal(['bob: one', 'bob: two']);
    expect(page.channel('lobby').lines[0]?.atMs).to.equal(5);
  });

  it('passes over what it hears of a channel that it does not know', () => {
    const before = page.state.channels;
    say('bob', 'hello', 'elsewhere');
    page.hear({ type: 'join', channel: 'elsewhere', name: 'eve' });
    expect(page.state.channels).to.equal(before);
  });

  it('keeps the members sorted as they come and go', () => {
    page.hear({ type: 'join', channel: 'lobby', name: 'Adam' });
    page.hear({ type: 'join', channel: 'lobby', name: 'zoë' });
    page.hear({ type: 'leave', channel: 'lobby', name: 'BOB' });
    page.hear({ type: 'join', channel: 'lobby', name: 'adam' });
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['adam', 'ann', 'zoë']);
  });

  it('makes one line of those who come, or go, one after the other', () => {
    for (let i = 1; i <= 7; i++) page.hear({ type: 'join', channel: 'lobby', name: `guest${i}` });
    page.hear({ type: 'leave', channel: 'lobby', name: 'guest1', reason: 'connection closed' });
    expect(page.lines('lobby')).to.deep.equal([
      'guest1, guest2, guest3, guest4, guest5 (7) join',
      'guest1 (1) leave',
    ]);
  });

  it('removes the members that are gone with a lost server', () => {
    page.hear({ type: 'notice', channel: 'lobby', text: 'Server beta is lost.', left: ['bob'] });
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['ann']);
    expect(page.lines('lobby')).to.deep.equal(['Server beta is lost.']);
  });

  it('shows a notice without a channel in all of them', () => {
    page.do({ type: 'join', channel: 'other' });
    page.answerJoins(['ann']);
    page.hear({ type: 'notice', text: 'alpha is going down.' });
    expect(page.lines('lobby')).to.deep.equal(['alpha is going down.']);
    expect(page.lines('other')).to.deep.equal(['alpha is going down.']);
  });

  it('follows others who change their names, and oneself when the server changes it', () => {
    page.hear({ type: 'nick', channel: 'lobby', name: 'rob', from: 'bob' });
    page.hear({ type: 'nick', name: 'ann-1a2b', from: 'ann' });
    page.hear({ type: 'nick', channel: 'lobby', name: 'ann-1a2b', from: 'ann' });
    expect(page.state.me).to.equal('ann-1a2b');
    expect(page.channel('lobby').members.map(({ name }) => name)).to.deep.equal(['ann-1a2b', 'rob']);
    expect(page.lines('lobby')).to.deep.equal(['bob is rob', 'ann is ann-1a2b']);
  });

  it('keeps its name when somebody of the same name on another server takes another', () => {
    page.hear({ type: 'nick', channel: 'lobby', name: 'zoe', from: 'ann' });
    expect(page.state.me).to.equal('ann');
  });

  it('keeps no more lines than it may, and drops the oldest', () => {
    const said = pageLimits.linesPerChannel + 250;
    for (let i = 0; i < said; i++) say('bob', `${i}`);
    const lines = page.lines('lobby');
    expect(lines.length).to.be.within(
      pageLimits.linesPerChannel - pageLimits.linesDroppedAtOnce,
      pageLimits.linesPerChannel,
    );
    expect(lines.at(-1)).to.equal(`bob: ${said - 1}`);
  });

  it('counts what is unread: in other channels, further down, and in a hidden tab', () => {
    page.do({ type: 'join', channel: 'other' });
    page.answerJoins(['ann']);
    say('bob', 'elsewhere');
    expect(page.channel('lobby').unread).to.equal(1);
    page.do({ type: 'select', id: 'lobby' });
    expect(page.channel('lobby').unread).to.equal(0);

    page.do({ type: 'scrolled', atBottom: false });
    say('bob', 'further down');
    expect(page.channel('lobby').unread).to.equal(1);
    page.do({ type: 'scrolled', atBottom: true });
    expect(page.channel('lobby').unread).to.equal(0);

    page.do({ type: 'visibility', visible: false });
    say('bob', 'while nobody looks');
    say('bob', 'and again');
    expect(pageTitle(page.state)).to.equal('(2) #lobby – Hearsay');
    page.do({ type: 'visibility', visible: true });
    expect(page.channel('lobby').unread).to.equal(0);
    expect(pageTitle(page.state)).to.equal('#lobby – Hearsay');
  });

  it('does not count joins and leaves as unread', () => {
    page.do({ type: 'visibility', visible: false });
    page.hear({ type: 'join', channel: 'lobby', name: 'eve' });
    expect(page.channel('lobby').unread).to.equal(0);
  });
});

describe("the page's state: dialogs", () => {
  let page: PagePlayer;
  beforeEach(() => {
    page = new PagePlayer();
    page.enter('ann', 'lobby');
  });

  it('asks for the channels of the network, and shows them', () => {
    page.do({ type: 'open-dialog', kind: 'join' });
    const [asked] = page.takeSent();
    expect(asked?.type).to.equal('channels');
    const channels = [{ channel: 'lobby', members: 1 }];
    page.hear({ type: 'channels', channels, ref: asked?.ref });
    expect(page.state.dialog).to.deep.include({ kind: 'join', directory: channels, more: 0 });
  });

  it('knows how many channels of the network are not listed', () => {
    page.do({ type: 'open-dialog', kind: 'join' });
    const [asked] = page.takeSent();
    page.hear({ type: 'channels', channels: [], more: 12, ref: asked?.ref });
    expect(page.state.dialog).to.deep.include({ kind: 'join', more: 12 });
  });

  it('joins a further channel, shows it and closes', () => {
    page.do({ type: 'open-dialog', kind: 'join' });
    page.takeSent();
    page.do({ type: 'join', channel: '#Other' });
    expect(page.state.dialog?.busy).to.equal(true);
    expect(page.state.current).to.equal('lobby');
    const [join] = page.takeSent();
    expect(join, 'the server knows the name already').to.deep.equal({
      type: 'join',
      channel: 'other',
      ref: join?.ref,
    });
    page.hear({ type: 'joined', channel: 'other', name: 'ann', members: ['ann'], ref: join?.ref });
    expect(page.state).to.include({ current: 'other', dialog: undefined });
  });

  it('shows a channel that one is in already without asking', () => {
    page.do({ type: 'join', channel: 'LOBBY' });
    expect(page.takeSent()).to.deep.equal([]);
    expect(page.state.current).to.equal('lobby');
  });

  it('says why a channel cannot be joined, and forgets it', () => {
    page.do({ type: 'open-dialog', kind: 'join' });
    page.do({ type: 'join', channel: 'a,b' });
    expect(page.state.dialog?.problem?.code).to.equal('bad-channel');
    page.takeSent();
    page.do({ type: 'join', channel: 'other' });
    const [join] = page.takeSent();
    page.hear({ type: 'error', code: 'too-many-channels', message: 'Too many.', ref: join?.ref });
    expect(page.state.dialog).to.deep.include({ busy: false });
    expect(page.state.dialog?.problem?.message).to.equal('Too many.');
    expect([...page.state.channels.keys()]).to.deep.equal(['lobby']);
  });

  it('says in the channel why one in the address cannot be joined', () => {
    page.do({ type: 'join', channel: 'a b' });
    expect(page.lines('lobby')).to.deep.equal([
      'A channel name has no spaces, commas or invisible characters.',
    ]);
  });

  it('changes the name in all channels, and closes', () => {
    page.do({ type: 'open-dialog', kind: 'rename' });
    page.do({ type: 'rename', name: 'anna' });
    const [nick] = page.takeSent();
    page.hear({ type: 'nick', name: 'anna', from: 'ann', ref: nick?.ref });
    expect(page.state).to.include({ me: 'anna', dialog: undefined });
    expect(page.lines('lobby')).to.deep.equal(['ann is anna']);
    expect(page.state.requests).to.deep.equal([]);
  });

  it('says why a name cannot be had', () => {
    page.do({ type: 'open-dialog', kind: 'rename' });
    page.do({ type: 'rename', name: '1ann' });
    expect(page.state.dialog?.problem?.code).to.equal('bad-name');
    page.do({ type: 'rename', name: 'bob' });
    const [nick] = page.takeSent();
    page.hear({ type: 'error', code: 'name-taken', message: 'Taken.', ref: nick?.ref });
    expect(page.state.dialog?.problem?.message).to.equal('Taken.');
    expect(page.state.me).to.equal('ann');
  });

  it('takes back, when closed, what has not gone out yet', () => {
    page.do({ type: 'link-lost' });
    page.do({ type: 'open-dialog', kind: 'join' });
    page.do({ type: 'join', channel: 'other' });
    page.do({ type: 'close-dialog' });
    expect([...page.state.channels.keys()]).to.deep.equal(['lobby']);
    expect(page.state.requests).to.deep.equal([]);
  });

  it('leaves a channel that is not the last one, and shows another', () => {
    page.do({ type: 'join', channel: 'other' });
    page.answerJoins(['ann']);
    page.do({ type: 'leave', channel: 'other' });
    const [leave] = page.takeSent();
    page.hear({ type: 'left', channel: 'other', ref: leave?.ref });
    expect(page.state).to.include({ phase: 'inside', current: 'lobby' });
  });
});
