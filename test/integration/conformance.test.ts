/** What clients can ask, and what they are told: every row of the protocol's tables. [PROTOCOL 2, 3] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { version } from '../../lib/version.js';
import { forEachCombination } from '../helpers/test-server.js';

describe('A client', () => {
  forEachCombination((server, transport) => {
    describe('is welcomed', () => {
      it('with the server’s name, version, protocol and limits, before anything else', async () => {
        const client = await server().connect();
        expect(await client.greet()).to.deep.equal({
          type: 'welcome',
          server: 'alpha',
          version,
          protocol: 1,
          limits: {
            textBytes: limits.textBytes,
            userNameCharacters: limits.userNameCharacters,
            channelNameCharacters: limits.channelNameCharacters,
            channelsPerSession: limits.channelsPerSession,
            lineBytes: limits.lineBytes,
            commandsPerSecond: limits.commandsPerSecond,
            commandBurst: limits.commandBurst,
          },
          features: ['presence'],
        });
      });

      it('only once', async () => {
        const client = await server().connect();
        await client.greet();
        expect(await client.ask({ type: 'ping' })).to.deep.equal({ type: 'pong' });
        expect(await client.settle()).to.deep.equal([]);
      });

      if (transport === 'tcp') {
        it('no sooner than it has said something', async () => {
          const silent = await server().connect();
          const other = await server().connect();
          await other.greet();
          expect(silent.texts).to.deep.equal([]);
          silent.sendRaw('not even JSON');
          await silent.next('welcome');
          await silent.next('error');
        });
      } else {
        it('without having said anything', async () => {
          const silent = await server().connect();
          await silent.next('welcome');
        });
      }
    });

    describe('who joins', () => {
      it('is told the channel, its name and the members, itself among them', async () => {
        const ann = await server().connect();
        expect(await ann.enter('lobby', 'Ann')).to.deep.equal({
          type: 'joined',
          channel: 'lobby',
          name: 'Ann',
          members: ['Ann'],
        });
      });

      it('is told the names of all members, sorted by letters and not by case', async () => {
        await server().connectMembers('lobby', 'dora', 'Bob', 'Éva', 'ann');
        const last = await server().connect();
        const { members } = await last.enter('lobby', 'Carl');
        expect(members).to.deep.equal(['ann', 'Bob', 'Carl', 'dora', 'Éva']);
      });

      it('is announced to the other members, and not to itself', async () => {
        const [ann] = await server().connectMembers('lobby', 'ann');
        const bob = await server().connect();
        await bob.enter('lobby', 'bob');
        expect(await ann.settle()).to.deep.equal([{ type: 'join', channel: 'lobby', name: 'bob' }]);
        expect(await bob.settle()).to.deep.equal([]);
      });

      it('gives its name once, and joins more channels with or without it', async () => {
        const ann = await server().connect();
        await ann.enter('lobby', 'Ann');
        const hall = await ann.ask({ type: 'join', channel: 'hall' });
        expect(hall).to.deep.equal({ type: 'joined', channel: 'hall', name: 'Ann', members: ['Ann'] });
        const attic = await ann.ask({ type: 'join', channel: 'attic', name: 'ANN' });
        expect(attic).to.deep.equal({ type: 'joined', channel: 'attic', name: 'Ann', members: ['Ann'] });
      });

      it('a channel that it is in already is told the members again, and nobody else is told', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const again = await bob.ask({ type: 'join', channel: 'lobby', ref: 1 });
        expect(again).to.deep.equal({
          type: 'joined',
          channel: 'lobby',
          name: 'bob',
          members: ['ann', 'bob'],
          ref: 1,
        });
        expect(await ann.settle()).to.deep.equal([]);
      });

      it('finds the same channel, however its name is written', async () => {
        const [ann] = await server().connectMembers('strasse', 'ann');
        const bob = await server().connect();
        const joined = await bob.enter('#STRAẞE', 'bob');
        expect(joined).to.deep.include({ channel: 'strasse', members: ['ann', 'bob'] });
        bob.send({ type: 'msg', channel: '#Straße', text: 'hi' });
        await bob.settle();
        expect((await ann.settle()).map(({ channel }) => channel)).to.deep.equal(['strasse', 'strasse']);
      });
    });

    describe('who leaves', () => {
      it('is told so, hears nothing more, and is announced to the others', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const left = await bob.ask({ type: 'leave', channel: '#Lobby', ref: 'x' });
        expect(left).to.deep.equal({ type: 'left', channel: 'lobby', ref: 'x' });
        ann.send({ type: 'msg', text: 'anybody?' });
        expect(await ann.settle()).to.deep.equal([{ type: 'leave', channel: 'lobby', name: 'bob' }]);
        expect(await bob.settle()).to.deep.equal([]);
      });

      it('can come back under its name', async () => {
        const [, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await bob.ask({ type: 'leave', channel: 'lobby' });
        const joined = await bob.ask({ type: 'join', channel: 'lobby' });
        expect(joined).to.deep.include({ type: 'joined', name: 'bob', members: ['ann', 'bob'] });
      });

      it('by closing its connection is announced with a reason, in all its channels', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'join', channel: 'hall' });
        await bob.ask({ type: 'join', channel: 'hall' });
        await ann.settle();
        await bob.close();
        const reason = 'connection closed';
        expect([await ann.next(), await ann.next()]).to.have.deep.members([
          { type: 'leave', channel: 'lobby', name: 'bob', reason },
          { type: 'leave', channel: 'hall', name: 'bob', reason },
        ]);
      });

      it('by being cut off leaves its name to others', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        bob.socket.resetAndDestroy();
        await ann.next('leave');
        const heir = await server().connect();
        expect(await heir.enter('lobby', 'bob')).to.deep.include({ members: ['ann', 'bob'] });
      });
    });

    describe('who says something', () => {
      it('is heard by all others in the channel, and does not hear itself', async () => {
        const [ann, bob, cat] = await server().connectMembers('lobby', 'ann', 'bob', 'cat');
        const before = Date.now();
        const ok = await ann.ask({ type: 'msg', text: 'hello', ref: 7 });
        expect(Object.keys(ok)).to.have.members(['type', 'id', 'ref']);
        expect(ok).to.deep.include({ type: 'ok', ref: 7 });
        const heard = await bob.settle();
        const [msg] = heard;
        expect(heard).to.deep.equal([
          { type: 'msg', id: ok.id, channel: 'lobby', from: 'ann', text: 'hello', at: msg?.at },
        ]);
        expect(msg?.at).to.be.within(before, Date.now());
        expect(await cat.settle()).to.deep.equal(heard);
        expect(await ann.settle()).to.deep.equal([]);
      });

      it('gets no answer when it gave no ref', async () => {
        const [ann] = await server().connectMembers('lobby', 'ann');
        ann.send({ type: 'msg', text: 'hello' });
        expect(await ann.settle()).to.deep.equal([]);
      });

      it('is heard in the channel that it named, and in no other', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'join', channel: 'hall' });
        ann.send({ type: 'msg', channel: 'hall', text: 'for the hall' });
        ann.send({ type: 'msg', channel: 'lobby', text: 'for the lobby' });
        await ann.settle();
        expect((await bob.settle()).map(({ text }) => text)).to.deep.equal(['for the lobby']);
      });

      it('is heard as it wrote it, in any script, with tabs and newlines, without control characters', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const texts = ['é€😀 שלום 李雷', 'a\tb\nc', '"quoted" \\ {}', '{"type":"msg"}', '\u2028', ' edges '];
        for (const text of [...texts, 'x\u0000\u0007\u001b[2J\u009by\r']) ann.send({ type: 'msg', text });
        await ann.settle();
        const expected = [...texts.filter((text) => text.trim() !== ''), 'x[2Jy'];
        expect((await bob.settle()).flatMap(({ text }) => text ?? [])).to.deep.equal(expected);
      });

      it('can say as much as the limit allows', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const text = '😀'.repeat(limits.textBytes / 4);
        ann.send({ type: 'msg', text });
        expect((await bob.next('msg')).text).to.equal(text);
      });
    });

    describe('who says something to one user', () => {
      it('is heard by that one alone, in whatever channels they are', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'Bob');
        const [cat] = await server().connectMembers('hall', 'cat');
        const before = Date.now();
        const ok = await ann.ask({ type: 'msg', to: 'CAT', text: 'psst', ref: 7 });
        expect(ok).to.deep.equal({ type: 'ok', id: ok.id, ref: 7 });
        const heard = await cat.settle();
        const [msg] = heard;
        expect(heard).to.deep.equal([
          { type: 'msg', id: ok.id, to: 'cat', from: 'ann', text: 'psst', at: msg?.at },
        ]);
        expect(msg?.at).to.be.within(before, Date.now());
        expect(await bob.settle()).to.deep.equal([]);
        cat.send({ type: 'msg', to: 'ann', text: 'what?' });
        expect(await ann.next('msg')).to.deep.include({ from: 'cat', to: 'ann', text: 'what?' });
      });

      it('gets no answer when it gave no ref, and is heard in the order in which it spoke', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const texts = Array.from({ length: 40 }, (_, i) => `${i}`);
        for (const text of texts) ann.send({ type: 'msg', to: 'bob', text });
        expect(await ann.settle()).to.deep.equal([]);
        expect((await bob.settle()).map(({ text }) => text)).to.deep.equal(texts);
      });

      it('need be in no channel, as long as it has a name', async () => {
        const [bob] = await server().connectMembers('lobby', 'bob');
        const ann = await server().connect();
        await ann.greet();
        await ann.ask({ type: 'nick', name: 'ann' });
        ann.send({ type: 'msg', to: 'bob', text: 'psst' });
        expect(await bob.next('msg')).to.deep.include({ from: 'ann' });
      });
    });

    describe('who changes its name', () => {
      it('is told so, and so is everybody once for each channel they share', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        for (const client of [ann, bob]) await client.ask({ type: 'join', channel: 'hall' });
        await ann.ask({ type: 'join', channel: 'attic' });
        await ann.settle();
        const reply = await ann.ask({ type: 'nick', name: 'Anna', ref: 2 });
        expect(reply).to.deep.equal({ type: 'nick', name: 'Anna', from: 'ann', ref: 2 });
        expect(await ann.settle()).to.deep.equal([]);
        const heard = await bob.settle();
        expect(heard).to.have.deep.members([
          { type: 'nick', channel: 'lobby', name: 'Anna', from: 'ann' },
          { type: 'nick', channel: 'hall', name: 'Anna', from: 'ann' },
        ]);
      });

      it('speaks under it, is listed under it, and leaves the old one to others', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'nick', name: 'zoe' });
        ann.send({ type: 'msg', text: 'hi' });
        await ann.settle();
        expect((await bob.settle()).at(-1)).to.deep.include({ type: 'msg', from: 'zoe' });
        const { members } = await bob.ask({ type: 'names', channel: 'lobby' });
        expect(members).to.deep.equal(['bob', 'zoe']);
        const heir = await server().connect();
        await heir.enter('lobby', 'ann');
      });

      it('may do so before it joins', async () => {
        const ann = await server().connect();
        await ann.greet();
        expect(await ann.ask({ type: 'nick', name: 'Ann' })).to.deep.equal({
          type: 'nick',
          name: 'Ann',
          from: 'Ann',
        });
        expect(await ann.ask({ type: 'join', channel: 'lobby' })).to.deep.include({ name: 'Ann' });
      });

      it('may change the case of its letters alone', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'nick', name: 'ANN' });
        expect(await bob.settle()).to.deep.equal([
          { type: 'nick', channel: 'lobby', name: 'ANN', from: 'ann' },
        ]);
      });
    });

    describe('who asks', () => {
      it('for names is told the members, of channels it is not in too', async () => {
        await server().connectMembers('lobby', 'bob', 'ann');
        const guest = await server().connect();
        await guest.greet();
        expect(await guest.ask({ type: 'names', channel: '#LOBBY', ref: 0 })).to.deep.equal({
          type: 'names',
          channel: 'lobby',
          members: ['ann', 'bob'],
          ref: 0,
        });
        expect(await guest.ask({ type: 'names', channel: 'nowhere' })).to.deep.equal({
          type: 'names',
          channel: 'nowhere',
          members: [],
        });
      });

      it('for channels is told all that anybody is in, sorted, with how many', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'join', channel: 'attic' });
        const guest = await server().connect();
        await guest.greet();
        const channels = [
          { channel: 'attic', members: 1 },
          { channel: 'lobby', members: 2 },
        ];
        expect(await guest.ask({ type: 'channels', ref: 'c' })).to.deep.equal({
          type: 'channels',
          channels,
          ref: 'c',
        });
        await bob.ask({ type: 'leave', channel: 'lobby' });
        await ann.ask({ type: 'leave', channel: 'attic' });
        expect(await guest.ask({ type: 'channels' })).to.deep.equal({
          type: 'channels',
          channels: [{ channel: 'lobby', members: 1 }],
        });
      });

      it('with a ping is answered with a pong', async () => {
        const client = await server().connect();
        await client.greet();
        expect(await client.ask({ type: 'ping' })).to.deep.equal({ type: 'pong' });
        for (const ref of [0, -1, 1.5, 9_007_199_254_740_991, '', 'é', 'x'.repeat(64)]) {
          expect(await client.ask({ type: 'ping', ref })).to.deep.equal({ type: 'pong', ref });
        }
      });
    });
  });
});
