/** Messages that are begun and never finished. [PROTOCOL 5] */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { limits } from '../../lib/limits.js';
import type { Door } from '../../lib/listen/door.js';
import { createTcpDoor } from '../../lib/listen/tcp.js';
import { createWebSocketDoor } from '../../lib/listen/websocket.js';
import { silentLog } from '../../lib/log.js';
import { relayByHand } from '../helpers/memory-client.js';
import { connectRaw, type RawClient } from '../helpers/raw-client.js';
import { clientFrame, opcodes, unfinishedFrame } from '../helpers/web-socket-frames.js';

describe('A client that never finishes a message', () => {
  let skewMs = 0;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + skewMs };
  const { relay, intake } = relayByHand({ clock });
  const options = { relay, intake, clock, log: silentLog, allowedOrigins: [], health: () => ({}) };
  const doors = { tcp: createTcpDoor, websocket: () => createWebSocketDoor(options) };
  let door: Door;
  let port = 0;
  const clients: RawClient[] = [];
  let passing: NodeJS.Timeout | undefined;
  afterEach(() => {
    clearInterval(passing);
    for (const { socket } of clients.splice(0)) socket.destroy();
    door.destroy();
  });

  async function connectTo(transport: 'tcp' | 'websocket'): Promise<RawClient> {
    door = doors[transport](options);
    port = await door.listen('127.0.0.1', 0);
    const client = await connectRaw(transport, port);
    clients.push(client);
    await client.greet();
    return client;
  }

  /** Lets the time pass that a message may take, a part of it after each piece that the client sends. */
  async function letTimePass(client: RawClient, keepAlive: () => void): Promise<void> {
    passing = setInterval(() => {
      skewMs += limits.messageMs / 8;
      keepAlive();
    }, limits.outboxSweepMs / 4);
    await client.ended;
  }

  it('is disconnected though its line goes on', async () => {
    const client = await connectTo('tcp');
    client.write(Buffer.from('{"type":'));
    await letTimePass(client, () => client.write(Buffer.from(' ')));
    expect(client.texts.at(-1)).to.include('"too-slow"').and.to.include('60 s');
  });

  for (const [what, begun] of [
    ['frame', clientFrame('{"type":"ping"}').subarray(0, 10)],
    ['message of whole frames, though it pings in between', unfinishedFrame('{')],
  ] as const) {
    it(`is disconnected in the midst of a ${what}`, async () => {
      const client = await connectTo('websocket');
      client.write(begun);
      const isFrame = what !== 'frame';
      await letTimePass(client, () => isFrame && client.write(clientFrame('x', opcodes.ping)));
      expect(client.texts.at(-1)).to.include('"too-slow"');
      expect(await client.ended).to.equal(1008);
    });
  }

  for (const transport of ['tcp', 'websocket'] as const) {
    it(`stays while it finishes what it begins, or is silent, over ${transport}`, async () => {
      const client = await connectTo(transport);
      for (let i = 0; i < 4; i++) {
        const whole = client.bytesOf(JSON.stringify({ type: 'ping', ref: i }));
        const stranger = connect(port, '127.0.0.1');
        await once(stranger.resume(), 'connect');
        await client.settle();
        client.write(whole.subarray(0, 4));
        // The door looks at all its connections in one go. When it has cut this one off, it has looked at the other too.
        skewMs += limits.messageMs;
        await once(stranger, 'close');
        client.write(whole.subarray(4));
        if (transport === 'websocket') client.write(clientFrame('x', opcodes.pong));
        expect(await client.next('pong')).to.include({ ref: i });
      }
      expect(relay.sessions.size).to.equal(1);
    });
  }
});
