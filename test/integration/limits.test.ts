/** What happens to a client that goes past the limits of a connection, and not to the others. [PROTOCOL 6] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { forEachCombination } from '../helpers/test-server.js';

/** Far more than the kernel and the outbox together keep for a reader that takes nothing. */
const mostMessages = 16_000;
const filler = 'x'.repeat(4000);

describe('A reader that is stuck in a busy channel', () => {
  forEachCombination(
    (server, transport) => {
      it('is disconnected and named in the log, and the other members get every message', async () => {
        const [ann, bob, stuck] = await server().connectMembers('lobby', 'ann', 'bob', 'stuck');
        await stuck.ask({ type: 'join', channel: 'hall' });
        await bob.ask({ type: 'join', channel: 'hall' });
        await bob.settle();
        stuck.socket.pause();

        let disconnected = false;
        const logged = server()
          .logged(/client disconnected .*name=stuck reason=too-slow/)
          .then((line) => {
            disconnected = true;
            return line;
          });
        let sent = 0;
        const heard = [];
        while (!disconnected && sent < mostMessages) {
          for (let i = 0; i < 64; i++) ann.send({ type: 'msg', text: `${sent++} ${filler}` });
          await ann.settle();
          heard.push(...(await bob.settle()));
        }
        const waiting = Number(/waitingBytes=(\d+)/.exec(await logged)?.[1]);
        expect(waiting).to.be.within(limits.outboxHardBytes, 2 * limits.outboxHardBytes);
        expect(server().logLines.some((line) => /client is slow .*name=stuck/.test(line))).to.equal(true);

        ann.send({ type: 'msg', text: `${sent++} after` });
        await ann.settle();
        heard.push(...(await bob.settle()));
        const numbers = heard.flatMap(({ type, text }) =>
          type === 'msg' ? Number.parseInt(String(text), 10) : [],
        );
        expect(numbers).to.deep.equal(Array.from({ length: sent }, (_, i) => i));
        const reason = 'disconnected: too-slow';
        expect(heard.filter(({ type }) => type !== 'msg')).to.have.deep.members([
          { type: 'leave', channel: 'lobby', name: 'stuck', reason },
          { type: 'leave', channel: 'hall', name: 'stuck', reason },
        ]);
        expect((await bob.ask({ type: 'names', channel: 'lobby' })).members).to.deep.equal(['ann', 'bob']);

        // The client reads again: what it was sent has no gap, and ends with the reason.
        stuck.socket.resume();
        const rest = await stuck.rest();
        expect(rest.pop()).to.include({ type: 'error', code: 'too-slow' });
        const got = rest.flatMap(({ type, text }) =>
          type === 'msg' ? Number.parseInt(String(text), 10) : [],
        );
        expect(got).to.deep.equal(Array.from({ length: got.length }, (_, i) => i));
        expect(got.length).to.be.below(sent);
        expect(await stuck.ended).to.equal(transport === 'websocket' ? 1008 : undefined);
      });
    },
    { commandsPerSecond: undefined },
  );
});

describe('A client that makes nothing but errors', () => {
  forEachCombination(
    (server, transport) => {
      it(`is disconnected after ${limits.errorBurst} of them, but for those that time forgives`, async () => {
        const [ann, bad] = await server().connectMembers('lobby', 'ann', 'bad');
        const beganMs = performance.now();
        for (let i = 0; i < limits.errorBurst; i++) bad.sendRaw('nonsense');
        expect(await bad.settle()).to.have.length(limits.errorBurst);
        for (let i = 0; i < limits.errorBurst; i++) bad.sendRaw('nonsense');
        const rest = await bad.rest();
        const forgiven = Math.ceil(((performance.now() - beganMs) / 1000) * limits.errorsPerSecond);
        expect(rest).to.have.length.within(2, 2 + forgiven);
        expect(rest.slice(0, -1).every(({ code }) => code === 'malformed')).to.equal(true);
        expect(rest.at(-1)).to.include({ type: 'error', code: 'rate-limited' });
        expect(await bad.ended).to.equal(transport === 'websocket' ? 1008 : undefined);
        expect(await ann.next()).to.deep.include({
          type: 'leave',
          name: 'bad',
          reason: 'disconnected: abuse',
        });
        await server().logged(/client disconnected .*name=bad reason=abuse/);
      });
    },
    { commandsPerSecond: undefined },
  );
});
