import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Door } from '../../lib/listen/door.js';
import { createTcpDoor } from '../../lib/listen/tcp.js';
import { silentLog } from '../../lib/log.js';
import { HeldNetwork } from '../helpers/held-network.js';
import { relayByHand } from '../helpers/memory-client.js';

describe('A TCP client that has ended its side', () => {
  let door: Door | undefined;
  let socket: Socket | undefined;

  afterEach(() => {
    socket?.destroy();
    door?.destroy();
  });

  it('is cut off when its commands are not carried out in time, and its session ends', async () => {
    const parts = relayByHand();
    parts.relay.useNetwork(new HeldNetwork());
    door = createTcpDoor({ ...parts, log: silentLog, afterEndMs: 50 });
    socket = connect({ port: await door.listen('127.0.0.1', 0), host: '127.0.0.1' });
    // The network never answers whether the name is free.
    socket.resume().end('{"type":"join","channel":"lobby","name":"ann"}\n');
    await once(socket, 'close');
    await door.stopListening();
    expect(parts.relay.sessions.size).to.equal(0);
  });
});
