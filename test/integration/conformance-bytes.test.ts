/** Bytes as they may arrive: cut anywhere, any number at once, or not as they should be. [PROTOCOL 1] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { Random } from '../helpers/random.js';
import type { RawClient } from '../helpers/raw-client.js';
import { forEachCombination, useServer } from '../helpers/test-server.js';
import { clientFrame, opcodes } from '../helpers/web-socket-frames.js';

/** Writes bytes in pieces, each handed to the kernel before the next. */
async function writeInPieces(client: RawClient, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      client.socket.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const conversation = [
  { type: 'join', channel: 'lobby', name: 'ann', ref: 1 },
  { type: 'msg', text: 'é€😀', ref: 2 },
  { type: 'nick', name: 'Ελένη', ref: 3 },
  { type: 'names', channel: 'lobby', ref: 4 },
  { type: 'leave', channel: 'lobby', ref: 5 },
].map((message) => JSON.stringify(message));

const answers = [
  ['joined', 1],
  ['ok', 2],
  ['nick', 3],
  ['names', 4],
  ['left', 5],
];

describe('A server reads', () => {
  forEachCombination((server) => {
    async function answersTo(write: (client: RawClient) => unknown): Promise<unknown[]> {
      const client = await server().connect();
      await client.greet();
      await write(client);
      const heard: unknown[] = [];
      for (const _ of answers) {
        const { type, ref } = await client.next();
        heard.push([type, ref]);
      }
      return heard;
    }

    it('messages one by one', async () => {
      const heard = await answersTo((client) => {
        for (const text of conversation) client.sendRaw(text);
      });
      expect(heard).to.deep.equal(answers);
    });

    it('many messages in one piece', async () => {
      const heard = await answersTo((client) => {
        client.write(Buffer.concat(conversation.map((text) => client.bytesOf(text))));
      });
      expect(heard).to.deep.equal(answers);
    });

    it('messages byte by byte', async () => {
      const heard = await answersTo((client) => {
        const bytes = Buffer.concat(conversation.map((text) => client.bytesOf(text)));
        return writeInPieces(
          client,
          [...bytes].map((byte) => Buffer.from([byte])),
        );
      });
      expect(heard).to.deep.equal(answers);
    });

    for (const seed of [1, 2, 3, 4, 5]) {
      it(`messages cut anywhere (seed ${seed})`, async () => {
        const heard = await answersTo((client) => {
          const bytes = Buffer.concat(conversation.map((text) => client.bytesOf(text)));
          return writeInPieces(client, new Random(seed).cut(bytes));
        });
        expect(heard).to.deep.equal(answers);
      });
    }

    it('a first message that comes with others', async () => {
      const client = await server().connect();
      client.write(Buffer.concat(conversation.map((text) => client.bytesOf(text))));
      await client.next('welcome');
      expect(await client.next()).to.deep.include({ type: 'joined', ref: 1 });
    });

    it('the longest message there can be', async () => {
      const client = await server().connect();
      await client.greet();
      const ping = '{"type":"ping","pad":""}';
      client.sendRaw(ping.replace('""', `"${'x'.repeat(limits.lineBytes - ping.length)}"`));
      expect(await client.next()).to.deep.equal({ type: 'pong' });
    });

    it('text with each of its bytes escaped', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      ann.sendRaw(`{"type":"msg","text":"${'\\u0041'.repeat(limits.textBytes)}"}`);
      expect((await bob.next('msg')).text).to.equal('A'.repeat(limits.textBytes));
    });
  });

  describe('over TCP', () => {
    const server = useServer('full-server', 'tcp');

    it('lines that end with a carriage return and a line feed', async () => {
      const client = await server().connect();
      client.write(Buffer.from(conversation.map((text) => `${text}\r\n`).join('')));
      await client.next('welcome');
      for (const [type] of answers) await client.next(String(type));
      for (const text of client.texts) expect(text).not.to.include('\r');
    });

    it('past empty lines', async () => {
      const client = await server().connect();
      client.write(Buffer.from('\n\r\n\n{"type":"ping"}\n\n\n{"type":"ping","ref":2}\n\r\n'));
      await client.next('welcome');
      expect([await client.next(), await client.next()]).to.deep.equal([
        { type: 'pong' },
        { type: 'pong', ref: 2 },
      ]);
      expect(await client.settle()).to.deep.equal([]);
    });

    it('what is not UTF-8 as malformed, and goes on', async () => {
      const client = await server().connect();
      await client.greet();
      for (const bytes of [
        [0xff],
        [0xc3],
        [0xed, 0xa0, 0x80],
        [0xc0, 0xaf],
        [0xf8, 0x88, 0x80, 0x80, 0x80],
      ]) {
        client.write(Buffer.from([...Buffer.from('{"type":"ping","ref":"'), ...bytes, 0x22, 0x7d, 0x0a]));
        const error = await client.next('error');
        expect(error).to.include({ code: 'malformed' });
        expect(error.message).to.match(/^Malformed: .*UTF-8/);
      }
      expect(await client.ask({ type: 'ping' })).to.deep.equal({ type: 'pong' });
    });

    it('no line without an end: it says so, and the connection ends', async () => {
      for (const greeted of [true, false]) {
        const client = await server().connect();
        if (greeted) await client.greet();
        client.write(Buffer.alloc(limits.lineBytes * 3, 'x'));
        const rest = await client.rest();
        expect(rest.map(({ code, type }) => code ?? type)).to.deep.equal(
          greeted ? ['too-long'] : ['welcome', 'too-long'],
        );
      }
      await server().logged(/client disconnected.*reason=too-long/);
    });

    it('the lines before one that is too long', async () => {
      const [ann] = await server().connectMembers('lobby', 'ann');
      const bob = await server().connect();
      await bob.enter('lobby', 'bob');
      bob.write(Buffer.from(`{"type":"msg","text":"last"}\n${'x'.repeat(limits.lineBytes + 2)}`));
      await bob.ended;
      expect((await ann.settle()).map(({ type, text, reason }) => text ?? reason ?? type)).to.deep.equal([
        'join',
        'last',
        'disconnected: too-long',
      ]);
    });

    it('what came before a client closed its half, and answers it', async () => {
      const client = await server().connect();
      client.socket.end(`${conversation.join('\n')}\n`);
      const types = (await client.rest()).map(({ type }) => type);
      expect(types).to.deep.equal(['welcome', 'joined', 'ok', 'nick', 'names', 'left']);
    });

    it('nothing of a line that never ended', async () => {
      const [ann] = await server().connectMembers('lobby', 'ann');
      const bob = await server().connect();
      await bob.enter('lobby', 'bob');
      bob.socket.end('{"type":"msg","text":"half"}');
      await bob.ended;
      expect((await ann.settle()).map(({ type }) => type)).to.deep.equal(['join', 'leave']);
    });
  });

  describe('over WebSocket', () => {
    const server = useServer('full-server', 'websocket');

    it('a binary frame as malformed, and goes on', async () => {
      const client = await server().connect();
      await client.greet();
      client.write(clientFrame('{"type":"ping"}', opcodes.binary));
      const error = await client.next('error');
      expect(error).to.include({ code: 'malformed' });
      expect(error.message).to.match(/^Malformed: .*text/);
      expect(await client.ask({ type: 'ping' })).to.deep.equal({ type: 'pong' });
    });

    it('an empty message as malformed, and goes on', async () => {
      const client = await server().connect();
      await client.greet();
      client.sendRaw('');
      expect(await client.next('error')).to.include({ code: 'malformed' });
      expect(await client.ask({ type: 'ping' })).to.deep.equal({ type: 'pong' });
    });

    it('a message in several frames, with a ping in their midst', async () => {
      const client = await server().connect();
      await client.greet();
      const first = clientFrame('{"type":"pi', opcodes.text);
      first[0] = opcodes.text;
      client.write(Buffer.concat([first, clientFrame('?', opcodes.ping), clientFrame('ng"}', 0)]));
      expect(await client.next()).to.deep.equal({ type: 'pong' });
    });

    it('a message of the greatest length, and no longer one: it says so, and the connection ends', async () => {
      const client = await server().connect();
      await client.greet();
      client.sendRaw(`{"type":"ping","x":"${'x'.repeat(limits.lineBytes - 22)}"}`);
      expect(await client.next()).to.deep.equal({ type: 'pong' });
      for (const length of [limits.lineBytes + 1, 40_000, limits.webSocketMessageBytes]) {
        const tooLong = await server().connect();
        await tooLong.greet();
        tooLong.sendRaw('x'.repeat(length));
        expect(await tooLong.next('error')).to.include({ code: 'too-long' });
        expect(await tooLong.ended).to.equal(1009);
      }
    });

    it('nothing of a message that is far too long, and counts and logs that as well', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      bob.sendRaw('x'.repeat(limits.webSocketMessageBytes + 1));
      expect(await bob.ended).to.equal(1009);
      expect(await ann.next()).to.deep.include({ type: 'leave', reason: 'disconnected: too-long' });
      await server().logged(/client disconnected .*name=bob reason=too-long/);
      expect(server().running.relay.counters.disconnected).to.equal(1);
    });

    const broken: readonly [string, Buffer, number][] = [
      ['text that is not UTF-8', clientFrame(Buffer.from([0xff, 0xfe])), 1007],
      ['a frame that is too long', clientFrame('x'.repeat(limits.lineBytes + 1)), 1009],
      [
        'a frame that says it will be far too long',
        clientFrame('x'.repeat(limits.webSocketMessageBytes + 1)).subarray(0, 14),
        1009,
      ],
      ['a frame that is not masked', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
      ['an opcode that there is not', clientFrame('x', 3), 1002],
      ['a reserved bit', Buffer.concat([Buffer.from([0xc1]), clientFrame('x').subarray(1)]), 1002],
    ];
    for (const [what, bytes, code] of broken) {
      it(`no further after ${what}: it closes with ${code}, and the others are told`, async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        bob.write(bytes);
        expect(await bob.ended).to.equal(code);
        expect(await ann.next()).to.deep.include({ type: 'leave', name: 'bob' });
      });
    }
  });
});
