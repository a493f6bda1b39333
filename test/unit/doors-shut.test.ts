import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { ListenError } from '../../lib/listen/door.js';
import { createTcpDoor } from '../../lib/listen/tcp.js';
import { createWebSocketDoor } from '../../lib/listen/websocket.js';
import { silentLog } from '../../lib/log.js';
import { relayByHand } from '../helpers/memory-client.js';

describe('a door whose port is taken', () => {
  const { setInterval: start, clearInterval: stop } = globalThis;
  const running = new Set<unknown>();

  beforeEach(() => {
    running.clear();
    globalThis.setInterval = Object.assign((...args: Parameters<typeof start>) => {
      const timer = start(...args);
      running.add(timer);
      return timer;
    }, start);
    globalThis.clearInterval = (timer) => {
      running.delete(timer);
      stop(timer);
    };
  });
  afterEach(() => {
    Object.assign(globalThis, { setInterval: start, clearInterval: stop });
  });

  for (const [what, create] of [
    ['TCP', createTcpDoor],
    ['WebSocket', createWebSocketDoor],
  ] as const) {
    it(`says so, and leaves no timer behind (${what})`, async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const options = { ...relayByHand(), log: silentLog, allowedOrigins: [], health: () => ({}) };
      let thrown: unknown;
      await create(options)
        .listen('127.0.0.1', port)
        .catch((error: unknown) => {
          thrown = error;
        });
      other.close();
      expect(thrown).to.be.instanceOf(ListenError);
      expect(running.size).to.equal(0);
    });
  }
});
