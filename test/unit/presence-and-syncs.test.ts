/** What is told of who is in a channel when a SYNC falls into the turn in which that changes. */
import { expect } from 'chai';
import type { ChannelEvent, Presence } from '../../lib/wire/messages.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import { type TestNode, threeNodes } from '../helpers/mesh-network.js';

const channel = 'lobby';
const join = (name: string): Presence => ({ type: 'join', channel, name });
const leave = (name: string): Presence => ({ type: 'leave', channel, name });
const nick = (from: string, name: string): Presence => ({ type: 'nick', channel, from, name });

/** Two linked servers, with ann at the first and bob at the second. */
function twoServers() {
  const { network, a, b } = threeNodes('ab c');
  a.join(channel, 'ann');
  network.run(500);
  b.join(channel, 'bob');
  network.run(500);
  a.delivered.length = 0;
  return { network, a, b };
}

/** Makes a server doubt what it knows of another, so that it asks for a SYNC. */
function doubt(node: TestNode, origin: TestNode, nowMs: number): void {
  const stream = node.mesh.exchange.inbound.get(origin.id, channel);
  if (!stream) throw new Error('there is no such stream');
  node.mesh.exchange.inbound.doubt(stream, nowMs);
}

/** The names that somebody has who was told that there is bob, and of these events; sorted. */
function namesAfter(events: readonly ChannelEvent[]): string[] {
  const names = ['bob'];
  const drop = (name: string) => {
    expect(names, 'who leaves is there').to.include(name);
    names.splice(names.indexOf(name), 1);
  };
  for (const event of events) {
    if (event.type === 'leave') drop(event.name);
    else if (event.type === 'nick') drop(event.from);
    if (event.type === 'join' || event.type === 'nick') names.push(event.name);
  }
  return names.sort();
}

describe('who is in a channel', () => {
  const turns: Record<string, { readonly turn: readonly Presence[]; readonly names: readonly string[] }> = {
    'somebody is renamed': { turn: [nick('bob', 'rob')], names: ['rob'] },
    'somebody is renamed twice': { turn: [nick('bob', 'rob'), nick('rob', 'bert')], names: ['bert'] },
    'somebody comes and is renamed': { turn: [join('cleo'), nick('cleo', 'zoe')], names: ['bob', 'zoe'] },
    'somebody is renamed and leaves': {
      turn: [nick('bob', 'rob'), leave('rob'), join('cleo')],
      names: ['cleo'],
    },
    'somebody leaves and comes back': { turn: [leave('bob'), join('bob')], names: ['bob'] },
    'two swap their names': {
      turn: [join('cleo'), nick('cleo', 'x'), nick('bob', 'cleo'), nick('x', 'bob')],
      names: ['bob', 'cleo'],
    },
  };
  for (const [what, { turn, names }] of Object.entries(turns)) {
    it(`is told once, though a SYNC is asked for in the turn in which ${what}`, () => {
      const { network, a, b } = twoServers();
      for (const event of turn) b.mesh.noteMember(event);
      // Nothing has been published, so the SYNC has none of it.
      const { seq, members } = b.mesh.exchange.stateFor(a.id, channel, network.nowMs);
      expect({ seq, members }).to.deep.equal({ seq: 1, members: ['bob'] });
      doubt(a, b, network.nowMs);
      network.run(1000);
      b.mesh.publish(
        channel,
        turn.map((event) => new PublishedMessage(event)),
      );
      network.run(1000);
      expect(namesAfter(a.delivered)).to.deep.equal(names);
      expect(a.members(channel)).to.have.members(names);
    });
  }

  it('is known at once to the server itself, for which what comes is meant', () => {
    const { network, a, b } = threeNodes('ab c');
    b.join(channel, 'bob');
    network.run(500);
    a.mesh.prepare(channel, () => a.mesh.noteMember(join('ann')));
    network.run(500);
    b.say(channel, 'bob', 'hello');
    network.run(10);
    expect(a.heard).to.deep.equal(['hello']);
    a.mesh.noteMember(leave('ann'));
    b.say(channel, 'bob', 'to nobody');
    network.run(10);
    expect(a.heard).to.deep.equal(['hello']);
  });

  it('is told as what changes, whatever another server says of a name that is not there or is there already', () => {
    const { network, a, b } = twoServers();
    const events = [nick('ann', 'zoe'), nick('zoe', 'bob'), nick('nobody', 'BOB'), leave('ann'), join('bob')];
    b.mesh.publish(
      channel,
      events.map((event) => new PublishedMessage(event)),
    );
    network.run(10);
    // For ann is a member of the other server, of whom this one has nothing to say.
    expect(a.delivered).to.deep.equal([join('zoe'), leave('zoe')]);
    expect(a.members(channel)).to.deep.equal(['bob']);
  });
});
