import { expect } from 'chai';
import { complete } from '../../lib/client/complete.js';
import { limits } from '../../lib/limits.js';
import { welcome } from '../helpers/client-dial.js';
import { Talk } from '../helpers/client-talk.js';
import { settled } from '../helpers/client-time.js';

describe('a chat', () => {
  describe('before anything was joined', () => {
    it('joins with the line join <channel> <username>', async () => {
      const talk = await Talk.connected();
      await talk.type('join #Lobby  ann ');
      expect(talk.takeSent()).to.deep.equal([{ type: 'join', channel: 'lobby', name: 'ann' }]);
    });

    it('sends any other line, and shows what the server says to it', async () => {
      const talk = await Talk.connected();
      await talk.type('join lobby');
      await talk.refuse('not-joined', 'Malformed: join a channel before you send a message.');
      expect(talk.problems).to.deep.equal(['Malformed: join a channel before you send a message.']);
      expect(talk.shown).to.deep.equal([
        '> join lobby',
        '12:34 * Join a channel first: join <channel> <username>',
      ]);
    });

    it('keeps what is typed until the first connection is up, in order', async () => {
      const talk = new Talk();
      await talk.type('join lobby ann');
      await talk.type('hello');
      expect(talk.sent).to.deep.equal([]);
      void talk.chat.up(welcome);
      expect(talk.sent.map(({ type }) => type)).to.deep.equal(['join']);
      await talk.joined('lobby');
      expect(talk.sent[1]).to.deep.include({ type: 'msg', channel: 'lobby', text: 'hello' });
    });

    it('can join again after a refusal, under another name', async () => {
      const talk = await Talk.connected();
      await talk.type('join lobby ann');
      await talk.refuse('name-taken', 'Somebody else is called ann; choose another name.');
      await talk.type('/join lobby');
      expect(talk.problems).to.deep.equal([
        'Somebody else is called ann; choose another name.',
        'Say under which name: /join lobby <name>',
      ]);
      await talk.type('join lobby anna');
      await talk.joined('lobby', ['anna'], 'anna');
      expect(talk.shown.at(-1)).to.equal('12:34 * You are in lobby as anna, alone.');
    });
  });

  describe('in a channel', () => {
    it('shows what one says oneself like what others say', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('hello');
      await talk.hear({
        type: 'msg',
        id: 'x',
        channel: 'lobby',
        from: 'bob',
        text: 'hi',
        at: talk.time.wallMs() + 60_000,
      });
      expect(talk.shown).to.deep.equal(['12:34 ann: hello', '12:35 bob: hi']);
      expect(talk.takeSent()).to.deep.equal([{ type: 'msg', channel: 'lobby', text: 'hello' }]);
    });

    it('takes a line that looks like the first join for a message', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('join x y');
      expect(talk.takeSent()).to.deep.equal([{ type: 'msg', channel: 'lobby', text: 'join x y' }]);
    });

    it('says a line with a slash that begins with two', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('//join is a command');
      expect(talk.shown).to.deep.equal(['12:34 ann: /join is a command']);
    });

    it('sends nothing for an empty line', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('');
      await talk.type('   ');
      expect([talk.sent, talk.shown]).to.deep.equal([[], []]);
    });

    it('says that a message is too long, instead of sending it', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('ä'.repeat(51));
      expect(talk.sent).to.deep.equal([]);
      expect(talk.problems[0]).to.match(/^Too long by 2 bytes, a message has at most 100; not sent: "ä+…"$/);
    });

    it('shows who comes, goes and changes the name', async () => {
      const talk = await Talk.in('lobby');
      await talk.hear({ type: 'join', channel: 'lobby', name: 'cy' });
      await talk.hear({ type: 'nick', channel: 'lobby', from: 'cy', name: 'cyan' });
      await talk.hear({ type: 'leave', channel: 'lobby', name: 'cyan', reason: 'connection closed' });
      await talk.hear({ type: 'notice', text: 'alpha is going down.' });
      await talk.hear({ type: 'notice', channel: 'lobby', text: 'Server b is gone.', left: ['bob'] });
      await talk.hear({ type: 'nick', from: 'ann', name: 'ann-x1' });
      expect(talk.shown).to.deep.equal([
        '12:34 * cy joined',
        '12:34 * cy is now cyan',
        '12:34 * cyan left (connection closed)',
        '12:34 - alpha is going down.',
        '12:34 - Server b is gone. (bob)',
        '12:34 * You are ann-x1 now.',
      ]);
      expect(talk.chat.prompt).to.equal('ann-x1@lobby> ');
    });

    it('tells the channel of each line in more than one, and talks in the one joined last', async () => {
      const talk = await Talk.in('lobby', 'games');
      await talk.type('to games');
      await talk.accept();
      await talk.type('/join lobby');
      await talk.type('to lobby');
      await talk.accept();
      await talk.hear({ type: 'join', channel: 'games', name: 'cy' });
      expect(talk.shown).to.deep.equal([
        '12:34 [games] ann: to games',
        '> /join lobby',
        '12:34 * You are talking in lobby now.',
        '12:34 [lobby] ann: to lobby',
        '12:34 * [games] cy joined',
      ]);
      await talk.type('/leave');
      await talk.hear({ type: 'left', channel: 'lobby', ref: talk.ref });
      expect(talk.chat.prompt).to.equal('ann@games> ');
    });

    it('goes on talking where it was when another channel does not let it in', async () => {
      const talk = await Talk.in('lobby', 'games');
      await talk.type('/join lobby');
      await talk.type('/join secret');
      await talk.refuse('too-many-channels');
      expect(talk.chat.prompt).to.equal('ann@lobby> ');
    });

    it('lists members and channels', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('/names');
      await talk.hear({ type: 'names', channel: 'lobby', members: ['ann', 'bob'], ref: talk.ref });
      await talk.type('/channels');
      await talk.hear({ type: 'channels', channels: [{ channel: 'lobby', members: 2 }], ref: talk.ref });
      expect(talk.shown).to.deep.equal([
        '> /names',
        '12:34 * lobby has 2 members: ann, bob',
        '> /channels',
        '12:34 * 1 channel:\n  lobby, 2 members',
      ]);
    });
  });

  describe('commands', () => {
    it('are suggested where one is mistyped', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('/jion lobby');
      await talk.type('/frobnicate');
      expect(talk.problems).to.deep.equal([
        'There is no command /jion. Did you mean /join?',
        'There is no command /frobnicate. /help lists them; to say it, type //frobnicate',
      ]);
      expect(talk.sent).to.deep.equal([]);
    });

    it('say how they are typed, where arguments are missing or too many', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('/join');
      await talk.type('/nick a b');
      await talk.type('/quit now');
      expect(talk.problems).to.deep.equal([
        'Type it as: /join <channel> [name]',
        'Type it as: /nick <name>',
        'Type it as: /quit',
      ]);
      expect(talk.quits).to.equal(0);
    });

    it('are all in /help', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('/HELP');
      for (const name of ['join', 'leave', 'nick', 'names', 'channels', 'help', 'quit', '/text']) {
        expect(talk.shown.at(-1)).to.match(new RegExp(`^  /${name}\\b`, 'm'));
      }
    });

    it('refuse a bad channel name without asking the server', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('/join a,b');
      expect(talk.problems).to.deep.equal(['A channel name has no spaces, commas or invisible characters.']);
      expect(talk.sent).to.deep.equal([]);
    });

    it('end the chat only when what was said before is answered', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('bye');
      await talk.type('/quit');
      expect(talk.quits).to.equal(0);
      await talk.accept();
      expect(talk.quits).to.equal(1);
      talk.takeSent();
      talk.chat.close();
      expect(talk.takeSent()).to.deep.equal([{ type: 'leave', channel: 'lobby' }]);
    });
  });

  describe('when the connection is lost', () => {
    it('says what may not have arrived, and takes no message until it is back', async () => {
      const talk = await Talk.in('lobby');
      await talk.type('one');
      await talk.type('two');
      talk.chat.down();
      await settled();
      await talk.type('three');
      expect(talk.problems).to.deep.equal([
        'The connection was lost before the server answered; it may not have arrived: "one"',
        'Not connected; not sent: "two"',
        'Not connected; not sent: "three"',
      ]);
      expect(talk.chat.prompt).to.equal('(offline) ann@lobby> ');
    });

    it('joins all channels again, and talks where one talked before', async () => {
      const talk = await Talk.in('lobby', 'games');
      await talk.type('/join lobby');
      await talk.type('/nick anna');
      await talk.hear({ type: 'nick', from: 'ann', name: 'anna', ref: talk.ref });
      talk.chat.down();
      talk.takeSent();
      talk.shown.length = 0;
      const back = talk.chat.up(welcome);
      await talk.joined('games', ['anna'], 'anna');
      await talk.joined('lobby', ['anna', 'bob'], 'anna');
      expect(await back).to.equal(true);
      expect(talk.takeSent()).to.deep.equal([
        { type: 'join', channel: 'games', name: 'anna' },
        { type: 'join', channel: 'lobby', name: 'anna' },
      ]);
      expect(talk.shown).to.deep.equal([
        '12:34 * You are back in games as anna, alone.',
        '12:34 * You are back in lobby as anna, with bob.',
      ]);
      expect(talk.chat.prompt).to.equal('anna@lobby> ');
    });

    it('leaves a lost channel at once, and does not come back to it', async () => {
      const talk = await Talk.in('lobby', 'games');
      talk.chat.down();
      talk.shown.length = 0;
      talk.takeSent();
      expect(await talk.chat.leave('games')).to.equal(true);
      expect(talk.shown).to.deep.equal(['12:34 * You left games.']);
      void talk.chat.up(welcome);
      await talk.joined('lobby');
      expect(talk.takeSent()).to.deep.equal([{ type: 'join', channel: 'lobby', name: 'ann' }]);
    });

    it('joins what was asked for while it was lost', async () => {
      const talk = await Talk.connected();
      talk.chat.down();
      await talk.type('join lobby ann');
      void talk.chat.up(welcome);
      await talk.joined('lobby');
      expect(talk.shown.slice(1)).to.deep.equal([
        '12:34 * Not connected; lobby is joined as soon as the connection is back.',
        '12:34 * You are in lobby as ann, with bob.',
      ]);
    });

    it('asks again for a name that its own lost connection still has', async () => {
      const talk = await Talk.in('lobby');
      talk.chat.down();
      void talk.chat.up(welcome);
      await talk.refuse('name-taken');
      await talk.time.pass(1000);
      await talk.refuse('name-taken');
      await talk.time.pass(2000);
      await talk.joined('lobby');
      expect(talk.problems).to.deep.equal([]);
      expect(talk.shown).to.deep.equal([
        '12:34 * ann is still taken, by your lost connection perhaps; trying again in 1 s.',
        '12:34 * ann is still taken, by your lost connection perhaps; trying again in 2 s.',
        '12:34 * You are back in lobby as ann, with bob.',
      ]);
      expect(talk.time.waits).to.deep.equal([]);
    });

    it('asks for another name in the end, and brings all channels back under that', async () => {
      const talk = await Talk.in('lobby', 'games');
      talk.chat.down();
      void talk.chat.up(welcome);
      for (let tries = 0; tries < limits.nameTries; tries++) {
        await talk.refuse('name-taken');
        await talk.refuse('name-taken');
        await talk.time.pass(limits.reconnectMaxMs);
      }
      expect(talk.problems).to.deep.equal([
        'ann is still taken. Come back under another name: /join lobby <name>',
      ]);
      await talk.type('/join lobby');
      await talk.refuse('name-taken', 'Somebody else is called ann.');
      expect(talk.problems.slice(1)).to.deep.equal(['Somebody else is called ann.']);
      talk.takeSent();
      await talk.type('/join lobby anna');
      await talk.joined('lobby', ['anna'], 'anna');
      expect(talk.takeSent()).to.deep.equal([
        { type: 'join', channel: 'lobby', name: 'anna' },
        { type: 'join', channel: 'games', name: 'anna' },
      ]);
    });

    it('stops to ask for the name when the connection is lost once more', async () => {
      const talk = await Talk.in('lobby');
      talk.chat.down();
      const first = talk.chat.up(welcome);
      talk.chat.down();
      expect(await first).to.equal(false);
      void talk.chat.up(welcome);
      await talk.refuse('name-taken');
      talk.chat.down();
      expect(talk.time.waits).to.deep.equal([]);
    });

    it('says nothing of a taken name on a connection that was lost before all was answered', async () => {
      const talk = await Talk.in('lobby', 'games');
      talk.chat.down();
      void talk.chat.up(welcome);
      await talk.refuse('name-taken');
      talk.chat.down();
      await settled();
      expect(talk.shown.join()).not.to.contain('still taken');
      expect(talk.time.waits).to.deep.equal([]);
    });

    it('waits for nothing once it is closed', async () => {
      const talk = await Talk.in('lobby');
      talk.chat.down();
      void talk.chat.up(welcome);
      await talk.refuse('name-taken');
      await talk.type('one');
      talk.chat.close();
      await settled();
      expect(talk.time.waits).to.deep.equal([]);
      expect(talk.problems).to.deep.equal([]);
    });
  });

  it('shows nothing of others that could steer a terminal', async () => {
    const evil = '\x1b[2J\u009b1m\u202e\n\t';
    const talk = await Talk.in('lobby');
    const at = Number.POSITIVE_INFINITY;
    const channel = `lobby${evil}`;
    await talk.hear({ type: 'joined', channel, name: `ann${evil}`, members: [evil] });
    await talk.hear({ type: 'msg', id: evil, channel, from: evil, text: evil, at });
    await talk.hear({ type: 'join', channel, name: evil });
    await talk.hear({ type: 'leave', channel, name: evil, reason: evil });
    await talk.hear({ type: 'nick', channel, from: evil, name: evil });
    await talk.hear({ type: 'names', channel, members: [evil] });
    await talk.hear({ type: 'channels', channels: [{ channel: evil, members: 1 }] });
    await talk.hear({ type: 'notice', channel, text: evil, left: [evil] });
    await talk.hear({ type: 'left', channel: evil });
    await talk.type(`/${evil}`);
    await talk.type(evil);
    for (const shown of [...talk.shown, talk.chat.prompt]) {
      expect(shown.replace('1 channel:\n', '')).to.not.match(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }
    expect(talk.shown).to.have.length(11);
  });

  it('completes commands, channels and names of members', async () => {
    const talk = await Talk.in('lobby', 'games');
    await talk.hear({ type: 'join', channel: 'games', name: 'Bea' });
    const { state } = talk.chat;
    expect(complete('/na', state)).to.deep.equal([['/names '], '/na']);
    expect(complete('b', state)).to.deep.equal([['bob: ', 'Bea: '], 'b']);
    expect(complete('hi be', state)).to.deep.equal([['Bea '], 'be']);
    expect(complete('/leave l', state)).to.deep.equal([['lobby'], 'l']);
    expect(complete('/quit x', state)).to.deep.equal([[], 'x']);
  });
});
