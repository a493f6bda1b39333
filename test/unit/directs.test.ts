import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { type Letter, threeNameServers } from '../helpers/name-network.js';

/** The user bob is on server b, server c keeps his name, and somebody on server a wants to talk to him. */
function withBob() {
  const { network, a, b, c } = threeNameServers();
  const bob = network.nameKeptBy(c);
  b.claim(bob);
  b.users.add(bob);
  network.deliver();
  network.sent.length = 0;
  return { network, a, b, c, bob };
}

describe('a direct message', () => {
  it('goes to where its receiver is, which his name’s keeper knows', () => {
    const { network, a, b, bob } = withBob();
    const outcomes = a.send(bob, 'hello');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
    expect(b.delivered).to.deep.equal(['hello']);
    expect(network.sent).to.deep.equal(['find', 'found', 'direct', 'directed']);
  });

  it('goes straight to where its receiver was found before', () => {
    const { network, a, b, bob } = withBob();
    a.send(bob, 'one');
    network.deliver();
    network.sent.length = 0;
    const outcomes = a.send(bob, 'two');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
    expect(b.delivered).to.deep.equal(['one', 'two']);
    expect(network.sent).to.deep.equal(['direct', 'directed']);
  });

  it('is looked for anew when the server where its receiver was found is forgotten', () => {
    const { network, a, b, bob } = withBob();
    a.send(bob, 'one');
    network.deliver();
    a.directs.forgetNode(b.node);
    network.sent.length = 0;
    a.send(bob, 'two');
    network.deliver();
    expect(network.sent).to.deep.equal(['find', 'found', 'direct', 'directed']);
  });

  it('to whom the network finds here is looked for anew each time, for nothing is kept of him', () => {
    const { network, b, bob } = withBob();
    for (const text of ['one', 'two']) {
      network.sent.length = 0;
      expect(b.send(bob, text)).to.deep.equal([]);
      network.deliver();
      expect(network.sent).to.deep.equal(['find', 'found', 'direct', 'directed']);
    }
    expect(b.delivered).to.deep.equal(['one', 'two']);
  });

  it('finds its receiver by any spelling of his name', () => {
    const { network, a, b, bob } = withBob();
    const shouted = bob.toUpperCase();
    b.users.add(shouted);
    const outcomes = a.send(shouted, 'hello');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
  });

  it('to nobody is told to be so, after the keeper was asked twice', () => {
    const { network, a } = withBob();
    const outcomes = a.send('nobody', 'hello');
    network.run(limits.findAgainMs - 50);
    expect(outcomes).to.deep.equal([]);
    network.run(100);
    expect(outcomes).to.deep.equal(['no-such-user']);
    expect(network.sent.filter((type) => type === 'find')).to.have.length(2);
  });

  it('reaches who is only found when the keeper is asked once more', () => {
    const { network, a, b } = withBob();
    const outcomes = a.send('late', 'hello');
    network.deliver();
    b.claim('late');
    b.users.add('late');
    network.run(limits.findAgainMs + 50);
    expect(outcomes).to.deep.equal(['delivered']);
    expect(b.delivered).to.deep.equal(['hello']);
  });

  it('follows somebody who is on another server now', () => {
    const { network, a, b, c, bob } = withBob();
    a.send(bob, 'one');
    network.deliver();
    b.users.delete(bob);
    b.names.release(bob);
    network.deliver();
    c.users.add(bob);
    c.claim(bob);
    network.deliver();
    const outcomes = a.send(bob, 'two');
    network.run(limits.findAgainMs + 50);
    expect(outcomes).to.deep.equal(['delivered']);
    expect([b.delivered, c.delivered]).to.deep.equal([['one'], ['two']]);
  });

  it('to somebody who is gone from where the keeper thinks him to be is told to reach nobody', () => {
    const { network, a, b, bob } = withBob();
    b.users.delete(bob);
    const outcomes = a.send(bob, 'hello');
    network.run(1000);
    expect(outcomes).to.deep.equal(['no-such-user']);
  });

  it('to a user on the same server takes the same way', () => {
    const { network, b, bob } = withBob();
    const outcomes = b.send(bob, 'note to myself');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
  });

  for (const [what, loses] of [
    ['the question where he is', ({ frame }: Letter) => frame.type === 'find'],
    ['the message itself', ({ frame }: Letter) => frame.type === 'direct'],
    ['the receipt', ({ frame }: Letter) => frame.type === 'directed'],
  ] as const) {
    it(`of which ${what} is lost is told to have no answer, and is not sent again`, () => {
      const { network, a, b, bob } = withBob();
      network.loses = loses;
      const outcomes = a.send(bob, 'hello');
      network.run(limits.directMs - 50);
      expect(outcomes).to.deep.equal([]);
      network.run(100);
      expect(outcomes).to.deep.equal(['no-answer']);
      network.loses = () => false;
      network.run(10_000);
      expect(outcomes).to.deep.equal(['no-answer']);
      expect(b.delivered.length).to.equal(what === 'the receipt' ? 1 : 0);
      expect(network.sent.filter((type) => type === 'direct').length).to.be.at.most(1);
    });
  }

  it('is looked for anew after no answer came from where its receiver was', () => {
    const { network, a, bob } = withBob();
    a.send(bob, 'one');
    network.deliver();
    network.loses = () => true;
    a.send(bob, 'two');
    network.run(limits.directMs + 50);
    network.loses = () => false;
    network.sent.length = 0;
    a.send(bob, 'three');
    network.deliver();
    expect(network.sent[0]).to.equal('find');
  });

  it('goes to one server alone, whatever answers come twice or late or from elsewhere', () => {
    const { network, a, b, c, bob } = withBob();
    c.users.add(bob);
    const outcomes = a.send(bob, 'hello');
    a.take({ type: 'found', request: 1, node: b.node }, c.node);
    a.take({ type: 'found', request: 1, node: c.node }, c.node);
    a.take({ type: 'directed', request: 1, delivered: false }, c.node);
    a.take({ type: 'directed', request: 2, delivered: true }, b.node);
    expect(outcomes).to.deep.equal([]);
    network.deliver();
    a.take({ type: 'directed', request: 1, delivered: true }, b.node);
    a.take({ type: 'directed', request: 1, delivered: false }, b.node);
    network.run(2 * limits.directMs);
    expect(outcomes).to.deep.equal(['delivered']);
    expect([b.delivered, c.delivered]).to.deep.equal([['hello'], []]);
  });

  it('goes nowhere on the word of a server that was not asked', () => {
    const { network, a, b, bob } = withBob();
    a.send(bob, 'private');
    // The keeper is c.
    a.take({ type: 'found', request: 1, node: a.node }, b.node);
    network.deliver();
    expect(b.delivered).to.deep.equal(['private']);
  });

  it('that is none is not delivered', () => {
    const { network, a, b } = withBob();
    b.users.add('x');
    for (const message of [
      '',
      '{',
      '{}',
      '{"type":"msg","to":"x"}',
      '{"type":"join","channel":"x","name":"y"}',
    ])
      b.take({ type: 'direct', request: 1, message }, a.node);
    network.deliver();
    expect(b.delivered).to.deep.equal([]);
  });

  it('beyond the limit of those on their way is not sent', () => {
    const { network, a, b, bob } = withBob();
    network.loses = () => true;
    for (let i = 0; i < limits.directsAtOnce; i++) a.send(bob, `${i}`);
    expect(a.send(bob, 'one more')).to.deep.equal(['no-answer']);
    network.run(limits.directMs + 50);
    network.loses = () => false;
    const outcomes = a.send(bob, 'later');
    network.deliver();
    expect(outcomes).to.deep.equal(['delivered']);
    expect(b.delivered).to.deep.equal(['later']);
  });
});
