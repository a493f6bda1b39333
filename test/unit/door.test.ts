import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { createTcpDoor } from '../../lib/listen/tcp.js';
import { silentLog } from '../../lib/log.js';
import { relayByHand } from '../helpers/memory-client.js';

describe('A door', () => {
  const { connections } = limits;
  afterEach(() => {
    Object.assign(limits, { connections });
  });

  it('closes connections past the limit at once, and leaves those that are there', async () => {
    Object.assign(limits, { connections: 2 });
    const door = createTcpDoor({ ...relayByHand(), log: silentLog });
    const port = await door.listen('127.0.0.1', 0);
    const sockets = [];
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, '127.0.0.1').resume();
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const [first, second, third] = sockets;
    if (third && !third.destroyed) await once(third, 'close');
    expect([first?.readyState, second?.readyState]).to.deep.equal(['open', 'open']);
    door.destroy();
  });
});
