import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { TestNetwork, threeNodes } from '../helpers/mesh-network.js';

describe('links of the mesh', () => {
  it('finds the servers behind its peers, and links with them', () => {
    const network = new TestNetwork();
    const [a, b, c] = [network.add('a'), network.add('b'), network.add('c')];
    a.mesh.connect(b.address);
    b.mesh.connect(c.address);
    network.run(3000);
    expect([a, b, c].map((node) => node.neighbours)).to.deep.equal([
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'b'],
    ]);
  });

  it('tells nobody of an address that it has not reached itself', () => {
    const network = new TestNetwork();
    const [a, b, hidden] = [network.add('a'), network.add('b'), network.add('hidden')];
    // This server dials out, and cannot be dialled.
    Object.assign(hidden, { address: { host: '127.0.0.1', port: 9 } });
    hidden.mesh.connect(b.address);
    a.mesh.connect(b.address);
    network.run(100);
    Object.assign(hidden, { address: { host: '127.0.0.1', port: 10 } });
    network.run(5000);
    expect(a.neighbours).to.include('b');
    expect(b.neighbours).to.include('hidden');
    hidden.join('lobby', 'hal');
    a.join('lobby', 'ann');
    network.run(500);
    hidden.say('lobby', 'hal', 'I see you');
    network.run(50);
    expect(a.heard).to.deep.equal(['I see you']);
  });

  for (const [lower, idPrefixes] of [
    ['the one', ['1', '2']],
    ['the other', ['2', '1']],
  ] as const) {
    it(`keeps one link when both ends dial at the same moment, ${lower} having the lower id`, () => {
      const network = new TestNetwork();
      network.canDial = false;
      const a = network.add('a', { idPrefix: idPrefixes[0] });
      const b = network.add('b', { idPrefix: idPrefixes[1] });
      // They know each other already, through other servers, and so have something to say at once.
      const between = network.add('between', { idPrefix: '3' });
      for (const node of [a, b]) network.link(node, between, 5);
      network.run(200);
      a.join('lobby', 'ann');
      b.join('lobby', 'bob');
      network.run(1000);
      network.link(a, b, 5);
      network.link(b, a, 5);
      for (let i = 0; i < 30; i++) {
        a.say('lobby', 'ann', `a${i}`);
        b.say('lobby', 'bob', `b${i}`);
        network.run(1);
      }
      network.run(100);
      const [linkOfA, linkOfB] = [a.mesh.neighbours.links.to(b.id), b.mesh.neighbours.links.to(a.id)];
      expect([linkOfA?.dialled !== undefined, linkOfB?.dialled !== undefined]).to.have.members([true, false]);
      expect(linkOfA?.dialled !== undefined).to.equal(a.id < b.id);
      expect(a.heard).to.deep.equal(Array.from({ length: 30 }, (_, i) => `b${i}`));
      expect(b.heard).to.deep.equal(Array.from({ length: 30 }, (_, i) => `a${i}`));
    });
  }

  it('does not link with itself, and goes on to look whether an address that was asked for leads elsewhere', () => {
    const network = new TestNetwork();
    const a = network.add('a');
    a.mesh.connect(a.address);
    network.run(5000);
    expect(a.neighbours).to.deep.equal([]);
    expect(a.outcomes.length).to.be.within(2, 4);
    for (const outcome of a.outcomes) {
      expect(outcome).to.deep.include({ ok: false, why: 'that is this server itself' });
      expect(outcome).to.have.property('retryMs').that.is.above(0);
    }
    expect(a.mesh.neighbours.addresses.wanted()).to.have.length(1);
    // From now on the address leads to another server, as a host name may that several servers have in common.
    Object.assign(a, { address: { host: '127.0.0.1', port: 9 } });
    network.add('b', { port: 1000 });
    network.run(10_000);
    expect(a.neighbours).to.deep.equal(['b']);
    expect(a.outcomes.at(-1)).to.deep.include({ ok: true, name: 'b' });
  });

  it('does not take a server for gone because a name that led there leads to another one now', () => {
    const network = new TestNetwork();
    const [a, b, c] = [network.add('a'), network.add('b'), network.add('c')];
    const name = { host: 'all.example', port: b.address.port };
    a.mesh.connect(name);
    a.join('lobby', 'ann');
    b.join('lobby', 'bob');
    network.run(500);
    network.cut(a, b);
    network.canDial = false;
    network.run(100);
    a.mesh.probed(name, { node: c.id, name: 'c', listensAt: { host: '127.0.0.3', port: c.address.port } });
    network.run(3000);
    expect(a.lost).to.deep.equal([]);
  });

  it('ends a link on which nothing comes, and dials again', () => {
    const network = new TestNetwork();
    const [a, b] = [network.add('a'), network.add('b')];
    a.mesh.connect(b.address);
    network.run(500);
    network.canDial = false;
    network.stall(a, b);
    network.run(limits.linkDeadMs + 300);
    expect(a.neighbours).to.deep.equal([]);
    network.canDial = true;
    network.run(5000);
    expect(a.neighbours).to.deep.equal(['b']);
  });

  it('keeps a quiet link', () => {
    const { network, a, b } = threeNodes('ab c');
    network.run(60_000);
    expect(a.neighbours).to.include('b');
    expect(a.mesh.neighbours.links.to(b.id)?.roundTripMs).to.equal(2);
  });

  it('does not blame its peers for its own long pause', () => {
    const { network, a, b } = threeNodes('ab c');
    network.run(2000);
    network.nowMs += 20_000;
    network.run(1000);
    expect(a.neighbours).to.include('b');
    expect(b.lost).to.deep.equal([]);
  });

  it('stays apart from a peer that was disconnected, until told to connect', () => {
    const network = new TestNetwork();
    const [a, b] = [network.add('a'), network.add('b')];
    b.mesh.connect(a.address);
    network.run(500);
    const link = a.mesh.neighbours.links.to(b.id);
    if (link) a.mesh.disconnect(link);
    network.run(10_000);
    expect(a.neighbours).to.deep.equal([]);
    a.mesh.connect(b.address);
    network.run(500);
    expect(a.neighbours).to.deep.equal(['b']);
  });

  it('redials a server asked for by hand with growing pauses, for as long as it takes', () => {
    const network = new TestNetwork();
    const a = network.add('a');
    a.mesh.connect({ host: '127.0.0.1', port: 1001 });
    network.run(120_000);
    const tries = a.outcomes.length;
    expect(tries).to.be.within(6, 12);
    const b = network.add('b');
    network.run(limits.redialMaxMs);
    expect(a.neighbours).to.deep.equal(['b']);
    expect(b.neighbours).to.deep.equal(['a']);
  });

  it('knows that a server restarted at the same address is another, and that the old one is gone', () => {
    const network = new TestNetwork();
    const [a, b] = [network.add('a'), network.add('b')];
    a.mesh.connect(b.address);
    a.join('lobby', 'ann');
    b.join('lobby', 'bob');
    network.run(500);
    network.kill(b);
    const again = network.add('b', { port: b.address.port });
    network.run(3000);
    expect(a.neighbours).to.deep.equal(['b']);
    expect(a.lost).to.deep.equal([{ channel: 'lobby', names: ['bob'], server: 'b', cause: 'was restarted' }]);
    expect(again.neighbours).to.deep.equal(['a']);
  });
});
