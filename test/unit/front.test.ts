import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { limits } from '../../lib/limits.js';
import { Capacity } from '../../lib/listen/capacity.js';
import type { Door } from '../../lib/listen/door.js';
import { createTcpDoor } from '../../lib/listen/tcp.js';
import { createWebSocketDoor } from '../../lib/listen/websocket.js';
import { silentLog } from '../../lib/log.js';
import type { DoorName } from '../../lib/options.js';
import { Front, type FrontOptions, type Taker, ThisProcess } from '../../lib/workers/front.js';
import { workerName } from '../../lib/workers/messages.js';
import { relayByHand } from '../helpers/memory-client.js';

class CountingTaker implements Taker {
  taken = 0;

  constructor(
    public connections = 0,
    public isReady = true,
  ) {}

  take(): void {
    this.taken++;
    this.connections++;
  }
}

function frontOptions(connections: number = limits.connections): FrontOptions {
  return {
    capacity: new Capacity(connections, systemClock, silentLog),
    clock: systemClock,
    log: silentLog,
  };
}

/** How many of a number of connections each taker gets. */
function shares(takers: readonly CountingTaker[], count: number): number[] {
  const front = new Front(takers, frontOptions());
  for (let i = 0; i < count; i++) front.handOut('client', new Socket());
  return takers.map(({ taken }) => taken);
}

describe('The front of a server with workers', () => {
  it('gives connections in turn, the first one to the first', () => {
    const takers = [0, 0, 0].map(() => new CountingTaker());
    expect(shares(takers, 1)).to.deep.equal([1, 0, 0]);
    expect(shares(takers, 5)).to.deep.equal([2, 2, 2]);
  });

  it('gives to whoever has the fewest', () => {
    expect(shares([new CountingTaker(4), new CountingTaker(1), new CountingTaker(2)], 5)).to.deep.equal([
      0, 3, 2,
    ]);
  });

  it('passes over who is not ready', () => {
    expect(shares([new CountingTaker(9), new CountingTaker(0, false)], 2)).to.deep.equal([2, 0]);
  });

  it('keeps no more connections that it has yet to hand over than its own process has room for', () => {
    const taken: Socket[] = [];
    const gone: (() => void)[] = [];
    const worker: Taker = {
      isReady: true,
      connections: 0,
      take: (_door, socket, left) => {
        taken.push(socket);
        gone.push(left);
      },
    };
    const front = new Front([worker], frontOptions(3));
    for (let i = 0; i < 5; i++) front.handOut('client', new Socket());
    expect(taken.map((socket) => socket.destroyed)).to.deep.equal([true, true, false, false, false]);
    for (const left of gone) left();
    front.handOut('client', new Socket());
    expect(taken.slice(2).every((socket) => !socket.destroyed)).to.equal(true);
  });

  describe('listening', () => {
    const doors = new Map<DoorName, Door>();
    let front: Front;
    afterEach(() => {
      front.close();
      for (const door of doors.values()) door.destroy();
      doors.clear();
    });

    /** @returns the port of the only door */
    function open(name: DoorName, door: Door, takers: readonly Taker[]): Promise<number> {
      doors.set(name, door);
      door.open();
      front = new Front(takers, frontOptions());
      return front.open(name, door, '127.0.0.1', 0);
    }

    it('closes a connection for which nobody has room', async () => {
      const door = createTcpDoor({ ...relayByHand(), log: silentLog });
      const port = await open('client', door, [
        new CountingTaker(limits.connections + limits.handedBeyondRoom),
      ]);
      await once(connect(port, '127.0.0.1').resume(), 'close');
    });

    it('leaves what a client said to whoever serves it, and counts it until it goes', async () => {
      const hands = new ThisProcess(doors);
      const clock = systemClock;
      const { relay, intake } = relayByHand({ clock });
      const port = await open('client', createTcpDoor({ relay, intake, clock, log: silentLog }), [hands]);
      const client = connect(port, '127.0.0.1');
      client.write('{"type":"ping","ref":1}\n');
      const [welcome] = await once(client, 'data');
      expect(String(welcome)).to.match(/"type":"welcome"/);
      expect(hands.connections).to.equal(1);
      client.end();
      await once(client.resume(), 'close');
      while (hands.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    });

    it('has requests that take too long answered with 408', async () => {
      const hand = relayByHand();
      const options = { ...hand, log: silentLog, allowedOrigins: [], health: () => ({}), headersMs: 50 };
      const port = await open('websocket', createWebSocketDoor(options), [new ThisProcess(doors)]);
      const client = connect(port, '127.0.0.1');
      client.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
      const [answer] = await once(client, 'data');
      expect(String(answer)).to.match(/^HTTP\/1\.1 408/);
      client.destroy();
    });
  });
});

describe('The name of a worker', () => {
  it('is its server’s with its number, and no longer than a name may be', () => {
    expect(workerName('alpha', 2)).to.equal('alpha/2');
    expect(workerName('x'.repeat(64), 12)).to.equal(`${'x'.repeat(61)}/12`);
    expect([...workerName('😀'.repeat(64), 2)]).to.have.length(64);
  });
});
