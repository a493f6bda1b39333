import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { encodeRouted } from '../../lib/wire/peer-event.js';
import { encodePeerFrame } from '../../lib/wire/peer-frame.js';
import { networkOf, type TestNode, threeNodes } from '../helpers/mesh-network.js';

/** The outcome of claiming a name; undefined as long as there is none. */
function claim({ mesh }: TestNode, name: string, sinceMs = 0): { granted: boolean | undefined } {
  const outcome: { granted: boolean | undefined } = { granted: undefined };
  mesh.claimName(name, sinceMs, (granted) => {
    outcome.granted = granted;
  });
  return outcome;
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
        network.run(500);
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
      for (const node of Object.values(nodes)) node.join('lobby', `user-${node.name}`);
      network.run(500);
      const before = network.eventsSent;
      nodes.a?.say('lobby', 'user-a', 'hello');
      network.run(500);
      // All maps are the same, so the message goes along a tree: once to each of the three others.
      expect(network.eventsSent - before).to.equal(3);
    });

    it('sends each event over each link at most once each way, even while maps differ', () => {
      const { network, nodes } = networkOf('ab bc cd da ac bd');
      const { a, b, c } = nodes;
      for (const node of Object.values(nodes)) node.join('lobby', `user-${node.name}`);
      network.run(500);
      if (!a || !b || !c) throw new Error('no three nodes');
      network.cut(b, c);
      const before = network.eventsSent;
      a.say('lobby', 'user-a', 'hello');
      network.run(20);
      // It crosses five links, in both directions, but does not go back to where it came from.
      expect(network.eventsSent - before).to.be.at.most(2 * 5);
      expect([b.heard, c.heard]).to.deep.equal([['hello'], ['hello']]);
    });

    it('tells nothing of messages to a server without members in the channel, but does pass them on', () => {
      const { network, a, b, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(200);
      a.say('lobby', 'ann', 'hello');
      network.run(20);
      expect(c.heard).to.deep.equal(['hello']);
      expect(b.delivered).to.deep.equal([]);
    });
  });

  describe('members', () => {
    it('tells a server that is linked later who is where, in channels that it has members in', () => {
      const { network, a, b, c } = threeNodes('ab c');
      a.join('lobby', 'ann');
      b.join('lobby', 'bob');
      b.join('tea', 'bob');
      c.join('lobby', 'cleo');
      network.run(500);
      network.link(c, b);
      network.run(500);
      expect(c.members('lobby')).to.deep.equal(['ann', 'bob']);
      expect(a.members('lobby')).to.deep.equal(['bob', 'cleo']);
      expect(c.members('tea')).to.deep.equal([]);
      expect([...c.mesh.channelsElsewhere()]).to.have.deep.members([
        ['lobby', { members: 2, server: b.id }],
        ['tea', { members: 1, server: b.id }],
      ]);
      expect(c.delivered.map((event) => event.type)).to.deep.equal(['join', 'join']);
    });

    it('tells of coming and going only to servers with members in the channel', () => {
      const { network, a, b, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(500);
      expect(c.members('lobby')).to.deep.equal(['ann']);
      expect(b.members('lobby')).to.deep.equal([]);
      b.join('lobby', 'bob');
      network.run(500);
      expect(b.members('lobby')).to.deep.equal(['ann', 'cleo']);
    });

    it('has everybody in place when a join is ready, after one round trip', () => {
      const { network, a, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      network.run(500);
      let members: string[] | undefined;
      const startMs = network.nowMs;
      c.mesh.prepare('lobby', () => {
        members = c.members('lobby');
      });
      expect(members).to.equal(undefined);
      while (members === undefined && network.nowMs < startMs + 1000) network.run(1);
      expect(members).to.deep.equal(['ann']);
      expect(network.nowMs - startMs).to.be.at.most(5);
    });

    it('keeps the members of a server that is out of reach for a moment, and says nothing', () => {
      const { network, a, b, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(500);
      network.cut(a, b);
      network.run(limits.lostAfterMs - 2000);
      network.link(a, b);
      network.run(2000);
      expect(a.members('lobby')).to.deep.equal(['cleo']);
      expect([...a.lost, ...c.lost]).to.deep.equal([]);
      expect(c.delivered.filter((event) => event.type !== 'join')).to.deep.equal([]);
    });

    it('drops the members of a server that is out of reach for long, in one notice a channel, and takes them back', () => {
      const { network, a, b, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      c.join('lobby', 'carl');
      network.run(500);
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
      const { network, a, c } = threeNodes('ab bc');
      a.join('lobby', 'ann');
      c.join('lobby', 'cleo');
      network.run(500);
      c.mesh.stop();
      network.run(200);
      expect(a.lost).to.deep.equal([{ channel: 'lobby', names: ['cleo'], server: 'c', cause: 'shut down' }]);
    });

    it('has forgotten a member who left while the link was down', () => {
      const { network, a, b } = threeNodes('ab c');
      for (const channel of ['lobby', 'tea']) {
        a.join(channel, 'ann');
        b.join(channel, 'bob');
      }
      b.join('lobby', 'ben');
      network.run(500);
      expect(a.members('lobby')).to.deep.equal(['ben', 'bob']);
      network.cut(a, b);
      b.leave('lobby', 'bob');
      b.leave('tea', 'bob');
      network.link(a, b);
      network.run(limits.gapMs + 500);
      expect(a.members('lobby')).to.deep.equal(['ben']);
      expect(a.members('tea')).to.deep.equal([]);
    });

    it('gives a name to one alone in the whole network', () => {
      const { network, a, b, c } = threeNodes('ab bc');
      const first = claim(b, 'bob', 5);
      network.run(100);
      const others = [claim(a, 'bob', 1), claim(c, 'bob', 9)];
      network.run(100);
      expect(first.granted).to.equal(true);
      expect(others.map(({ granted }) => granted)).to.deep.equal([false, false]);
      b.mesh.releaseName('bob');
      network.run(100);
      const again = claim(c, 'bob', 20);
      network.run(100);
      expect(again.granted).to.equal(true);
    });

    it('does not give up a name because a frame says in its own server’s name to do so', () => {
      const { network, a, b } = threeNodes('ab c');
      const names = Array.from({ length: 10 }, (_, i) => `user${i}`);
      for (const name of names) claim(b, name, 5);
      network.run(100);
      const link = a.mesh.neighbours.links.to(b.id);
      if (!link) throw new Error('no link');
      for (const name of names) {
        const inner = encodePeerFrame({ type: 'release', name, sinceMs: 5 });
        network.send(a, link.id, encodeRouted({ to: b.id, from: b.id, hopsLeft: 3, inner }));
      }
      network.run(100);
      const taken = names.map((name) => claim(a, name, 10));
      network.run(100);
      expect(taken.map(({ granted }) => granted)).to.deep.equal(names.map(() => false));
    });

    it('lets a name be taken again while the server that had it is out of reach', () => {
      const { network, a, b } = threeNodes('ab c');
      claim(b, 'bob', 5);
      network.run(100);
      network.cut(a, b);
      network.run(100);
      const outcome = claim(a, 'bob', 200);
      network.run(100);
      expect(outcome.granted).to.equal(true);
      network.link(a, b);
      network.run(limits.namesAgainMs);
      expect([a.namesLost, b.namesLost]).to.deep.equal([['bob'], []]);
    });

    it('takes a direct message to where its receiver is', () => {
      const { network, a, c } = threeNodes('ab bc');
      claim(c, 'cleo', 5);
      c.users.add('cleo');
      network.run(100);
      const outcomes: string[] = [];
      for (const to of ['cleo', 'nobody']) {
        const message = { type: 'msg', id: `x-${to}`, to, from: 'ann', text: 'psst', at: 1 } as const;
        a.mesh.sendDirect(message, (outcome) => outcomes.push(`${to} ${outcome}`));
      }
      network.run(1000);
      expect(outcomes).to.deep.equal(['cleo delivered', 'nobody no-such-user']);
      expect(c.directs.map(({ id }) => id)).to.deep.equal(['x-cleo']);
    });
  });
});
