/** Presence that is told together: in one message to clients that ask for it, and a little later in large channels. */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { gatherPresence } from '../../lib/relay/gather-presence.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import type { Message } from '../helpers/messages.js';
import { forSeeds } from '../helpers/random.js';

const channel = 'lobby';
const features = ['presence'];

function published(...changes: readonly string[]) {
  return changes.map((change) => {
    const name = change.slice(1);
    if (change.startsWith('+')) return new PublishedMessage({ type: 'join', channel, name });
    if (change.startsWith('-')) return new PublishedMessage({ type: 'leave', channel, name });
    return new PublishedMessage({ type: 'msg', id: 'i', channel, from: 'zoe', text: name, at: 1 });
  });
}

/** The member list of a client that applies what it is told. */
function follow(members: Iterable<unknown>, messages: readonly Message[]): Set<unknown> {
  const list = new Set<unknown>(members);
  const each = (names: unknown): unknown[] => (Array.isArray(names) ? names : []);
  for (const { type, name, from, joined, left } of messages) {
    if (type === 'join') list.add(name);
    if (type === 'leave') list.delete(name);
    if (type === 'nick') {
      list.delete(from);
      list.add(name);
    }
    for (const gone of each(left)) list.delete(gone);
    for (const come of each(joined)) list.add(come);
  }
  return list;
}

describe('who came and left, gathered', () => {
  const cases: readonly [string, readonly string[], readonly unknown[]][] = [
    ['one is told as he is', ['+ann'], [{ type: 'join', channel, name: 'ann' }]],
    [
      'several are one message',
      ['+ann', '+bob', '-cat'],
      [{ type: 'presence', channel, joined: ['ann', 'bob'], left: ['cat'] }],
    ],
    ['who came and left is not told', ['+ann', '-ann'], []],
    [
      'who left and came back is not told',
      ['-ann', '+ann', '+bob'],
      [{ type: 'join', channel, name: 'bob' }],
    ],
    [
      'who came back under another spelling is',
      ['-Ann', '+ann'],
      [{ type: 'presence', channel, joined: ['ann'], left: ['Ann'] }],
    ],
  ];
  for (const [title, changes, told] of cases) {
    it(title, () =>
      expect(gatherPresence(published(...changes)).map(({ message }) => message)).to.deep.equal(told),
    );
  }

  it('keeps its place among messages', () => {
    const told = gatherPresence(published('+ann', '+bob', ' 1', '-ann', ' 2', '+cat', '+dan'));
    expect(told.map(({ type }) => type)).to.deep.equal(['presence', 'msg', 'leave', 'msg', 'presence']);
  });

  it('leads to the list that single changes lead to', () => {
    forSeeds(200, (random) => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const there = new Set(names.filter(() => random.chance(0.5)));
      const before = [...there];
      const changes = Array.from({ length: random.below(20) }, () => {
        const name = random.pick(names);
        if (random.chance(0.2)) return ` ${name}`;
        if (there.delete(name)) return `-${name}`;
        there.add(name);
        return `+${name}`;
      });
      const told = gatherPresence(published(...changes)).map(({ json }) => JSON.parse(json) as Message);
      expect([...follow(before, told)].sort()).to.deep.equal([...there].sort());
    });
  });
});

describe('a client that asked for gathered presence', () => {
  it('is told in one message who came and left in a turn, and others one by one', () => {
    const { relay, clock } = relayByHand();
    const ann = new MemoryClient(relay);
    ann.say({ type: 'join', channel, name: 'ann', features });
    const bob = new MemoryClient(relay).join(channel, 'bob');
    clock.endTurn();
    for (const one of [ann, bob]) one.hear();
    const come = ['cat', 'dan', 'eve'].map((name) => new MemoryClient(relay).join(channel, name));
    come[0]?.vanish();
    clock.endTurn();
    expect(ann.hear()).to.deep.equal([{ type: 'presence', channel, joined: ['dan', 'eve'] }]);
    expect(bob.hear().map(({ type, name }) => `${type} ${name}`)).to.deep.equal([
      'join cat',
      'join dan',
      'join eve',
      'leave cat',
    ]);
  });

  it('is so from then on in all its channels, with what was said until then as it was', () => {
    const { relay, clock } = relayByHand();
    const ann = new MemoryClient(relay).join(channel, 'ann');
    clock.endTurn();
    const join = (name: string) => new MemoryClient(relay).join(channel, name);
    join('bob');
    join('cat');
    ann.say({ type: 'join', channel: 'hall', features: ['of a later version', ...features] });
    join('dan');
    join('eve');
    clock.endTurn();
    expect(ann.hear().map(({ type }) => type)).to.deep.equal(['join', 'join', 'joined', 'presence']);
  });

  it('says so in a list of words', () => {
    const { relay } = relayByHand();
    const ann = new MemoryClient(relay);
    for (const wrong of ['presence', [1], {}, null]) {
      ann.hear();
      ann.say({ type: 'join', channel, name: 'ann', features: wrong });
      expect(ann.hear()[0]).to.deep.include({ type: 'error', code: 'malformed' });
    }
  });
});

