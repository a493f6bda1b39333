/** Clients of a server whose network answers late: nothing is lost, and nothing piles up. [PROTOCOL 2] */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { HeldNetwork } from '../helpers/held-network.js';
import type { RawClient } from '../helpers/raw-client.js';
import { forEachCombination } from '../helpers/test-server.js';

describe('A client whose join is on its way through the network', () => {
  forEachCombination(
    (server, transport) => {
      let network: HeldNetwork;

      beforeEach(() => {
        network = new HeldNetwork();
        server().running.relay.useNetwork(network);
      });

      /** A client whose join has reached the server, and waits there. */
      async function onItsWay(): Promise<RawClient> {
        const client = await server().connect();
        client.send({ type: 'join', channel: 'lobby', name: 'ann' });
        await client.next('welcome');
        while (network.waiting.length === 0) await nextTurn();
        return client;
      }

      it('is not read from while too much waits; all of it is carried out, in order', async () => {
        const client = await onItsWay();
        const other = await server().connect();
        await other.greet();
        const [session] = server().running.relay.sessions;
        if (!session) throw new Error('there is a session');
        const refs = Array.from({ length: 500 }, (_, ref) => ref);
        const padding = 'x'.repeat(limits.lineBytes - 100);
        for (const ref of refs) client.send({ type: 'ping', ref, padding });
        while (session.queue.length < limits.commandsWaiting) await nextTurn();
        for (let i = 0; i < 100; i++) await other.ask({ type: 'ping' });
        // A few more may wait, which were read together with the last one.
        expect(session.queue.length).to.be.within(limits.commandsWaiting, limits.commandsWaiting + 5);
        network.answerAll();
        await client.next('joined');
        for (const ref of refs) expect(await client.next()).to.deep.equal({ type: 'pong', ref });
      });

      it('is forgotten with what waits when its connection is lost', async () => {
        const client = await onItsWay();
        const { relay } = server().running;
        for (let i = 0; i < 10; i++) client.send({ type: 'join', channel: `hall${i}` });
        await fence();
        client.socket.resetAndDestroy();
        while (relay.sessions.size > 0) await nextTurn();
        network.answerAll();
        expect(network.waiting).to.deep.equal([]);
        expect(network.claimedAt.size).to.equal(0);
        expect(relay.channels.size).to.equal(0);
      });

      it('is told that the server goes down, though it is not read from', async () => {
        const client = await onItsWay();
        for (let i = 0; i < 2 * limits.commandsWaiting; i++) client.send({ type: 'ping' });
        const stopped = server().running.stop();
        expect((await client.next('notice')).text).to.match(/going down/);
        await client.ended;
        await stopped;
      });

      if (transport === 'tcp') {
        it('has all of it carried out though it has ended its side, as a pipe does', async () => {
          const bob = await bobIn();
          const client = await onItsWay();
          client.send({ type: 'msg', text: 'the build is done', ref: 1 });
          client.socket.end();
          await fence();
          network.answerAll();
          expect((await client.rest()).map(({ type }) => type)).to.deep.equal(['joined', 'ok']);
          expect((await bob.nextWith({ type: 'msg' })).text).to.equal('the build is done');
          expect(await bob.next('leave')).to.deep.include({ name: 'ann' });
        });
      }

      async function bobIn(): Promise<RawClient> {
        const bob = await server().connect();
        bob.send({ type: 'join', channel: 'lobby', name: 'bob' });
        while (network.waiting.length === 0) await nextTurn();
        network.answerAll();
        await bob.next('welcome');
        await bob.next('joined');
        return bob;
      }

      /** Resolves when everything that was sent before has been read. */
      async function fence(): Promise<void> {
        const client = await server().connect();
        for (let i = 0; i < 5; i++) await (i === 0 ? client.greet() : client.settle());
        client.socket.destroy();
      }
    },
    { commandsPerSecond: undefined },
  );
});
