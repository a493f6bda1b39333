/** Mistakes of clients: each is answered with an error, and harms nobody else. [PROTOCOL 2, 5] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { errorCodes } from '../../lib/wire/errors.js';
import type { RawClient } from '../helpers/raw-client.js';
import { forEachCombination } from '../helpers/test-server.js';

/**
 * Codes that were met in this file. Each code of the protocol must be met here, or in a test that is noted at the end.
 */
const met = new Set<unknown>();

async function errorFor(
  client: RawClient,
  message: object | string,
): Promise<{ code: unknown; message: string }> {
  if (typeof message === 'string') client.sendRaw(message);
  else client.send(message);
  const error = await client.next('error');
  met.add(error.code);
  return { ...error, code: error.code, message: String(error.message) };
}

describe('A client in error', () => {
  forEachCombination((server, transport) => {
    const malformed: readonly [string, string][] = [
      ['text that is no JSON', 'hello?'],
      ['JSON cut short', '{"type":"ping"'],
      ['two objects at once', '{"type":"ping"} {"type":"ping"}'],
      ['null', 'null'],
      ['a number', '7'],
      ['a list', '[{"type":"ping"}]'],
      ['an object without a type', '{}'],
      ['a type that is no string', '{"type":["ping"]}'],
      ['a type that nobody knows', '{"type":"pign"}'],
      ['a type that only servers send', '{"type":"welcome"}'],
      ['a type by the name of a method', '{"type":"toString"}'],
      ['__proto__ for a type', '{"type":"__proto__"}'],
      ['its type in __proto__', '{"__proto__":{"type":"ping"}}'],
      ['its fields in __proto__', '{"type":"join","__proto__":{"channel":"lobby","name":"ann"}}'],
      ['its fields in constructor', '{"type":"join","constructor":{"prototype":{"channel":"lobby"}}}'],
      ['a join without a channel', '{"type":"join","name":"ann"}'],
      ['its first join without a name', '{"type":"join","channel":"lobby"}'],
      ['a channel that is no string', '{"type":"join","channel":7,"name":"ann"}'],
      ['a name that is no string', '{"type":"join","channel":"lobby","name":{}}'],
      ['a leave without a channel', '{"type":"leave"}'],
      ['a msg without a text', '{"type":"msg","channel":"lobby"}'],
      ['an empty text', '{"type":"msg","text":""}'],
      ['a text of nothing but control characters', '{"type":"msg","text":"\\u0007\\u001b"}'],
      ['a msg to a channel and to a user', '{"type":"msg","channel":"lobby","to":"bob","text":"psst"}'],
      ['a msg to nobody', '{"type":"msg","to":null,"text":"psst"}'],
      ['a nick without a name', '{"type":"nick"}'],
      ['names without a channel', '{"type":"names"}'],
      ['a ref that is null', '{"type":"ping","ref":null}'],
      ['a ref that is an object', '{"type":"ping","ref":{}}'],
      ['a ref that is beyond all numbers', '{"type":"ping","ref":1e999}'],
      ['a ref that is too long', `{"type":"ping","ref":"${'x'.repeat(65)}"}`],
      ['brackets to the limit', '['.repeat(limits.lineBytes)],
      ['objects in one another', `${'{"a":'.repeat(5000)}7${'}'.repeat(5000)}`],
    ];

    describe('is told that it is malformed', () => {
      for (const [what, text] of malformed) {
        it(`when it sends ${what}, and goes on`, async () => {
          const client = await server().connect();
          await client.greet();
          const error = await errorFor(client, text);
          expect(error).to.deep.include({ type: 'error', code: 'malformed' });
          expect(error.message).to.match(/^Malformed: .*\.$/);
          expect(await client.settle()).to.deep.equal([]);
        });
      }

      it('when it is in several channels and says nothing of which', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await ann.ask({ type: 'join', channel: 'hall' });
        const error = await errorFor(ann, { type: 'msg', text: 'where?', ref: 1 });
        expect(error).to.deep.include({ code: 'malformed', ref: 1 });
        expect(error.message).to.match(/^Malformed: .*several channels/);
        await ann.ask({ type: 'leave', channel: 'hall' });
        ann.send({ type: 'msg', text: 'here' });
        await ann.settle();
        expect((await bob.settle()).map(({ text }) => text)).to.deep.equal(['here']);
      });
    });

    describe('is told that it is not in a channel, in words that begin with Malformed,', () => {
      const commands = [
        { type: 'msg', text: 'hi' },
        { type: 'msg', text: 'hi', channel: 'lobby' },
        { type: 'msg', text: 'hi', to: 'ann' },
        { type: 'leave', channel: 'lobby' },
      ];
      for (const command of commands) {
        it(`when it sends ${JSON.stringify(command)} before it joined`, async () => {
          const [ann] = await server().connectMembers('lobby', 'ann');
          const stranger = await server().connect();
          await stranger.greet();
          const error = await errorFor(stranger, { ...command, ref: 'r' });
          expect(error).to.deep.include({ type: 'error', code: 'not-joined', ref: 'r' });
          expect(error.message).to.match(/^Malformed: .*join/);
          expect(await ann.settle()).to.deep.equal([]);
        });
      }

      it('when it speaks in a channel that others are in, or that it has left', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        await bob.ask({ type: 'join', channel: 'hall' });
        expect((await errorFor(ann, { type: 'msg', channel: 'hall', text: 'hi' })).code).to.equal(
          'not-joined',
        );
        await ann.ask({ type: 'leave', channel: 'lobby' });
        expect((await errorFor(ann, { type: 'msg', channel: 'lobby', text: 'hi' })).code).to.equal(
          'not-joined',
        );
        expect((await errorFor(ann, { type: 'leave', channel: 'lobby' })).message).to.match(/^Malformed/);
        expect((await bob.settle()).map(({ type }) => type)).to.deep.equal(['leave']);
      });
    });

    describe('is told what is wrong with a name', () => {
      for (const name of ['', ' ', 'a b', '1st', '#ann', 'ann\u202e', 'x'.repeat(33), 'a,b', 'a\n']) {
        it(JSON.stringify(name), async () => {
          const client = await server().connect();
          await client.greet();
          for (const command of [
            { type: 'join', channel: 'lobby', name },
            { type: 'nick', name },
          ]) {
            expect(await errorFor(client, { ...command, ref: 1 })).to.deep.include({
              code: 'bad-name',
              ref: 1,
            });
          }
          expect(await client.ask({ type: 'channels' })).to.deep.include({ channels: [] });
        });
      }

      it('that is another than the one it has, at a further join', async () => {
        const [ann] = await server().connectMembers('lobby', 'ann');
        const error = await errorFor(ann, { type: 'join', channel: 'hall', name: 'anna' });
        expect(error.code).to.equal('bad-name');
        expect(error.message).to.include('nick');
      });

      it('that somebody has, in whatever letters, in this channel or another', async () => {
        await server().connectMembers('lobby', 'Straße');
        const [bob] = await server().connectMembers('hall', 'bob');
        const stranger = await server().connect();
        await stranger.greet();
        for (const name of ['Straße', 'STRASSE', 'ｓtraße']) {
          const join = { type: 'join', channel: 'lobby', name, ref: name };
          expect(await errorFor(stranger, join)).to.deep.include({ code: 'name-taken', ref: name });
          expect(await errorFor(bob, { type: 'nick', name })).to.deep.include({ code: 'name-taken' });
        }
        expect(await stranger.ask({ type: 'join', channel: 'lobby', name: 'free' })).to.include({
          type: 'joined',
        });
        bob.send({ type: 'msg', text: 'still bob', ref: 1 });
        await bob.next('ok');
      });
    });

    describe('is told what is wrong with a channel', () => {
      for (const channel of ['', '#', 'a b', 'a,b', 'a\u0007', 'a\u202e', 'x'.repeat(65)]) {
        it(JSON.stringify(channel), async () => {
          const client = await server().connect();
          await client.greet();
          for (const type of ['join', 'leave', 'names', 'msg']) {
            const command = { type, channel, name: 'ann', text: 'hi', ref: type };
            expect(await errorFor(client, command)).to.deep.include({ code: 'bad-channel', ref: type });
          }
        });
      }

      it(`one more than ${limits.channelsPerSession}, until it has left another`, async () => {
        const [ann] = await server().connectMembers('channel0', 'ann');
        for (let i = 1; i < limits.channelsPerSession; i++) {
          expect(await ann.ask({ type: 'join', channel: `channel${i}` })).to.include({ type: 'joined' });
        }
        const error = await errorFor(ann, { type: 'join', channel: 'more', ref: 1 });
        expect(error).to.deep.include({ code: 'too-many-channels', ref: 1 });
        expect(await ann.ask({ type: 'join', channel: 'channel7' })).to.include({ type: 'joined' });
        await ann.ask({ type: 'leave', channel: 'channel7' });
        expect(await ann.ask({ type: 'join', channel: 'more' })).to.include({ type: 'joined' });
      });
    });

    it('is told that nobody is called as the one it speaks to, or that it is itself', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      await bob.close();
      await ann.next('leave');
      for (const to of ['bob', 'nobody']) {
        const error = await errorFor(ann, { type: 'msg', to, text: 'psst', ref: to });
        expect(error).to.deep.include({ code: 'no-such-user', ref: to });
      }
      const error = await errorFor(ann, { type: 'msg', to: 'Ann', text: 'psst' });
      expect(error.code).to.equal('malformed');
      expect(error.message).to.match(/^Malformed: .*your own name/);
    });

    it('is told that a text is too long by a byte, and nobody hears it', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      const text = 'x'.repeat(limits.textBytes + 1);
      expect(await errorFor(ann, { type: 'msg', text, ref: 1 })).to.deep.include({
        code: 'too-long',
        ref: 1,
      });
      expect(await bob.settle()).to.deep.equal([]);
    });

    it('is told that it sends too much at once, and when to send again', async () => {
      const client = await server().connect();
      await client.greet();
      const pings = Array.from({ length: limits.commandBurst + 50 }, (_, ref) => ({ type: 'ping', ref }));
      client.write(Buffer.concat(pings.map((ping) => client.bytesOf(JSON.stringify(ping)))));
      const answers = [];
      for (const _ of pings) answers.push(await client.next());
      const refused = answers.filter(({ type }) => type === 'error');
      expect(refused).not.to.have.length(0);
      for (const { code, retryMs, ref } of refused) {
        met.add(code);
        expect(code).to.equal('rate-limited');
        expect(retryMs).to.be.within(1, 1000 / limits.commandsPerSecond);
        expect(ref).to.be.a('number');
      }
      expect(answers.map(({ ref }) => ref)).to.deep.equal(pings.map(({ ref }) => ref));
    });

    it('is given the ref back in every error that has one to give', async () => {
      const client = await server().connect();
      await client.greet();
      for (const ref of [0, 'r', '', -1.5]) {
        expect(await errorFor(client, { type: 'nonsense', ref })).to.deep.include({ ref });
        expect(await errorFor(client, { type: 'join', ref })).to.deep.include({ ref });
      }
      expect(await errorFor(client, 'nonsense')).not.to.have.property('ref');
    });

    it('does not disturb others in the channel', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      const bad = await server().connect();
      await bad.greet();
      for (const [, text] of malformed.slice(0, 30)) await errorFor(bad, text);
      ann.send({ type: 'msg', text: 'hi' });
      await ann.settle();
      expect((await bob.settle()).map(({ text }) => text)).to.deep.equal(['hi']);
    });

    it('ignores fields it does not know, whatever they are called', async () => {
      const client = await server().connect();
      const odd =
        '"later":[1,{"a":null}],"__proto__":{"text":"x"},"constructor":7,"toString":"x","hasOwnProperty":1';
      client.sendRaw(`{${odd},"type":"join","channel":"lobby","name":"ann","ref":1}`);
      await client.next('welcome');
      expect(await client.next()).to.deep.equal({
        type: 'joined',
        channel: 'lobby',
        name: 'ann',
        members: ['ann'],
        ref: 1,
      });
      client.sendRaw(`{${odd},"type":"ping"}`);
      expect(await client.next()).to.deep.equal({ type: 'pong' });
      expect(Object.hasOwn(Object.prototype, 'text')).to.equal(false);
    });

    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      it(`may name a channel ${name}, which is a name like any other`, async () => {
        const member = await server().connect();
        const joined = await member.enter(name, transport === 'tcp' ? '__proto__' : 'constructor');
        expect(joined).to.deep.include({ channel: name.toLowerCase() });
        expect(await member.ask({ type: 'channels' })).to.deep.include({
          channels: [{ channel: name.toLowerCase(), members: 1 }],
        });
      });
    }
  });

  after('met every error code of the protocol, but those that are met elsewhere', () => {
    const elsewhere = ['no-answer', 'too-slow', 'server-full', 'shutting-down'];
    expect(errorCodes.filter((code) => !met.has(code))).to.deep.equal(elsewhere);
  });
});
