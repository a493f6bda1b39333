/** Direct messages, and names that the server changes, in the terminal clients. */
import { expect } from 'chai';
import { complete } from '../../lib/client/complete.js';
import { limits } from '../../lib/limits.js';
import { Talk } from '../helpers/client-talk.js';

const fromZoe = { type: 'msg', id: 'x', to: 'ann', from: 'zoe', text: 'psst', at: 0 } as const;

describe('a chat with one user', () => {
  it('says what follows the name, as it was typed, and shows it in place of the line that was entered', async () => {
    const talk = await Talk.in('lobby');
    await talk.type('/msg  Zoe   two  spaces ');
    expect(talk.takeSent()).to.deep.equal([{ type: 'msg', to: 'Zoe', text: 'two  spaces ' }]);
    expect(talk.shown).to.deep.equal(['12:34 ann -> Zoe: two  spaces ']);
    expect(talk.problems).to.deep.equal([]);
  });

  it('shows what comes in with an arrow to oneself, whatever channels one is in', async () => {
    const talk = await Talk.in('lobby', 'hall');
    await talk.hear({ ...fromZoe, at: talk.time.wallMs() });
    expect(talk.shown).to.deep.equal(['12:34 zoe -> ann: psst']);
  });

  for (const line of ['/msg', '/msg ', '/msg zoe', '/msg zoe  ']) {
    it(`tells how it is typed when ${JSON.stringify(line)} is`, async () => {
      const talk = await Talk.in('lobby');
      await talk.type(line);
      expect(talk.takeSent()).to.deep.equal([]);
      expect(talk.shown).to.have.length(1);
      expect(talk.problems).to.deep.equal(['Type it as: /msg <name> <text>']);
    });
  }

  it('shows what the server says when nobody is called so', async () => {
    const talk = await Talk.in('lobby');
    await talk.type('/msg zoe psst');
    await talk.refuse('no-such-user', 'Nobody is called zoe; check the name.');
    expect(talk.problems).to.deep.equal(['Nobody is called zoe; check the name.']);
    expect(talk.shown).to.deep.equal(['12:34 ann -> zoe: psst']);
  });

  it('does not send what is too long, or what there is no connection for', async () => {
    const talk = await Talk.in('lobby');
    await talk.type(`/msg zoe ${'x'.repeat(limits.textBytes + 1)}`);
    talk.chat.down();
    await talk.type('/msg zoe psst');
    expect(talk.takeSent()).to.deep.equal([]);
    expect(talk.problems[0]).to.match(/^Too long by \d+ bytes/);
    expect(talk.problems[1]).to.equal('Not connected; not sent: "psst"');
  });

  it('is shown as it was entered before one has a name, and asked of the server all the same', async () => {
    const talk = await Talk.connected();
    await talk.type('/msg zoe psst');
    expect(talk.shown).to.deep.equal(['> /msg zoe psst']);
    await talk.refuse('not-joined', 'Malformed: join a channel before you send a message.');
    expect(talk.problems).to.have.length(1);
  });

  it('is listed by /help', async () => {
    const talk = await Talk.in('lobby');
    await talk.type('/help');
    expect(talk.shown.join('\n')).to.match(/\/msg <name> <text> {2,}say something to one user alone/);
  });

  it('completes whom one talked with last, then everybody in one’s channels, and never oneself', async () => {
    const talk = await Talk.in('lobby', 'hall');
    await talk.hear({ type: 'join', channel: 'lobby', name: 'Bea' });
    expect(complete('/msg ', talk.chat.state)).to.deep.equal([['bob ', 'Bea '], '']);
    await talk.hear(fromZoe);
    await talk.type('/msg Bea hi');
    await talk.accept();
    const { state } = talk.chat;
    expect(complete('/msg ', state)).to.deep.equal([['Bea ', 'zoe ', 'bob '], '']);
    expect(complete('/msg Z', state)).to.deep.equal([['zoe '], 'Z']);
    expect(complete('/ms', state)).to.deep.equal([['/msg '], '/ms']);
  });

  it('remembers only so many of those with whom one talked', async () => {
    const talk = await Talk.in('lobby');
    for (let i = 0; i < 100; i++) await talk.hear({ ...fromZoe, from: `zoe${i}` });
    expect(talk.chat.state.partners).to.have.length(32);
    expect(talk.chat.state.partners[0]).to.equal('zoe99');
  });
});

describe('a chat whose user is renamed by the server', () => {
  it('goes on under the new name, in its channels, its prompt and its next connection', async () => {
    const talk = await Talk.in('lobby');
    await talk.hear({ type: 'nick', name: 'ann-x7f2', from: 'ann' });
    await talk.hear({ type: 'join', channel: 'lobby', name: 'ann' });
    await talk.hear({ type: 'notice', text: 'Somebody on another server was called ann before you.' });
    expect(talk.shown).to.deep.equal([
      '12:34 * You are ann-x7f2 now.',
      '12:34 * ann joined',
      '12:34 - Somebody on another server was called ann before you.',
    ]);
    expect(talk.chat.prompt).to.equal('ann-x7f2@lobby> ');
    expect([...(talk.chat.state.current?.members.values() ?? [])]).to.have.members([
      'ann',
      'ann-x7f2',
      'bob',
    ]);
    await talk.type('hi');
    expect(talk.shown.at(-1)).to.equal('12:34 ann-x7f2: hi');
    await talk.accept();
    await talk.type('/join hall');
    expect(talk.takeSent().at(-1)).to.deep.equal({ type: 'join', channel: 'hall', name: 'ann-x7f2' });
  });

  it('does not take that for the answer to a nick of its own', async () => {
    const talk = await Talk.in('lobby');
    await talk.type('/nick anna');
    await talk.hear({ type: 'nick', name: 'ann-x7f2', from: 'ann' });
    await talk.type('hi');
    expect(talk.takeSent()).to.deep.equal([{ type: 'nick', name: 'anna' }]);
    expect(talk.chat.state.name).to.equal('ann-x7f2');
  });

  it('takes a nick in a channel for somebody else’s, whatever the names', async () => {
    const talk = await Talk.in('lobby');
    await talk.hear({ type: 'nick', channel: 'lobby', name: 'zoe', from: 'ann' });
    expect(talk.chat.state.name).to.equal('ann');
  });
});
