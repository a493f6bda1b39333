/** A server of several processes: to its clients, its operator and other servers it is one. */
import { expect } from 'chai';
import { otherLimits } from '../helpers/other-limits.js';
import { Program } from '../helpers/program.js';
import type { RawClient, TransportName } from '../helpers/raw-client.js';
import { isAlive, WorkerServer } from '../helpers/worker-server.js';

const both: readonly TransportName[] = ['tcp', 'websocket'];
const names = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'];

/** Has each say something, and checks that each hears all others, once. */
async function talk(clients: readonly RawClient[], what: string): Promise<void> {
  for (const [i, client] of clients.entries()) client.send({ type: 'msg', text: `${what} ${i}` });
  for (const [i, client] of clients.entries()) {
    const heard: unknown[] = [];
    while (heard.length < clients.length - 1) {
      const message = await client.next();
      if (message.type === 'msg') heard.push(message.text);
    }
    const expected = clients.map((_, other) => `${what} ${other}`).filter((_, other) => other !== i);
    expect(heard).to.have.members(expected);
  }
}

describe('A server with workers', function () {
  this.timeout(60_000);
  const running: WorkerServer[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.end()));
  });

  async function start(...args: Parameters<typeof WorkerServer.start>): Promise<WorkerServer> {
    const server = await WorkerServer.start(...args);
    running.push(server);
    return server;
  }

  describe('is one server', () => {
    it('to clients, whichever worker they come to', async () => {
      const alpha = await start('alpha', 3);
      const clients = await alpha.enter('lobby', both, names);
      await talk(clients, 'hello');
      for (const client of clients) {
        const { members } = await client.ask({ type: 'names', channel: 'lobby' });
        expect(members).to.deep.equal(names);
      }
      for (let i = 0; i < 3; i++) {
        const other = await alpha.connect('tcp');
        other.send({ type: 'join', channel: 'hall', name: 'ann' });
        expect(await other.next('welcome')).to.include({ server: 'alpha' });
        expect(await other.next('error')).to.include({ code: 'name-taken' });
      }
      clients[0]?.send({ type: 'msg', to: 'bob', text: 'psst' });
      expect(await clients[1]?.next('msg')).to.include({ from: 'ann', to: 'bob', text: 'psst' });
      await clients[5]?.close();
      for (const client of clients.slice(0, 5))
        expect(await client.next('leave')).to.include({ channel: 'lobby', name: 'fay' });
    });

    it('to the operator', async () => {
      const alpha = await start('alpha', 3);
      await alpha.enter('lobby', both, names);
      expect(await alpha.ask('workers', /\n +3 .*\n/)).to.match(
        /\n +1 +\d+ .* 2 +1 .*this process\n +2 +\d+ .* 2 +1 .*\n +3 +\d+ .* 2 +1 /,
      );
      const status = await alpha.ask('status', /memory .*\n/);
      expect(status).to.match(/workers +3, this process among them\n/);
      expect(status).to.match(/clients +6\n/);
      expect(status).to.match(/channels +1 here, 1 in the network\n/);
      expect(status).to.match(/network +0 other servers in reach; 0 links here\n/);
      // Workers tell each other only from time to time how many members they have.
      while (!/lobby +6 +6\n/.test(await alpha.ask('channels', /lobby.*\n/)));
      for (const name of names) await alpha.ask('clients', new RegExp(`\\n +${name} +127\\.0\\.0\\.1:\\d+ `));
      expect(await alpha.ask('peers', /alpha\/3.*\n/)).to.match(
        /1 +alpha\/\d +this server +in +worker[\s\S]*2 +alpha\/\d +this server/,
      );
      await alpha.ask('map', /├─ alpha\/2[\s\S]*└─ alpha\/3/);
      await alpha.ask('disconnect alpha/2', /alpha\/2 is a worker of this server/);
    });

    it('on its page, and in its health', async () => {
      const alpha = await start('alpha', 3);
      await alpha.enter('lobby', both, names);
      for (let i = 0; i < 3; i++) {
        const { status, body } = await alpha.http('/');
        expect(status).to.equal(200);
        expect(body).to.match(/<title>/);
      }
      // Each worker answers some of the requests, from what it was last told.
      for (let right = 0; right < 6; ) {
        const health = JSON.parse((await alpha.http('/health')).body);
        expect(health).to.include({ status: 'ok', server: 'alpha', workers: 3, servers: 1 });
        right = health.clients === names.length ? right + 1 : 0;
      }
    });

    it('to other servers that it is linked with, by a network key', async () => {
      const HEARSAY_NETWORK_KEY = '5e'.repeat(32);
      const options = { within: ['env', `HEARSAY_NETWORK_KEY=${HEARSAY_NETWORK_KEY}`] };
      const [alpha, beta] = [await start('alpha', 2, options), await start('beta', 3, options)];
      await alpha.program.connectTo(beta.program);
      const [ann, ...others] = await alpha.enter('lobby', both, ['ann', 'bob']);
      const there = await beta.enter('lobby', both, ['cid', 'dee', 'eve']);
      for (const client of [...others, ann]) await client?.nextWith({ type: 'join', name: 'eve' });
      await talk([...(ann ? [ann] : []), ...others, ...there], 'over the link');
      await alpha.ask('status', /network +3 other servers in reach; 1 link here \(1 by hand\)\n/);
    });
  });

  it('keeps room for the links of its workers, whatever others link with it', async () => {
    const alpha = await start('alpha', 2, { options: ['--max-peers', '1'] });
    const [beta, gamma] = [await start('beta', 1), await start('gamma', 1)];
    for (const { program } of [beta, gamma]) program.type(`connect 127.0.0.1 ${alpha.program.ports.peer}`);
    // One of them has the only link.
    await Promise.race(
      [beta, gamma].map(({ program }) => program.waitFor(/Cannot connect .*as many links as it takes/)),
    );
    const pid = alpha.pidOf(2);
    process.kill(pid, 'SIGKILL');
    await alpha.program.waitUntil('another process', () => (alpha.pidOf(2) === pid ? undefined : true));
    expect(await alpha.ask('peers', /worker.*\n/)).to.match(/ (?:beta|gamma) /);
  });

  describe('of which a worker dies', () => {
    it('goes on with the others, and starts it anew', async () => {
      const alpha = await start('alpha', 3);
      const clients = await alpha.enter('lobby', both, names);
      const pid = alpha.pidOf(2);
      process.kill(pid, 'SIGKILL');
      await alpha.program.waitFor(/worker died worker=2 pid=\d+ reason=SIGKILL connections=2 againInMs=\d+/);
      // The second and the fifth were its clients.
      for (const lost of [1, 4]) await clients[lost]?.ended;
      const left = clients.filter((_, i) => i !== 1 && i !== 4);
      await talk(left, 'still here');
      await alpha.program.waitUntil('new process', () => (alpha.pidOf(2) === pid ? undefined : true));
      // It has the fewest connections.
      const [gus, hal] = [await alpha.connect('tcp'), await alpha.connect('websocket')];
      await gus.enter('lobby', 'gus');
      await hal.enter('lobby', 'hal');
      await talk([...left, gus, hal], 'again');
      await alpha.ask('workers', /\n +2 .* 2 +1 .* 1\n/);
      expect(isAlive(pid)).to.equal(false);
    });

    it('starts it anew with ever longer pauses', async () => {
      const alpha = await start('alpha', 2);
      for (let death = 1; death <= 3; death++) {
        const pid = alpha.pidOf(2);
        process.kill(pid, 'SIGKILL');
        await alpha.program.waitUntil('another process', () => (alpha.pidOf(2) === pid ? undefined : true));
      }
      const pauses = [...alpha.program.output.matchAll(/againInMs=(\d+)/g)].map(([, ms]) => Number(ms));
      expect(pauses).to.have.length(3);
      for (const [i, pause] of pauses.entries()) expect(pause).to.be.within(250 * 2 ** i, 500 * 2 ** i);
    });

    it('kills one that hangs', async () => {
      const nodeOptions = otherLimits({ workerReportMs: 100, workerMissedReports: 10 });
      const alpha = await start('alpha', 2, { nodeOptions });
      process.kill(alpha.pidOf(2), 'SIGSTOP');
      await alpha.program.waitFor(/worker died worker=2 .*reason="it did not report for 1 s"/);
      await alpha.program.waitFor(/worker works[\s\S]*worker works/);
    });
  });

  describe('that is told to stop', () => {
    it('has told its clients, and leaves no process', async () => {
      const alpha = await start('alpha', 3);
      const clients = await alpha.enter('lobby', both, names);
      const pids = [2, 3].map((worker) => alpha.pidOf(worker));
      // A terminal sends the signal to all processes.
      for (const pid of pids) process.kill(pid, 'SIGINT');
      for (const pid of pids) process.kill(pid, 'SIGTERM');
      await talk(clients, 'not yet');
      alpha.program.kill('SIGTERM');
      const ended = await Promise.all(clients.map((client) => client.ended));
      expect(ended).to.deep.equal(names.map((_, i) => (i % 2 === 0 ? undefined : 1012)));
      for (const client of clients) {
        const notices = (await client.rest()).filter(({ type }) => type === 'notice');
        expect(notices.at(-1)?.text).to.match(/^alpha is going down/);
      }
      expect(await alpha.program.exited).to.equal(0);
      expect(pids.map(isAlive)).to.deep.equal([false, false]);
    });

    it('at its prompt does the same', async () => {
      const alpha = await start('alpha', 2);
      const pid = alpha.pidOf(2);
      alpha.program.type('exit');
      expect(await alpha.program.exited).to.equal(0);
      expect(isAlive(pid)).to.equal(false);
    });

    it('by force leaves no process either', async () => {
      const alpha = await start('alpha', 2);
      const clients = await alpha.enter('lobby', both, ['ann', 'bob']);
      const pid = alpha.pidOf(2);
      alpha.program.kill('SIGKILL');
      await Promise.all(clients.map((client) => client.ended));
      while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
    });
  });

  it('says it when it cannot listen, and leaves no process', async () => {
    const alpha = await start('alpha', 1);
    const taken = String(alpha.program.ports.client);
    const beta = new Program('full-server', ['127.0.0.1', taken, '0', '0', '--workers', '2']);
    expect(await beta.exited).to.equal(1);
    expect(beta.output).to.match(/full-server: cannot open the client port: .* is in use/);
    const pid = Number(/pid=(\d+)/.exec(beta.output)?.[1]);
    while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
  });

  it('has to be started by itself: a worker alone says so', async () => {
    const alone = new Program('lib/run-worker', []);
    expect(await alone.exited).to.equal(2);
  });
});