describe('in a large channel', () => {
  function large() {
    const { relay, clock } = relayByHand();
    const members = Array.from({ length: limits.presenceAtOnceMembers + 1 }, (_, i) =>
      new MemoryClient(relay, i % 2 === 0 ? 'tcp' : 'websocket').join(channel, `m${i}`),
    );
    const ann = new MemoryClient(relay);
    ann.say({ type: 'join', channel, name: 'ann', features });
    clock.advance(10 * limits.presenceRoundMs);
    clock.endTurn();
    clock.advance(10 * limits.presenceRoundMs);
    clock.endTurn();
    for (const one of [...members, ann]) one.hear();
    const first = members[0] ?? ann;
    return { relay, clock, ann, bob: first, members };
  }

  it('the first who comes is told at once, and those after him together, a little later', () => {
    const { relay, clock, ann, bob } = large();
    const come = (name: string) => {
      const one = new MemoryClient(relay).join(channel, name);
      clock.endTurn();
      return one;
    };
    come('x1');
    expect(ann.hear()).to.have.length(1);
    expect(bob.hear()).to.have.length(1);
    const x2 = come('x2');
    come('x3');
    x2.hear();
    expect([ann, bob].map((one) => one.hear())).to.deep.equal([[], []]);
    clock.advance(limits.presenceRoundMs);
    expect(ann.hear()).to.deep.equal([{ type: 'presence', channel, joined: ['x2', 'x3'] }]);
    expect(bob.hear().map(({ name }) => name)).to.deep.equal(['x2', 'x3']);
    expect(x2.hear().map(({ name }) => name)).to.deep.equal(['x3']);
  });

  it('whatever else is said takes along who came before it, and nobody after it', () => {
    const { relay, clock, ann, bob } = large();
    const come = ['x1', 'x2'].map((name) => {
      const one = new MemoryClient(relay).join(channel, name);
      clock.endTurn();
      return one;
    });
    ann.hear();
    bob.hear();
    come[1]?.say({ type: 'msg', text: 'hi' });
    clock.endTurn();
    expect(bob.hear().map(({ type }) => type)).to.deep.equal(['join', 'msg']);
    expect(ann.hear().map(({ type }) => type)).to.deep.equal(['join', 'msg']);
  });

  it('who asks for the names has been told of them first, and who leaves is spared', () => {
    const { relay, clock, ann, bob } = large();
    for (const name of ['x1', 'x2', 'x3']) {
      new MemoryClient(relay).join(channel, name);
      clock.endTurn();
    }
    ann.hear();
    bob.hear();
    ann.say({ type: 'names', channel });
    const [told, names] = ann.hear();
    expect(told).to.deep.equal({ type: 'presence', channel, joined: ['x2', 'x3'] });
    expect(names?.members).to.include.members(['x2', 'x3']);
    bob.say({ type: 'leave', channel });
    expect(bob.hear().map(({ type }) => type)).to.deep.equal(['left']);
  });

  it('a client that follows what it is told has the list that `names` gives, however turns and rounds go', () => {
    forSeeds(40, (random) => {
      const { clock, ann, bob, members } = large();
      const lists = new Map<MemoryClient, Set<unknown>>();
      const namesOf = (heard: readonly Message[]): readonly unknown[] => {
        const members = heard.at(-1)?.members;
        return Array.isArray(members) ? members : [];
      };
      const ask = (one: MemoryClient): Message[] => {
        one.say({ type: 'names', channel });
        return one.hear();
      };
      for (const one of [ann, bob]) lists.set(one, new Set(namesOf(ask(one))));
      const others = members.slice(1, 12);
      for (let i = 0; i < 150; i++) {
        const other = random.pick(others);
        const moves = { type: other.session?.channels.has(channel) ? 'leave' : 'join', channel };
        const { type } = moves;
        const what = random.below(10);
        if (what === 0) other.say({ type: 'nick', name: `n${i}` });
        else other.say(what === 1 && type === 'leave' ? { type: 'msg', channel, text: 'x' } : moves);
        if (random.chance(0.3)) clock.endTurn();
        if (random.chance(0.1)) clock.advance(random.below(2 * limits.presenceRoundMs));
        if (random.chance(0.9)) continue;
        for (const [one, list] of lists) {
          const heard = ask(one);
          const followed = follow(list, heard);
          lists.set(one, followed);
          expect([...followed].map(String).sort()).to.deep.equal(namesOf(heard).map(String).sort());
        }
      }
    });
  });

  it('many channels take turns, and none waits for long', () => {
    const { relay, clock } = relayByHand();
    const size = limits.presenceAtOnceMembers + 1;
    const count = Math.ceil(limits.presencePerRound / size) + 5;
    const listeners = Array.from({ length: count }, (_, i) => {
      const members = Array.from({ length: size }, (_, m) =>
        new MemoryClient(relay).join(`c${i}`, `c${i}m${m}`),
      );
      return members[0];
    });
    clock.endTurn();
    while (clock.timers > 0) clock.advance(limits.presenceRoundMs);
    for (const one of listeners) one?.hear();
    for (let i = 0; i < count; i++) new MemoryClient(relay).join(`c${i}`, `new${i}`);
    clock.endTurn();
    const told = () => listeners.filter((one) => (one?.hear().length ?? 0) > 0).length;
    const atOnce = told();
    expect(atOnce).to.equal(Math.ceil(limits.presencePerRound / (size + 1)));
    clock.advance(limits.presenceRoundMs);
    expect(told()).to.equal(count - atOnce);
    while (clock.timers > 0) clock.advance(limits.presenceRoundMs);
  });

  it('nothing waits any more when the server goes down', () => {
    const { relay, clock, bob } = large();
    for (const name of ['x1', 'x2']) {
      new MemoryClient(relay).join(channel, name);
      clock.endTurn();
    }
    relay.shutDown();
    expect(bob.hear().map(({ type }) => type)).to.deep.equal(['join', 'join', 'notice']);
    expect(clock.timers).to.equal(0);
  });
});
