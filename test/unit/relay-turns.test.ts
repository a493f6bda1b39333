import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { ProtocolError } from '../../lib/wire/errors.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

const tooSlow = new ProtocolError('too-slow', 'You read too slowly.');

describe('The end of a turn', () => {
  it('does not keep very much back until the turn is over', () => {
    const { relay, clock } = relayByHand();
    const ann = new MemoryClient(relay).join('lobby', 'ann');
    const bob = new MemoryClient(relay).join('lobby', 'bob');
    clock.endTurn();
    bob.hear();
    const texts = Array.from({ length: 2 * limits.turnMessages + 1 }, (_, i) => String(i));
    for (const text of texts) ann.say({ type: 'msg', text });
    const early = bob.hear().map(({ text }) => text);
    expect(early).to.deep.equal(texts.slice(0, -1));
    clock.endTurn();
    expect(bob.hear().map(({ text }) => text)).to.deep.equal(texts.slice(-1));
    clock.endTurn();
    expect(bob.hear()).to.deep.equal([]);
  });

  it('writes to a member of several channels once a turn, what each has in its order', () => {
    const { relay, clock } = relayByHand();
    const ann = new MemoryClient(relay).join('first', 'ann');
    const bob = new MemoryClient(relay).join('first', 'bob');
    for (const client of [ann, bob]) for (const channel of ['second', 'third']) client.join(channel);
    clock.endTurn();
    bob.hear();
    const before = bob.outbox.handed.length;
    for (const text of ['1', '2'])
      for (const channel of ['first', 'second', 'third']) ann.say({ type: 'msg', channel, text });
    clock.endTurn();
    expect(bob.outbox.handed.length - before).to.equal(1);
    const heard = bob.hear().map(({ channel, text }) => `${channel} ${text}`);
    expect(heard).to.have.members(['first 1', 'first 2', 'second 1', 'second 2', 'third 1', 'third 2']);
    for (const channel of ['first', 'second', 'third'])
      expect(heard.indexOf(`${channel} 1`)).to.be.lessThan(heard.indexOf(`${channel} 2`));
  });

  describe('when an outbox ends its session in the midst of a turn’s end', () => {
    it('tells the others that the member left, in this channel and in those served before it', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('first', 'ann');
      ann.join('second');
      const stuck = new MemoryClient(relay).join('first', 'stuck');
      stuck.join('second');
      clock.endTurn();
      ann.hear();
      stuck.outbox.writeAll = () => {
        if (stuck.session) relay.disconnect(stuck.session, 'too-slow', tooSlow);
      };
      for (const channel of ['first', 'second']) ann.say({ type: 'msg', channel, text: 'hello' });
      clock.endTurn();
      const reason = 'disconnected: too-slow';
      expect(ann.hear()).to.deep.equal([
        { type: 'leave', channel: 'first', name: 'stuck', reason },
        { type: 'leave', channel: 'second', name: 'stuck', reason },
      ]);
    });

    it('goes on to serve the channels of that member', () => {
      const { relay, clock } = relayByHand();
      const ann = new MemoryClient(relay).join('lobby', 'ann');
      const stuck = new MemoryClient(relay).join('lobby', 'stuck');
      const bob = new MemoryClient(relay).join('lobby', 'bob');
      clock.endTurn();
      bob.hear();
      stuck.outbox.write = () => {
        if (stuck.session) relay.disconnect(stuck.session, 'too-slow', tooSlow);
      };
      for (const text of ['1', '2', '3']) {
        ann.say({ type: 'msg', text });
        clock.endTurn();
      }
      expect(bob.hear().map(({ type, text }) => text ?? type)).to.deep.equal(['1', 'leave', '2', '3']);
    });
  });
});
