/** What the programs do when the terminal at which they were started goes away. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { silentLog } from '../../lib/log.js';
import { startServer } from '../../lib/server.js';
import { ClientProgram } from '../helpers/client-program.js';
import { canLoseTerminal, type Loss, statusOf, TerminalToLose } from '../helpers/lost-terminal.js';
import { ServerProgram } from '../helpers/program.js';

const losses: readonly Loss[] = ['with a SIGHUP', 'without a SIGHUP'];

/** What a server shows when it listens, followed by the port for TCP clients. */
const ready = /terminal clients +127\.0\.0\.1:(\d+)[\s\S]*alpha> /;

describe('The loss of the terminal', function () {
  this.timeout(30_000);
  const terminals: TerminalToLose[] = [];

  before(function () {
    // Without util-linux the test has no terminal to take away.
    if (!canLoseTerminal) this.skip();
  });

  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.hangUp();
  });

  function terminalFor(command: string, loss?: Loss): TerminalToLose {
    const terminal = new TerminalToLose(command, loss);
    terminals.push(terminal);
    return terminal;
  }

  for (const loss of losses) {
    it(`${loss} ends a server in good order: its clients are told`, async () => {
      const terminal = terminalFor(statusOf('full-server', '127.0.0.1 0 0 0 --name alpha'), loss);
      const [, port] = await terminal.finds(ready);
      const client = await joined(Number(port));
      terminal.hangUp();
      expect(await client.rest).to.include('"type":"notice","text":"alpha is going down');
      await terminal.ended;
      expect(terminal.told).to.equal('status 0\n');
    });

    for (const [program, door] of [
      ['cli-client', 'client'],
      ['websock-client', 'websocket'],
    ] as const) {
      it(`${loss} ends a ${program} in good order: it takes its leave`, async () => {
        const server = await startServer({ clientPort: 0, webSocketPort: 0, peerPort: 0 }, silentLog);
        const { ports } = server;
        const other = ClientProgram.piped('cli-client', ['127.0.0.1', ports.client ?? 0, 'lobby', 'bob']);
        try {
          await other.shows(/You are in lobby/);
          const args = ['127.0.0.1', ports[door] ?? 0, 'lobby', 'ann'];
          const terminal = terminalFor(statusOf(program, ...args), loss);
          await terminal.finds(/You are in lobby as ann/);
          terminal.hangUp();
          await other.shows(/ann left\n/);
          await terminal.ended;
          expect(terminal.told).to.equal('status 0\n');
        } finally {
          other.stop();
          await server.stop();
        }
      });
    }
  }

  it('is nothing to a server under nohup', async () => {
    const command = 'echo "pid $$" >&3; exec nohup "$node" "$dist/full-server.js" 127.0.0.1 0 0 0 >&3';
    const terminal = terminalFor(command);
    const [, pid] = await terminal.finds(/pid (\d+)/);
    try {
      const [, port] = await terminal.finds(/terminal clients +127\.0\.0\.1:(\d+)[\s\S]*Type help/);
      terminal.hangUp();
      process.kill(Number(pid), 'SIGHUP');
      await joined(Number(port));
    } finally {
      process.kill(Number(pid), 'SIGTERM');
      await terminal.ended;
    }
  });
});

describe('A server without a terminal', () => {
  it('goes on after a SIGHUP', async () => {
    const server = await ServerProgram.start('cli-server', 'alpha');
    try {
      server.kill('SIGHUP');
      server.type('status');
      await server.waitFor('node id');
    } finally {
      await server.end();
    }
  });
});

/** A TCP client that has joined the lobby; `rest` is what it hears until its connection is closed. */
async function joined(port: number): Promise<{ rest: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.write('{"type":"join","channel":"lobby","name":"cas"}\n');
  let heard = '';
  const rest = once(socket, 'close').then(() => heard);
  socket.on('data', (text: string) => {
    heard += text;
  });
  while (!heard.includes('"type":"joined"')) await once(socket, 'data');
  return { rest };
}
