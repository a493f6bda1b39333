/** A server that is told to stop: what its clients are told, and which clients must not delay it. [PROTOCOL 1, 5] */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { forEachCombination, useServer } from '../helpers/test-server.js';

const filler = 'x'.repeat(4000);

describe('A server that stops', () => {
  forEachCombination(
    (server, transport) => {
      it('tells every client, after what was said until then, and closes its connection', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        const idle = await server().connect();
        await idle.greet();
        ann.send({ type: 'msg', text: 'last', ref: 1 });
        await ann.next('ok');
        await server().running.stop();
        const heard = await Promise.all([ann, bob, idle].map((client) => client.rest()));
        expect(heard.map((messages) => messages.map(({ type }) => type))).to.deep.equal([
          ['notice'],
          ['msg', 'notice'],
          ['notice'],
        ]);
        expect(heard[2]?.[0]?.text).to.match(/^alpha is going down/);
        const code = transport === 'websocket' ? 1012 : undefined;
        expect(await Promise.all([ann, bob, idle].map((client) => client.ended))).to.deep.equal([
          code,
          code,
          code,
        ]);
      });

      it('takes no new connections', async () => {
        const port = server().port();
        await server().running.stop();
        const socket = connect(port, '127.0.0.1');
        const [error] = await once(socket, 'error');
        expect(error).to.include({ code: 'ECONNREFUSED' });
      });

      it('has stopped once, however often it is told', async () => {
        const { running } = server();
        expect(running.stop()).to.equal(running.stop());
        await running.stop();
      });

      it('does not wait for connections that have said nothing yet', async function () {
        this.timeout(limits.drainMs / 2);
        await server().connectSocket();
        const client = await server().connect();
        await client.greet();
        await server().running.stop();
      });

      it('is not upset by a client whose connection breaks meanwhile', async () => {
        const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
        bob.socket.pause();
        await ann.ask({ type: 'msg', text: 'unread', ref: 1 });
        const stopped = server().running.stop();
        // A socket that is closed with something unread resets its connection.
        bob.socket.destroy();
        await stopped;
        if (transport === 'tcp') await server().logged(/client connection failed error=.*ECONNRESET/);
      });
    },
    { commandsPerSecond: undefined },
  );

  describe('with a stuck client', () => {
    const server = useServer('full-server', 'tcp', { commandsPerSecond: undefined });

    it('waits for a client that takes nothing, but not for ever', async function () {
      this.timeout(2 * limits.drainMs);
      const [ann, stuck] = await server().connectMembers('lobby', 'ann', 'stuck');
      stuck.socket.pause();
      const [session] = [...server().running.relay.sessions].filter(({ name }) => name === 'stuck');
      while (session && session.outbox.waitingBytes < limits.outboxHardBytes / 2) {
        for (let i = 0; i < 64; i++) ann.send({ type: 'msg', text: filler });
        await ann.settle();
      }
      await server().running.stop();
      expect(await ann.next('notice')).to.include({ type: 'notice' });
    });
  });

  describe('with a page open in a browser', () => {
    const server = useServer('full-server', 'websocket');

    it('does not wait for a connection that is kept alive', async function () {
      this.timeout(limits.drainMs / 2);
      const browser = await server().connectSocket();
      browser.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(browser, 'data');
      await server().running.stop();
    });
  });
});
