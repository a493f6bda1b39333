/** The price of WebSocket frames: of those without a message, and of the fragments of a message. [PROTOCOL 1.2, 6] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { useServer } from '../helpers/test-server.js';
import { clientFrame, fragments, opcodes } from '../helpers/web-socket-frames.js';

describe('WebSocket frames', () => {
  const server = useServer('websock-server', 'websocket');
  const hello = JSON.stringify({ type: 'ping', ref: 'x'.repeat(limits.webSocketFragments) });

  for (const [what, opcode] of [
    ['pings', opcodes.ping],
    ['pongs', opcodes.pong],
  ] as const) {
    it(`that are ${what} may come many at once, and not for ever`, async () => {
      const [ann, flooder] = await server().connectMembers('lobby', 'ann', 'flooder');
      const many = Buffer.concat(Array.from({ length: limits.wordlessBurst }, () => clientFrame('', opcode)));
      flooder.write(many);
      expect(await flooder.settle()).to.deep.equal([]);
      // However many are allowed by now, ten times as many are too many.
      for (let i = 0; i < 10; i++) flooder.write(many);
      expect(await flooder.rest()).to.have.length(1);
      expect(flooder.texts.at(-1)).to.include('"rate-limited"').and.to.include('pings');
      expect(await flooder.ended).to.equal(1008);
      await ann.nextWith({ type: 'leave', name: 'flooder', reason: 'disconnected: abuse' });
    });
  }

  it('may be as many fragments of one message as the limit says', async () => {
    const client = await server().connect();
    await client.next('welcome');
    client.write(fragments(hello, limits.webSocketFragments));
    expect(await client.next()).to.deep.include({ type: 'pong' });
  });

  it('end the connection when a message comes in more fragments, empty ones among them', async () => {
    const [ann, bob, carl] = await server().connectMembers('lobby', 'ann', 'bob', 'carl');
    bob.write(fragments(hello, limits.webSocketFragments + 1));
    expect(await bob.ended).to.equal(1008);
    await ann.nextWith({ type: 'leave', name: 'bob', reason: 'disconnected: too-long' });
    carl.write(fragments('', limits.webSocketFragments + 1));
    expect(await carl.ended).to.equal(1008);
    await ann.nextWith({ type: 'leave', name: 'carl', reason: 'disconnected: too-long' });
  });
});
