/** The two client programs, as real processes, with a server of this process. */
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { jsonDialect } from '../../lib/dialect/json.js';
import { silentLog } from '../../lib/log.js';
import type { ServerOptions } from '../../lib/options.js';
import { Intake } from '../../lib/relay/intake.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { lineFraming } from '../../lib/wire/framing.js';
import { ClientProgram, canLendTerminal } from '../helpers/client-program.js';

for (const [program, door] of [
  ['cli-client', 'client'],
  ['websock-client', 'websocket'],
] as const) {
  describe(program, () => {
    const programs: ClientProgram[] = [];
    const servers: RunningServer[] = [];

    afterEach(async () => {
      for (const started of programs.splice(0)) started.stop();
      for (const server of servers.splice(0)) await server.stop();
    });

    async function startedServer(given: Partial<ServerOptions> = {}) {
      const ports = { clientPort: 0, webSocketPort: 0, peerPort: 0 };
      const server = await startServer({ ...ports, name: 'alpha', ...given }, silentLog);
      servers.push(server);
      const port = server.ports[door];
      if (port === undefined) throw new Error('a full server has all ports');
      return { server, port };
    }

    function piped(...args: (string | number)[]): ClientProgram {
      const started = ClientProgram.piped(program, args);
      programs.push(started);
      return started;
    }

    function atTerminal(args: (string | number)[], env?: Record<string, string>): ClientProgram {
      const started = ClientProgram.atTerminal(program, args, env);
      programs.push(started);
      return started;
    }

    describe('with piped input', () => {
      it('sends each line in order, past the rate limit, and ends with status 0', async () => {
        const { port } = await startedServer({ commandsPerSecond: 50 });
        const reader = piped('127.0.0.1', port, 'lobby', 'reader');
        await reader.shows(/You are in lobby/);
        const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`);
        const writer = piped('127.0.0.1', port, 'lobby', 'writer');
        writer.process.stdin.end(`${lines.join('\n')}`);
        expect(await writer.ended).to.deep.include({ status: 0, errors: '' });
        await reader.shows(/writer left/);
        const heard = [...reader.text.matchAll(/writer: (.*)/g)].map(([, text]) => text);
        expect(heard).to.deep.equal(lines);
      });

      it('joins with its first line, and takes commands', async () => {
        const { port } = await startedServer();
        const client = piped('127.0.0.1', port);
        client.process.stdin.end(
          'join Lobby ann\r\n\r\nhello\r\njoin x y\n//slash\n/nick anna\n/names\n/quit\nno more\n',
        );
        const { status, output, errors } = await client.ended;
        expect(errors).to.equal('');
        expect(status).to.equal(0);
        expect(output.replace(/^\d\d:\d\d /gm, '')).to.equal(
          [
            '* You are in lobby as ann, alone.',
            'ann: hello',
            'ann: join x y',
            'ann: /slash',
            '* You are anna now.',
            '* lobby has 1 member: anna',
            '',
          ].join('\n'),
        );
      });

      it('tells what was refused and goes on, and ends with status 1', async () => {
        const { port } = await startedServer();
        const client = piped('127.0.0.1', port);
        client.process.stdin.end(`hello\njoin lobby ann\n${'x'.repeat(40_000)}\n/nope\nstill here\n`);
        const { status, output, errors } = await client.ended;
        expect(status).to.equal(1);
        expect(errors.split('\n').map((line) => line.slice(0, 60))).to.deep.equal([
          `${program}: line 1: Malformed: join a channel before you send a message.`.slice(0, 60),
          `${program}: line 3: Too long by 35904 bytes, a message has at most 4096`.slice(0, 60),
          `${program}: line 4: There is no command /nope. /help lists them;`.slice(0, 60),
          '',
        ]);
        expect(output).to.include('ann: still here');
      });

      it('says something to one user, in another channel, who answers', async () => {
        const { port } = await startedServer();
        const reader = piped('127.0.0.1', port, 'hall', 'reader');
        await reader.shows(/You are in hall/);
        const writer = piped('127.0.0.1', port, 'lobby', 'writer');
        writer.process.stdin.write('/msg READER the  build is done\n/msg nobody hello\n');
        await reader.shows(/\d\d:\d\d writer -> reader: the {2}build is done\n/);
        reader.process.stdin.write('/msg writer thanks\n');
        await writer.shows(
          /^\d\d:\d\d writer -> READER: the {2}build is done\n(?:.*\n)*.* reader -> writer: thanks$/m,
        );
        writer.process.stdin.end();
        const { status, errors } = await writer.ended;
        expect(status).to.equal(1);
        expect(errors).to.equal(`${program}: line 2: Nobody is called nobody; check the name.\n`);
      });

      it('sends nothing when it is not let in', async () => {
        const { port } = await startedServer();
        const first = piped('127.0.0.1', port, 'lobby', 'ann');
        await first.shows(/You are in lobby/);
        const second = piped('127.0.0.1', port, 'lobby', 'ANN');
        second.process.stdin.end('hello\n');
        const { status, errors } = await second.ended;
        expect([status, errors]).to.deep.equal([
          1,
          `${program}: Somebody else is called ANN; choose another name.\n`,
        ]);
      });

      it('ends with status 1 when nothing answers, or something else does', async () => {
        const closed = await listening(createServer());
        await new Promise((resolve) => closed.server.close(resolve));
        const other = await listening(createServer((socket) => socket.end('220 mail.example.org\r\n')));
        try {
          for (const [port, expected] of [
            [closed.port, 'cannot connect: nothing listens on 127.0.0.1:'],
            [other.port, 'cannot connect: what answers there is no Hearsay server'],
          ] as const) {
            const client = piped('127.0.0.1', port, 'lobby', 'ann');
            client.process.stdin.end('hello\n');
            const { status, errors } = await client.ended;
            expect(status).to.equal(1);
            expect(errors)
              .to.match(/^[^\n]*\n$/)
              .and.include(`${program}: ${expected}`);
          }
        } finally {
          other.server.close();
        }
      });

      it('ends with status 2 and one line when an argument is missing', async () => {
        for (const args of [[], ['127.0.0.1'], ['127.0.0.1', 1, 'lobby']]) {
          const client = piped(...args);
          const { status, errors } = await client.ended;
          expect(status).to.equal(2);
          expect(errors).to.match(new RegExp(`^${program}: [^\\n]+ is missing[^\\n]+\\n$`));
        }
      });

      it('goes on with a server that comes back, and says what may be lost', async () => {
        const { server, port } = await startedServer();
        const client = piped('127.0.0.1', port, 'lobby', 'ann');
        await client.shows(/You are in lobby/);
        await server.stop();
        await startedServer({ [door === 'client' ? 'clientPort' : 'webSocketPort']: port });
        await client.shows(/You are back in lobby as ann/);
        client.process.stdin.end('hello\n');
        const { status, output, errors } = await client.ended;
        expect(output).to.match(/ann: hello\n$/);
        expect(errors).to.match(/the connection was lost: .*Trying again in 1 s\.\n$/);
        expect(status).to.equal(0);
      });
    });

    describe('at a terminal', () => {
      before(function () {
        if (!canLendTerminal) this.skip();
      });

      it('joins, talks, and ends with /quit', async () => {
        const { port } = await startedServer();
        const client = atTerminal(['127.0.0.1', port]);
        await client.shows(/Connected to alpha .*> /s);
        client.type('hello?\r');
        await client.shows(/Malformed: join a channel before you send a message\./);
        client.type('join lobby ann\r');
        await client.shows(/You are in lobby as ann, alone\..*ann@lobby> /s);
        const other = piped('127.0.0.1', port, 'lobby', 'bob');
        other.process.stdin.write('hi ann\n');
        await client.shows(/bob joined/);
        await client.shows(/bob: hi ann/);
        client.type('hi bob\r');
        await other.shows(/ann: hi bob/);
        client.type('/quit\r');
        await other.shows(/ann left\n/);
        expect((await client.ended).status).to.equal(0);
      });

      it('ends in good order at Ctrl-C and Ctrl-D', async () => {
        const { port } = await startedServer();
        for (const key of ['\x03', '\x04']) {
          const client = atTerminal(['127.0.0.1', port, 'lobby', 'ann']);
          await client.shows(/You are in lobby/);
          client.type(key);
          const { status, output } = await client.ended;
          expect(status).to.equal(0);
          // The last thing that is written removes the prompt.
          expect(output.endsWith('\x1b[J')).to.equal(true);
        }
      });

      it('asks for what is missing, and again for what will not do', async () => {
        const { port } = await startedServer();
        const client = atTerminal([]);
        await client.shows(/Address of the server \[127\.0\.0\.1\]: /);
        client.type('\r');
        await client.shows(/Port \[854\d\]: /);
        client.type('70000\r');
        await client.shows(/'70000' is no port.*Port \[854\d\]: /s);
        client.type(`${port}\r`);
        await client.shows(/Connected to alpha/);
        const named = atTerminal(['127.0.0.1', port, 'lobby']);
        await named.shows(/Your name: /);
        named.type('ann\r');
        await named.shows(/You are in lobby as ann/);
      });

      it('ends in good order at Ctrl-D to a question', async () => {
        const client = atTerminal([]);
        await client.shows(/Address of the server \[127\.0\.0\.1\]: /);
        client.type('\x04');
        const { status, output } = await client.ended;
        expect(status).to.equal(0);
        expect(output).not.to.match(/Port|Connect/);
      });

      it('uses colours, but not with NO_COLOR', async () => {
        const { port } = await startedServer();
        for (const [env, coloured] of [
          [{ NO_COLOR: '1' }, false],
          [{}, true],
        ] as const) {
          const client = atTerminal(['127.0.0.1', port, 'lobby', 'ann'], env);
          await client.shows(/You are in lobby/);
          client.type('\x03');
          const { output } = await client.ended;
          expect(/\x1b\[\d*m/.test(output)).to.equal(coloured);
        }
      });

      it('comes back to its channels when the server does, though its name is still taken for a while', async () => {
        const { server, port } = await startedServer();
        const client = atTerminal(['127.0.0.1', port, 'lobby', 'ann']);
        await client.shows(/You are in lobby/);
        await server.stop();
        await client.shows(/- alpha is going down/);
        await client.shows(/The connection was lost: .*\(offline\) ann@lobby> /s);
        client.type('hello\r');
        await client.shows(/Not connected; not sent: "hello"/);
        const { server: again } = await startedServer({
          [door === 'client' ? 'clientPort' : 'webSocketPort']: port,
        });
        const leave = joinInside(again, 'lobby', 'ann');
        await client.shows(/ann is still taken/);
        leave();
        await client.shows(/You are back in lobby as ann, alone/);
      });
    });
  });
}

/** Joins a channel without a socket, and so at once. @returns the function that leaves it again */
function joinInside({ relay }: RunningServer, channel: string, name: string): () => void {
  const session = relay.open({
    address: 'here',
    format: { framing: lineFraming, ...jsonDialect },
    outbox: { write() {}, writeAll() {}, reply() {}, close() {}, waitingBytes: 0, slow: false },
  });
  if (!session) throw new Error('the server takes nobody');
  new Intake(relay, systemClock).receive(session, JSON.stringify({ type: 'join', channel, name }));
  return () => relay.close(session, 'connection closed');
}

async function listening(server: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { server, port: address.port };
}
