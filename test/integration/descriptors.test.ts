/**
 * A server with at most 256 file descriptors meets 600 connections: nothing ends, nothing throws, and everything but
 * the strangers' connections goes on. `HEARSAY_FLOOD_SECONDS` says how long (3 if not given).
 */
import { Agent, get } from 'node:http';
import { expect } from 'chai';
import { Flood } from '../helpers/flood.js';
import { ServerProgram } from '../helpers/program.js';
import { connectRaw, type RawClient, type TransportName } from '../helpers/raw-client.js';

const seconds = Number(process.env.HEARSAY_FLOOD_SECONDS ?? 3);
const within = ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'];
const connections = 600;

describe('A server with few file descriptors', function () {
  this.timeout((seconds + 120) * 1000);
  const servers: ServerProgram[] = [];
  const clients: RawClient[] = [];
  let flood: Flood | undefined;

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  afterEach(async () => {
    flood?.end();
    for (const client of clients.splice(0)) client.socket.destroy();
    await Promise.all(servers.splice(0).map((server) => server.end()));
  });

  async function start(...args: Parameters<typeof ServerProgram.start>): Promise<ServerProgram> {
    const server = await ServerProgram.start(...args);
    servers.push(server);
    return server;
  }

  async function enter(server: ServerProgram, by: TransportName, name: string): Promise<RawClient> {
    const client = await connectRaw(by, server.ports[by === 'tcp' ? 'client' : 'websocket'] ?? 0);
    clients.push(client);
    await client.enter('lobby', name);
    return client;
  }

  for (const [how, options] of [
    ['in one process', []],
    ['with workers', ['--workers', '2']],
  ] as const) {
    it(`goes on through a flood of connections, ${how}`, async () => {
      const alpha = await start('full-server', 'alpha', { options, within });
      const beta = await start('full-server', 'beta');
      const gamma = await start('cli-server', 'gamma', { options: ['--no-discovery'] });
      await alpha.connectTo(beta);
      const { client = 0, websocket = 0 } = alpha.ports;
      expect(alpha.output).to.match(/warn .*FEW FILE DESCRIPTORS.* limit=256 .*remedy="ulimit -n \d+/);

      const friends = [
        await enter(alpha, 'tcp', 'ann'),
        await enter(alpha, 'websocket', 'bob'),
        await enter(beta, 'tcp', 'cy'),
      ];
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      // Asked on a connection that was there before, unless the server has closed it because it was idle.
      const stillAnswers = async (): Promise<void> => {
        expect(await untilItWorks(() => health(websocket, agent))).to.equal(200);
      };
      await stillAnswers();

      flood = new Flood({ client, websocket }, connections);
      await alpha.waitFor('no room for more connections');
      const endMs = performance.now() + seconds * 1000;
      let rounds = 0;
      do {
        rounds++;
        await stillAnswers();
        expect(await freshHealth(websocket)).to.equal(200);
        await everybodyHears(friends, `round ${rounds}`);
        await expectWelcomeOrFull('tcp', client);
        await stillAnswers();
        await expectWelcomeOrFull('websocket', websocket);
        await everyCommandAnswers(alpha, beta, gamma, stillAnswers);
      } while (performance.now() < endMs);

      flood.end();
      while ((await clientsOf(websocket, agent)) > 2) await new Promise((resolve) => setImmediate(resolve));
      for (const by of ['tcp', 'websocket'] as const) friends.push(await enter(alpha, by, `late-${by}`));
      await everybodyHears(friends, 'afterwards');
      agent.destroy();
      for (const server of [alpha, beta]) {
        expect(server.output).not.to.match(/link down peer=(?:alpha|beta)/);
        expect(server.output).not.to.match(/unexpected error|worker died|worker complains/);
      }
    });
  }

  async function everybodyHears(listeners: readonly RawClient[], text: string): Promise<void> {
    const [speaker] = listeners;
    speaker?.send({ type: 'msg', channel: 'lobby', text });
    await Promise.all(listeners.slice(1).map((listener) => listener.nextWith({ type: 'msg', text })));
  }

  /** Checks that a client that comes during the flood is served, or told that there is no room. */
  async function expectWelcomeOrFull(by: TransportName, port: number): Promise<void> {
    await untilItWorks(async () => {
      const client = await connectRaw(by, port);
      try {
        client.send({ type: 'ping', ref: 1 });
        await client.next('welcome');
        const { type, code } = await client.next();
        if (type === 'error') expect(code).to.equal('server-full');
        else expect(type).to.equal('pong');
      } finally {
        client.socket.destroy();
      }
    });
  }

  async function everyCommandAnswers(
    server: ServerProgram,
    beta: ServerProgram,
    gamma: ServerProgram,
    between: () => Promise<void>,
  ): Promise<void> {
    for (const [command, answer] of [
      ['status', /memory {2,}\S+/],
      ['clients', /ann/],
      ['channels', /lobby/],
      ['peers', /beta/],
      ['map', /beta/],
      ['workers', /this process|a single process/],
      ['help', /exit/],
      ['help status', /status/],
      [`connect 127.0.0.1 ${beta.ports.peer}`, /Connected to beta/],
      [`connect localhost ${gamma.ports.peer}`, /Connected to gamma/],
      ['disconnect gamma', /Disconnected gamma/],
      ['disconnect nobody', /There is no peer/],
      ['no-such-command', /no-such-command/],
    ] as const) {
      const mark = server.mark();
      server.type(command);
      await server.waitFor(answer, mark);
      await between();
    }
  }
});

/** Asks for `/health`. @returns the status @throws Error if the connection ended instead */
async function health(port: number, agent?: Agent): Promise<number> {
  return (await askHealth(port, agent)).status;
}

async function clientsOf(port: number, agent: Agent): Promise<number> {
  const { text } = await askHealth(port, agent);
  const answer: { clients: number } = JSON.parse(text);
  return answer.clients;
}

function askHealth(port: number, agent?: Agent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/health', agent: agent ?? false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    }).once('error', reject);
  });
}

/** Asks on a new connection, which may have to make room for others before its request has come. */
function freshHealth(port: number): Promise<number> {
  return untilItWorks(() => health(port));
}

async function untilItWorks<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}
