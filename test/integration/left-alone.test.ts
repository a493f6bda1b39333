import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type Clock, systemClock } from '../../lib/clock.js';
import { limits } from '../../lib/limits.js';
import { forgottenMs, idleMs, mayHold } from '../helpers/left-alone.js';
import { newKey, talkToPeerPort } from '../helpers/link-servers.js';
import { grown, type Tables, tablesIn } from '../helpers/tables.js';
import { TestServer } from '../helpers/test-server.js';

/** A clock that runs as usual, and can also be moved ahead. */
class SkippingClock implements Clock {
  #skippedMs = 0;

  wallMs(): number {
    return systemClock.wallMs() + this.#skippedMs;
  }

  nowMs(): number {
    return systemClock.nowMs() + this.#skippedMs;
  }

  endOfTurn(task: () => void): void {
    systemClock.endOfTurn(task);
  }

  after(ms: number, task: () => void): () => void {
    return systemClock.after(ms, task);
  }

  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}

describe('a server that everybody has left', function () {
  this.timeout(60_000);
  const servers: TestServer[] = [];
  const networkKeys = [newKey()];

  async function start(name: string, clock?: Clock): Promise<TestServer> {
    const options = { name, networkKeys, commandsPerSecond: undefined };
    const server = new TestServer('full-server', 'tcp', options, clock);
    servers.push(server);
    await server.start();
    return server;
  }

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('has no table that is larger than before they came', async () => {
    const clock = new SkippingClock();
    const alpha = await start('alpha', clock);
    const tables = (): Tables => tablesIn(alpha.running, { intoFunctions: true });
    const before = tables();
    // Make sure that these tables were looked into: what is not looked into always seems empty.
    for (const name of [
      'Relay.#sessions',
      'Admissions.#admitted',
      'Admissions.#unadmitted',
      'LivenessCheck.#signs',
      'Strangers.#strangers',
      'PeerPort.#ungreeted',
      'PeerNetwork.#sockets',
      'SeenNumbers.#windows',
    ])
      expect(before.get(name), name).to.equal(0);

    const beta = await start('beta');
    const { peer } = alpha.running.ports;
    await beta.running.network.connect({ host: '127.0.0.1', port: peer });
    const [ann, bob, cat] = await alpha.connectMembers('lobby', 'ann', 'bob', 'cat');
    const web = await alpha.connect('websocket');
    await web.enter('lobby', 'web');
    const away = await beta.connect();
    expect((await away.enter('lobby', 'away')).members).to.deep.equal(['ann', 'away', 'bob', 'cat', 'web']);
    await ann.nextWith({ type: 'join', name: 'away' });
    ann.send({ type: 'msg', channel: 'lobby', text: 'hello' });
    await away.nextWith({ type: 'msg', text: 'hello' });
    ann.send({ type: 'msg', to: 'away', text: 'psst', ref: 'direct' });
    await away.nextWith({ type: 'msg', text: 'psst' });
    await ann.nextWith({ type: 'ok', ref: 'direct' });
    for (const client of [bob, web]) client.send({ type: 'nick', name: `${client.transport}2` });
    await web.nextWith({ type: 'nick', name: 'websocket2' });

    // Each client leaves in a different way.
    const silent = await alpha.connectSocket();
    silent.destroy();
    const stranger = connect(peer, '127.0.0.1');
    await once(stranger, 'connect');
    stranger.resetAndDestroy();
    await talkToPeerPort(peer, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await fetch(`http://127.0.0.1:${alpha.port('websocket')}/health`, { headers: { connection: 'close' } });
    const second = await alpha.connect('websocket');
    await second.close();
    ann.sendRaw('x'.repeat(limits.lineBytes + 1));
    await ann.rest();
    await bob.close();
    cat.socket.resetAndDestroy();
    web.socket.destroy();
    away.send({ type: 'leave', channel: 'lobby' });
    await away.nextWith({ type: 'left' });
    await beta.stop();

    const { relay, network } = alpha.running;
    await untilTrue(() => relay.sessions.size === 0 && network.peers().length === 0);
    clock.skip(forgottenMs);
    await alpha.logged(/server gone.*beta/);
    clock.skip(forgottenMs);
    clock.skip(idleMs);
    // The next looks at the deadlines do everything that is due now.
    let left = ['not looked yet'];
    const untilMs = performance.now() + 10_000;
    await untilTrue(() => {
      clock.skip(10_000);
      left = grown(before, tables(), mayHold);
      return left.length === 0 || performance.now() > untilMs;
    });
    expect(left).to.deep.equal([]);
  });
});

async function untilTrue(question: () => boolean): Promise<void> {
  while (!question()) await new Promise((resolve) => setTimeout(resolve, 100));
}
