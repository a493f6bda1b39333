import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { TestNetwork, type TestNode } from '../helpers/mesh-network.js';

/** Nodes named a, b, c, …, linked as `edges` say ('ab bc'). */
function networkOf(edges: string): { network: TestNetwork; nodes: Record<string, TestNode> } {
  const network = new TestNetwork();
  network.canDial = false;
  const nodes: Record<string, TestNode> = {};
  for (const name of [...new Set(edges.replaceAll(' ', ''))].sort()) nodes[name] = network.add(name);
  for (const [from, to] of edges.split(' ')) {
    const [a, b] = [nodes[from ?? ''], nodes[to ?? '']];
    if (a && b) network.link(a, b);
  }
  network.run(500);
  return { network, nodes };
}

function three(edges: string) {
  const { network, nodes } = networkOf(edges);
  const { a, b, c } = nodes;
  if (!a || !b || !c) throw new Error('no three nodes');
  return { network, a, b, c };
}

function holds({ mesh }: TestNode, name: string): boolean {
  let isFree = true;
  mesh.claimName(name, 0, (granted) => {
    isFree = granted;
  });
  return !isFree;
}

describe('mesh', () => {
  describe('relaying', () => {
    for (const [shape, edges] of [
      ['a chain', 'ab bc cd de'],
      ['a ring', 'ab bc cd de ea'],
      ['a star', 'ab ac ad ae'],
      ['a full mesh', 'ab ac ad ae bc bd be cd ce de'],
      ['two rings that share a link', 'ab bc cd da ce ef fd'],
    ] as const) {
      it(`delivers every message exactly once and in order over ${shape}`, () => {
        const { network, nodes } = networkOf(edges);
        const all = Object.values(nodes);
        for (const node of all) node.join('lobby', `user-${node.name}`);
        network.run(20);
        for (let i = 0; i < 20; i++) {
          for (const node of all) node.say('lobby', `user-${node.name}`, `${node.name}${i}`);
          if (i % 3 === 0) network.run(1);
        }
        network.run(50);
        for (const node of all) {
          for (const speaker of all) {
            const expected =
              speaker === node ? [] : Array.from({ length: 20 }, (_, i) => `${speaker.name}${i}`);
            expect(node.heard.filter((text) => text.startsWith(speaker.name))).to.deep.equal(expected);
          }
          expect(node.members('lobby')).to.have.length(all.length - 1);
        }
      });
    }

    it('sends each event over each link at most once each way', () => {
      const { network, nodes } = networkOf('ab bc cd da ac bd');
      nodes.a?.join('lobby', 'ann');
      network.run(20);
      // Six links, each way, but not back to where it came from.
      expect(network.eventsSent).to.be.at.most(2 * 6);
    });

    it('tells nothing of messages to a server without members in the channel, but does pass them on', () => {
      const { network, a, b, c } = three('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(20);
      a.say('lobby', 'ann', 'hello');
      network.run(20);
      expect(c.heard).to.deep.equal(['hello']);
      expect(b.delivered).to.deep.equal([]);
    });
  });

  describe('members', () => {
    it('tells a server that is linked later who is where', () => {
      const { network, a, b, c } = three('ab c');
      a.join('lobby', 'ann');
      b.join('lobby', 'bob');
      b.join('tea', 'bob');
      network.run(20);
      c.join('lobby', 'cleo');
      network.link(c, b);
      network.run(20);
      expect(c.members('lobby')).to.deep.equal(['ann', 'bob']);
      expect(a.members('lobby')).to.deep.equal(['bob', 'cleo']);
      expect([...c.mesh.channelsElsewhere()]).to.have.deep.members([
        ['lobby', 2],
        ['tea', 1],
      ]);
      expect(c.delivered.map((event) => event.type)).to.deep.equal(['join', 'join']);
    });

    it('keeps the members of a server that is out of reach for a moment, and says nothing', () => {
      const { network, a, b, c } = three('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(20);
      network.cut(a, b);
      network.run(limits.lostAfterMs - 2000);
      network.link(a, b);
      network.run(2000);
      expect(a.members('lobby')).to.deep.equal(['cleo']);
      expect([...a.lost, ...c.lost]).to.deep.equal([]);
      expect(c.delivered.filter((event) => event.type !== 'join')).to.deep.equal([]);
    });

    it('drops the members of a server that is out of reach for long, in one notice a channel, and takes them back', () => {
      const { network, a, b, c } = three('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      c.join('lobby', 'carl');
      network.run(200);
      network.kill(b);
      network.run(limits.lostAfterMs + 500);
      expect(a.lost).to.deep.equal([
        { channel: 'lobby', names: ['cleo', 'carl'], server: 'c', cause: 'was lost' },
      ]);
      expect(a.members('lobby')).to.deep.equal([]);
      network.link(a, c);
      network.run(2000);
      expect(a.members('lobby')).to.deep.equal(['carl', 'cleo']);
      expect(c.members('lobby')).to.deep.equal(['ann']);
    });

    it('drops the members of a server that says goodbye at once', () => {
      const { network, a, c } = three('ab bc');
      c.join('lobby', 'cleo');
      network.run(200);
      c.mesh.stop();
      network.run(200);
      expect(a.lost).to.deep.equal([{ channel: 'lobby', names: ['cleo'], server: 'c', cause: 'shut down' }]);
    });

    it('has forgotten a member who left while the link was down', () => {
      const { network, a, b } = three('ab c');
      b.join('lobby', 'bob');
      b.join('lobby', 'ben');
      b.join('tea', 'bob');
      network.run(20);
      network.cut(a, b);
      b.leave('lobby', 'bob');
      b.leave('tea', 'bob');
      network.link(a, b);
      network.run(limits.gapMs + 500);
      expect(a.members('lobby')).to.deep.equal(['ben']);
      expect(a.members('tea')).to.deep.equal([]);
    });

    it('lets a name be taken again while the server that had it is out of reach', () => {
      const { network, a, b } = three('ab c');
      b.join('lobby', 'bob');
      network.run(limits.peerTickMs + 20);
      expect(holds(a, 'bob')).to.equal(true);
      network.cut(a, b);
      expect(holds(a, 'bob')).to.equal(false);
    });
  });

  describe('links', () => {
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
      // It dials out, and nobody can dial it.
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
      network.run(50);
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
        const a = network.add('a', { idPrefix: idPrefixes[0] });
        const b = network.add('b', { idPrefix: idPrefixes[1] });
        a.join('lobby', 'ann');
        b.join('lobby', 'bob');
        network.link(a, b, 5);
        network.link(b, a, 5);
        for (let i = 0; i < 30; i++) {
          a.say('lobby', 'ann', `a${i}`);
          b.say('lobby', 'bob', `b${i}`);
          network.run(1);
        }
        network.run(100);
        const [linkOfA, linkOfB] = [a.mesh.neighbours.links.to(b.id), b.mesh.neighbours.links.to(a.id)];
        expect([linkOfA?.dialled !== undefined, linkOfB?.dialled !== undefined]).to.have.members([
          true,
          false,
        ]);
        expect(linkOfA?.dialled !== undefined).to.equal(a.id < b.id);
        expect(a.heard).to.deep.equal(Array.from({ length: 30 }, (_, i) => `b${i}`));
        expect(b.heard).to.deep.equal(Array.from({ length: 30 }, (_, i) => `a${i}`));
      });
    }

    it('does not link with itself, and remembers that the address is its own', () => {
      const network = new TestNetwork();
      const a = network.add('a');
      a.mesh.connect(a.address);
      network.run(5000);
      expect(a.neighbours).to.deep.equal([]);
      expect(a.outcomes).to.deep.equal([{ ok: false, why: 'that is this server itself' }]);
      expect(a.mesh.neighbours.addresses.wanted()).to.deep.equal([]);
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
      const { network, a, b } = three('ab c');
      network.run(60_000);
      expect(a.neighbours).to.include('b');
      expect(a.mesh.neighbours.links.to(b.id)?.roundTripMs).to.equal(2);
    });

    it('does not blame its peers for its own long pause', () => {
      const { network, a, b } = three('ab c');
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
      b.join('lobby', 'bob');
      network.run(500);
      network.kill(b);
      const again = network.add('b', { port: b.address.port });
      network.run(3000);
      expect(a.neighbours).to.deep.equal(['b']);
      expect(a.lost).to.deep.equal([
        { channel: 'lobby', names: ['bob'], server: 'b', cause: 'was restarted' },
      ]);
      expect(again.neighbours).to.deep.equal(['a']);
    });
  });
});
