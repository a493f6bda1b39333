import { expect } from 'chai';
import { Backoff } from '../../lib/client/backoff.js';
import { Connection, type Down, type Welcome } from '../../lib/client/connection.js';
import { limits } from '../../lib/limits.js';
import type { ServerMessage } from '../../lib/wire/messages.js';
import { fakeDial } from '../helpers/client-dial.js';
import { ManualTime, settled } from '../helpers/client-time.js';

function open() {
  const time = new ManualTime();
  const dialled = fakeDial();
  const ups: Welcome[] = [];
  const downs: Down[] = [];
  const messages: ServerMessage[] = [];
  const connection = new Connection({
    dial: dialled.dial,
    clock: time,
    timer: time,
    random: () => 1,
    onUp: (welcome) => ups.push(welcome),
    onDown: (down) => downs.push(down),
    onMessage: (message) => messages.push(message),
  });
  connection.start();
  return { time, connection, ups, downs, messages, ...dialled };
}

describe('the pauses between tries', () => {
  it('double up to a limit, half of each random', () => {
    const random = [0, 1, 0.5, 0, 0, 1];
    const backoff = new Backoff(1000, 5000, () => random.shift() ?? 0);
    const pauses = Array.from({ length: 6 }, () => backoff.nextMs());
    expect(pauses).to.deep.equal([500, 2000, 3000, 2500, 2500, 5000]);
    backoff.reset();
    expect(backoff.nextMs()).to.equal(500);
  });
});

describe("a client's connection", () => {
  it('speaks first, and is up once the server has said welcome', () => {
    const { connection, latest, ups, messages } = open();
    connection.send({ type: 'channels' });
    latest().open();
    expect(latest().sent).to.deep.equal([{ type: 'ping' }]);
    expect(ups).to.deep.equal([]);
    latest().welcome();
    latest().say({ type: 'pong' });
    expect(ups.map(({ server }) => server)).to.deep.equal(['alpha']);
    expect(messages).to.deep.equal([{ type: 'pong' }]);
  });

  it('passes over what it does not know', () => {
    const { latest, messages } = open();
    latest().welcome();
    latest().say({ type: 'of a later version' });
    latest().sayText('no JSON');
    latest().say({ type: 'pong' });
    expect(messages).to.deep.equal([{ type: 'pong' }]);
  });

  it('comes back after longer and longer pauses', async () => {
    const { time, made, latest, downs } = open();
    latest().lose('nobody there');
    await settled();
    for (const pauseMs of [1000, 2000, 4000]) {
      expect(downs.at(-1)).to.deep.include({ why: 'nobody there', retryMs: pauseMs, wasUp: false });
      const tries = made.length;
      await time.pass(pauseMs - 1);
      expect(made).to.have.length(tries);
      await time.pass(1);
      expect(made).to.have.length(tries + 1);
      latest().lose('nobody there');
      await settled();
    }
    expect(downs.map(({ failedTries }) => failedTries)).to.deep.equal([1, 2, 3, 4]);
  });

  it('comes back quickly when it was up for long, and slowly when the server hangs up each time', async () => {
    const { time, latest, downs } = open();
    latest().welcome();
    latest().lose('full');
    await settled();
    await time.pass(1000);
    latest().welcome();
    latest().lose('full');
    await settled();
    expect(downs.map(({ retryMs, wasUp }) => [retryMs, wasUp])).to.deep.equal([
      [1000, true],
      [2000, true],
    ]);
    await time.pass(2000);
    latest().welcome();
    const connected = latest();
    for (let passedMs = 0; passedMs < 60_000; passedMs += 20_000) {
      await time.pass(20_000);
      connected.say({ type: 'pong' });
    }
    connected.lose('restart');
    await settled();
    expect(downs.at(-1)?.retryMs).to.equal(1000);
  });

  it('gives up on a try that takes too long', async () => {
    const { time, downs } = open();
    await time.pass(limits.connectMs);
    expect(downs.map(({ why }) => why)).to.deep.equal(['no answer within 10 s']);
  });

  it('says so when something else answers', async () => {
    const { latest, downs, ups } = open();
    latest().open();
    latest().sayText('HTTP/1.1 400 Bad Request');
    latest().say({ type: 'pong' });
    await settled();
    expect(ups).to.deep.equal([]);
    expect(downs[0]?.why).to.contain('no Hearsay server');
  });

  it('asks a silent server for a sign of life, and leaves one that gives none', async () => {
    const { time, latest, downs } = open();
    latest().welcome();
    await time.pass(limits.clientIdleMs);
    expect(latest().sent.filter(({ type }) => type === 'ping')).to.have.length(2);
    latest().say({ type: 'pong' });
    await time.pass(limits.clientIdleMs);
    expect(downs).to.deep.equal([]);
    await time.pass(limits.clientIdleMs);
    expect(downs.map(({ why }) => why)).to.deep.equal(['the server has been silent for too long']);
  });

  it('hears nothing once it is closed, and cuts off a server that does not end in time', async () => {
    const { time, connection, latest, ups, messages } = open();
    latest().welcome();
    const server = latest();
    const calls: string[] = [];
    server.end = () => calls.push('end');
    server.destroy = () => {
      calls.push('destroy');
      server.lose('destroyed');
    };
    const closed = connection.close();
    server.say({ type: 'pong' });
    server.welcome();
    expect([ups.length, messages.length]).to.deep.equal([1, 0]);
    await time.pass(limits.clientCloseMs - 1);
    expect(calls).to.deep.equal(['end']);
    await time.pass(1);
    await closed;
    expect(calls).to.deep.equal(['end', 'destroy']);
  });

  it('does not come back once it is closed, whatever it was doing', async () => {
    const up = open();
    up.latest().welcome();
    await up.connection.close();
    const dialling = open();
    await dialling.connection.close();
    const pausing = open();
    pausing.latest().lose('gone');
    await settled();
    await pausing.connection.close();
    for (const { time, made, downs } of [up, dialling, pausing]) {
      await time.pass(100_000);
      expect(made).to.have.length(1);
      expect(time.waits).to.deep.equal([]);
      expect(downs.length).to.equal(made === pausing.made ? 1 : 0);
    }
  });
});
