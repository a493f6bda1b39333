import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { expect } from 'chai';
import { lastingPorts } from '../helpers/lasting-port.js';
import { Program, type ProgramPorts, ServerProgram } from '../helpers/program.js';

/** A client, in the lobby of a server that runs in a process of its own. */
interface Chatter {
  readonly name: string;
  readonly program: Program;
}

const messagesEach = 15;

describe('servers in processes of their own', function () {
  this.timeout(60_000);
  const running: Program[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
  });

  async function startServer(...args: Parameters<typeof ServerProgram.start>): Promise<ServerProgram> {
    const server = await ServerProgram.start(...args);
    running.push(server);
    return server;
  }

  async function startThree(): Promise<[ServerProgram, ServerProgram, ServerProgram]> {
    return Promise.all([
      startServer('cli-server', 'alpha'),
      startServer('full-server', 'beta'),
      startServer('websock-server', 'gamma'),
    ]);
  }

  async function join(server: ServerProgram, by: 'tcp' | 'websocket', name: string): Promise<Chatter> {
    const { client, websocket } = server.ports;
    const program =
      by === 'tcp'
        ? new Program('cli-client', ['127.0.0.1', String(client), 'lobby', name])
        : new Program('websock-client', ['127.0.0.1', String(websocket), 'lobby', name]);
    running.push(program);
    await program.waitFor(/lobby/);
    return { name, program };
  }

  /** One client at every door of three servers, one of each kind. */
  async function joinAll([alpha, beta, gamma]: readonly [ServerProgram, ServerProgram, ServerProgram]) {
    const chatters = [
      await join(alpha, 'tcp', 'ann'),
      await join(beta, 'tcp', 'bob'),
      await join(beta, 'websocket', 'bea'),
      await join(gamma, 'websocket', 'gus'),
    ];
    // When all have seen the last one that came, all have seen all.
    await Promise.all(chatters.slice(0, -1).map(({ program }) => program.waitFor(/gus/)));
    return chatters;
  }

  /**
   * Asks who is there until exactly these are, because servers that have just been linked are still telling each other.
   */
  async function untilAmong(program: Program, names: string): Promise<void> {
    for (let members = ''; members !== names; ) {
      const mark = program.mark();
      program.type('/names');
      members = (await program.waitFor(/members?: .*/, mark)).replace(/^members?: /, '');
    }
  }

  /** Lets everybody speak. Everybody else must hear each message exactly once, and those of each speaker in order. */
  async function everybodyHearsEverybody(chatters: readonly Chatter[], round: string): Promise<void> {
    const said = (speaker: Chatter, i: number): string => `${round}-${speaker.name}-${i}.`;
    for (let i = 0; i < messagesEach; i++) {
      for (const chatter of chatters) chatter.program.type(said(chatter, i));
    }
    for (const listener of chatters) {
      for (const speaker of chatters) {
        if (speaker === listener) continue;
        const expected = Array.from({ length: messagesEach }, (_, i) => said(speaker, i));
        await listener.program.waitFor(expected.at(-1) ?? '');
        const heard = listener.program.output.match(new RegExp(`${round}-${speaker.name}-\\d+\\.`, 'g'));
        expect(heard, `${listener.name} heard ${speaker.name}`).to.deep.equal(expected);
      }
    }
  }

  it('of the three kinds, peered in a chain, let all clients talk, each message heard exactly once', async () => {
    const [alpha, beta, gamma] = await startThree();
    await alpha.connectTo(beta);
    await beta.connectTo(gamma);
    await everybodyHearsEverybody(await joinAll([alpha, beta, gamma]), 'chain');
  });

  it('of the three kinds, peered in a ring, let all clients talk, each message heard exactly once', async () => {
    const [alpha, beta, gamma] = await startThree();
    await alpha.connectTo(beta);
    await beta.connectTo(gamma);
    await gamma.connectTo(alpha);
    await everybodyHearsEverybody(await joinAll([alpha, beta, gamma]), 'ring');
  });

  it('find one another when peered in a chain', async () => {
    const [alpha, beta, gamma] = await startThree();
    await alpha.connectTo(beta);
    await beta.connectTo(gamma);
    await Promise.all([alpha.waitFor('peer=gamma'), gamma.waitFor('peer=alpha')]);
    const mark = alpha.mark();
    alpha.type('peers');
    await alpha.waitFor(/1 {2}beta.*by hand[\s\S]*2 {2}gamma.*by (gossip|it)/, mark);
  });

  it('go on when one is killed; when it returns, it is found again, and its clients come back by themselves', async () => {
    const [alpha, beta, gamma] = await Promise.all([
      startServer('cli-server', 'alpha'),
      startServer('full-server', 'beta', { ports: await betasPorts() }),
      startServer('websock-server', 'gamma'),
    ]);
    await alpha.connectTo(beta);
    await beta.connectTo(gamma);
    const [ann, bob, bea, gus] = await joinAll([alpha, beta, gamma]);
    if (!ann || !bob || !bea || !gus) throw new Error('not everybody came');
    await Promise.all([alpha.waitFor('peer=gamma'), gamma.waitFor('peer=alpha')]);

    beta.kill('SIGKILL');
    await beta.exited;
    await everybodyHearsEverybody([ann, gus], 'without-beta');

    const marks = [bob, bea].map(({ program }) => program.mark());
    // Nobody tells alpha that beta is back. It was asked to connect to beta, and so keeps trying.
    const again = await startServer('full-server', 'beta', { ports: beta.ports });
    await again.waitFor('peer=alpha');
    // The others are told that these two left and came only if the loss of beta was noticed before the two were back.
    for (const [i, { program }] of [bob, bea].entries()) await program.waitFor(/back in/, marks[i]);
    for (const { program } of [ann, bob, bea, gus]) await untilAmong(program, 'ann, bea, bob, gus');
    await everybodyHearsEverybody([ann, bob, bea, gus], 'with-beta');
  });

  it('tell their clients and end well on SIGTERM, SIGINT and `exit`', async () => {
    for (const how of ['SIGTERM', 'SIGINT', 'exit'] as const) {
      const server = await startServer('cli-server', 'alpha');
      const heard = hearUntilEnd(
        server.ports.client ?? 0,
        '{"type":"join","channel":"lobby","name":"ann"}\n',
      );
      await heard.first;
      if (how === 'exit') server.type('exit');
      else server.kill(how);
      expect(await heard.ended, how).to.match(/"type":"notice","text":"alpha is going down/);
      expect(await server.exited, how).to.equal(0);
    }
  });

  it('go on when the input of their prompt ends', async () => {
    const server = await startServer('cli-server', 'alpha');
    server.type('status');
    server.endInput();
    await server.waitFor('node id');
    const ann = await join(server, 'tcp', 'ann');
    ann.program.type('/names');
    await ann.program.waitFor(/ann/);
  });

  it('drop a stranger at the peer port, with the reason in the log, and nothing else happens', async () => {
    const [alpha, beta] = await Promise.all([
      startServer('cli-server', 'alpha'),
      startServer('cli-server', 'beta'),
    ]);
    await alpha.connectTo(beta);
    for (const bytes of ['GET / HTTP/1.1\r\nHost: alpha\r\n\r\n', '\0\0\0\x02\x01{', '{"type":"ping"}\n']) {
      const mark = alpha.mark();
      await hearUntilEnd(alpha.ports.peer, bytes).ended;
      await alpha.waitFor(/peer turned away .*reason="it does not speak as a Hearsay server does/, mark);
    }
    await everybodyHearsEverybody([await join(alpha, 'tcp', 'ann'), await join(beta, 'tcp', 'bob')], 'calm');
  });

  it('say what is wrong when told to connect with what is no peer port', async () => {
    const [alpha, beta] = await Promise.all([
      startServer('cli-server', 'alpha'),
      startServer('full-server', 'beta'),
    ]);
    for (const port of [beta.ports.client, beta.ports.websocket]) {
      const mark = alpha.mark();
      alpha.type(`connect 127.0.0.1 ${port}`);
      await alpha.waitFor(/Cannot connect to .*what answers there is not a Hearsay server’s peer port/, mark);
    }
    for (const host of ['localhost', 'LOCALHOST']) {
      const mark = alpha.mark();
      alpha.type(`connect ${host} ${alpha.ports.peer}`);
      await alpha.waitFor('that is this server itself', mark);
    }
  });

  it('listen and peer on IPv6, and by a host name', async function () {
    if (!hasIpv6()) this.skip();
    const alpha = await startServer('cli-server', 'alpha', { host: '::1' });
    const beta = await startServer('cli-server', 'beta', { host: '::1' });
    const gamma = await startServer('cli-server', 'gamma', { host: 'localhost' });
    await alpha.connectTo(beta, '::1');
    await gamma.connectTo(alpha, '::1');
    const ann = new Program('cli-client', ['::1', String(alpha.ports.client), 'lobby', 'ann']);
    const gus = new Program('cli-client', ['localhost', String(gamma.ports.client), 'lobby', 'gus']);
    running.push(ann, gus);
    await Promise.all([ann.waitFor('gus'), gus.waitFor('ann')]);
    await everybodyHearsEverybody(
      [
        { name: 'ann', program: ann },
        { name: 'gus', program: gus },
      ],
      'six',
    );
  });

  it('connect at the start to the servers given with --peer, and keep trying until they are there', async () => {
    const [peer] = await lastingPorts(1);
    const beta = await startServer('cli-server', 'beta', { options: ['--peer', `127.0.0.1:${peer}`] });
    await beta.waitFor('cannot reach server');
    await startServer('cli-server', 'alpha', { ports: { peer } });
    await beta.waitFor('link up peer=alpha');
  });

  it('link with a network key that one of them made, and with nobody who has none', async () => {
    const folder = mkdtempSync(`${tmpdir()}/hearsay-key-`);
    try {
      const file = `${folder}/network.key`;
      const maker = new Program('full-server', ['--new-network-key', file]);
      running.push(maker);
      expect(await maker.exited).to.equal(0);
      expect(maker.output).to.include(`full-server --network-key-file ${file}`);
      const options = ['--network-key-file', file];
      const [alpha, beta, stranger] = await Promise.all([
        startServer('cli-server', 'alpha', { options }),
        startServer('full-server', 'beta', { options }),
        startServer('cli-server', 'stranger'),
      ]);
      await alpha.connectTo(beta);
      await everybodyHearsEverybody([await join(alpha, 'tcp', 'ann'), await join(beta, 'tcp', 'bob')], 'key');
      stranger.type(`connect 127.0.0.1 ${beta.ports.peer}`);
      await stranger.waitFor(/Cannot connect to .*: that server has a network key, and this one has none/);
      await beta.waitFor(/peer turned away .*this server has a network key, and it has none/);
      const secret = /[0-9a-f]{64}/.exec(readFileSync(file, 'utf8'))?.[0];
      for (const { output } of [maker, alpha, beta, stranger]) expect(output).not.to.include(secret);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('say what happened and stop when something happens that never should', async () => {
    const bomb = "process.once('SIGUSR2', () => { throw new Error('the sky falls'); })";
    const server = await startServer('cli-server', 'alpha', {
      nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(bomb)}`],
    });
    server.kill('SIGUSR2');
    expect(await server.exited).to.equal(1);
    expect(server.output).to.match(/error unexpected error, giving up error=.*the sky falls/);
  });

  it('refuse to start on a port in use, in one line', async () => {
    const server = await startServer('cli-server', 'alpha');
    const second = new Program('cli-server', ['127.0.0.1', String(server.ports.client), '0']);
    running.push(second);
    expect(await second.exited).to.equal(1);
    expect(second.output).to.match(/^cli-server: cannot open the client port: .* is in use\. .*\n$/);
  });

  it('refuse to start when the ports cannot be written, and leave no file behind', async () => {
    const folder = mkdtempSync(`${tmpdir()}/hearsay-ports-`);
    try {
      mkdirSync(`${folder}/taken`);
      const program = new Program('cli-server', ['127.0.0.1', '0', '0', '--ports-file', `${folder}/taken`]);
      running.push(program);
      expect(await program.exited).to.equal(1);
      expect(program.output).to.match(/^cli-server: cannot write the ports file: [^\n]+\n$/);
      expect(readdirSync(folder)).to.deep.equal(['taken']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuse wrong arguments, in one line that says what to give', async () => {
    for (const [args, expected] of [
      [['127.0.0.1', 'http'], /'http' is not a client-port/],
      [['127.0.0.1', '1', '2', '3'], /too many arguments/],
      [['--colour'], /Unknown argument: colour/],
      [['--peer', 'here'], /is not <host:port>/],
    ] as const) {
      const program = new Program('cli-server', args);
      running.push(program);
      expect(await program.exited).to.equal(2);
      expect(program.output)
        .to.match(expected)
        .and.match(/^cli-server: [^\n]+\n$/);
    }
  });
});

/** Ports for a server that is killed and comes back. */
async function betasPorts(): Promise<ProgramPorts> {
  const [client, websocket, peer] = await lastingPorts(3);
  return { client, websocket, peer };
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
}

/** Sends something over a TCP connection, and reads until the other end closes it. */
function hearUntilEnd(
  port: number,
  say: string,
): { readonly first: Promise<unknown>; readonly ended: Promise<string> } {
  let text = '';
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  // A reset ends the connection too.
  socket.on('error', () => {});
  socket.write(say);
  return {
    first: once(socket, 'data'),
    ended: new Promise((resolve) => socket.once('close', () => resolve(text))),
  };
}
