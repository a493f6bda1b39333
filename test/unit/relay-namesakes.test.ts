/** Members of the same name on several servers: what clients are told agrees with what `names` says. [PROTOCOL 3] */
import { expect } from 'chai';
import { noNetwork } from '../../lib/network.js';
import { normalForm } from '../../lib/wire/names.js';
import { deliver } from '../helpers/deliver.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import type { Message } from '../helpers/messages.js';
import { forSeeds, type Random } from '../helpers/random.js';

const names = ['ann', 'Ann', 'bob', 'cy', 'dee'] as const;
const channels = ['red', 'green'] as const;

/** The members on other servers, and the relay that is told of them. */
class Elsewhere {
  readonly #members = new Map<string, string[]>();
  readonly hand = relayByHand();

  constructor() {
    this.hand.relay.useNetwork({ ...noNetwork, membersElsewhere: (channel) => this.in(channel) });
  }

  in(channel: string): string[] {
    const members = this.#members.get(channel) ?? [];
    this.#members.set(channel, members);
    return members;
  }

  join(channel: string, name: string): void {
    this.in(channel).push(name);
    deliver(this.hand.relay, { type: 'join', channel, name });
  }

  leave(channel: string, name: string): void {
    this.#remove(channel, name);
    deliver(this.hand.relay, { type: 'leave', channel, name });
  }

  nick(channel: string, from: string, name: string): void {
    this.#remove(channel, from);
    this.in(channel).push(name);
    deliver(this.hand.relay, { type: 'nick', channel, name, from });
  }

  lose(channel: string, lost: readonly string[]): void {
    for (const name of lost) this.#remove(channel, name);
    this.hand.relay.membersLost(channel, lost, 'beta', 'went down');
  }

  #remove(channel: string, name: string): void {
    this.in(channel).splice(this.in(channel).indexOf(name), 1);
  }
}

/** The member lists of a client that applies what it is told, by normal forms. */
class Follower {
  readonly #lists = new Map<string, Set<string>>();

  hear(message: Message): void {
    const { type, channel, name, from, members, left } = message;
    const where = typeof channel === 'string' ? [channel] : [...this.#lists.keys()];
    const key = normalForm(String(name));
    if (type === 'joined' && Array.isArray(members)) this.#lists.set(String(channel), keysOf(members));
    if (type === 'left') this.#lists.delete(String(channel));
    if (type === 'names' && Array.isArray(members)) {
      const list = this.#lists.get(String(channel));
      if (list) expect([...list]).to.have.members([...keysOf(members)]);
    }
    for (const list of where.map((each) => this.#lists.get(each))) {
      if (type === 'join') list?.add(key);
      if (type === 'leave') list?.delete(key);
      if (type === 'nick' && list?.delete(normalForm(String(from)))) list.add(key);
      if (type === 'notice' && Array.isArray(left)) for (const gone of keysOf(left)) list?.delete(gone);
    }
  }
}

function keysOf(list: readonly unknown[]): Set<string> {
  return new Set(list.map((name) => normalForm(String(name))));
}

function step(random: Random, elsewhere: Elsewhere, client: MemoryClient): void {
  const channel = random.pick(channels);
  const name = random.pick(names);
  const there = elsewhere.in(channel);
  const actions = {
    join: () => client.say({ type: 'join', channel, name: client.session?.name ?? name }),
    leave: () => client.say({ type: 'leave', channel }),
    nick: () => client.say({ type: 'nick', name }),
    endTurn: () => elsewhere.hand.clock.endTurn(),
    remoteJoin: () => elsewhere.join(channel, name),
    remoteLeave: () => there.length > 0 && elsewhere.leave(channel, random.pick(there)),
    remoteNick: () => there.length > 0 && elsewhere.nick(channel, random.pick(there), name),
    lose: () => elsewhere.lose(channel, there.slice(random.below(1 + there.length))),
  };
  const often = [
    'join',
    'join',
    'leave',
    'nick',
    'endTurn',
    'remoteJoin',
    'remoteLeave',
    'remoteNick',
    'lose',
  ] as const;
  actions[random.pick(often)]();
}

describe('Members of one name on two servers', () => {
  it('stay on the lists of those who follow what they are told, as `names` has them', () => {
    forSeeds(200, (random) => {
      const elsewhere = new Elsewhere();
      const clients = [1, 2, 3].map(() => ({
        real: new MemoryClient(elsewhere.hand.relay),
        follower: new Follower(),
      }));
      for (let i = 0; i < 150; i++) {
        step(random, elsewhere, random.pick(clients).real);
        if (!random.chance(0.2)) continue;
        for (const channel of channels) random.pick(clients).real.say({ type: 'names', channel });
      }
      elsewhere.hand.clock.endTurn();
      for (const { real, follower } of clients) {
        for (const channel of channels) real.say({ type: 'names', channel });
        for (const message of real.hear()) follower.hear(message);
      }
    });
  });

  it('do not take each other off the list, whoever of them leaves, is renamed, or is lost', () => {
    const elsewhere = new Elsewhere();
    const { relay, clock } = elsewhere.hand;
    const ann = new MemoryClient(relay).join('red', 'ann');
    const bob = new MemoryClient(relay).join('red', 'bob');
    clock.endTurn();
    for (const client of [ann, bob]) client.hear();
    elsewhere.join('red', 'ann');
    elsewhere.nick('red', 'ann', 'zoe');
    elsewhere.nick('red', 'zoe', 'ann');
    elsewhere.leave('red', 'ann');
    elsewhere.join('red', 'ann');
    elsewhere.lose('red', ['ann']);
    clock.endTurn();
    expect(bob.hear()).to.deep.equal([
      { type: 'join', channel: 'red', name: 'zoe' },
      { type: 'leave', channel: 'red', name: 'zoe' },
    ]);
  });

  it('are not counted among the lost who have come back by another server already', () => {
    const elsewhere = new Elsewhere();
    for (const name of ['cy', 'dee']) elsewhere.join('red', name);
    const { relay, clock } = elsewhere.hand;
    const ann = new MemoryClient(relay).join('red', 'ann');
    elsewhere.join('red', 'cy');
    elsewhere.lose('red', ['cy', 'dee']);
    clock.endTurn();
    expect(ann.hear()).to.deep.equal([
      {
        type: 'notice',
        channel: 'red',
        text: 'Server beta went down; 1 member left with it.',
        left: ['dee'],
      },
    ]);
  });

  it('are told of one another to whoever had the name and takes another', () => {
    const elsewhere = new Elsewhere();
    const ann = new MemoryClient(elsewhere.hand.relay).join('red', 'ann');
    elsewhere.join('red', 'ann');
    ann.say({ type: 'nick', name: 'anna' });
    expect(ann.hear()).to.deep.equal([
      { type: 'nick', name: 'anna', from: 'ann' },
      { type: 'join', channel: 'red', name: 'ann' },
    ]);
  });

  it('are handed to the other servers as they are', () => {
    const published: unknown[] = [];
    const { relay } = relayByHand();
    relay.useNetwork({
      ...noNetwork,
      membersElsewhere: () => ['ann'],
      publish: (_channel, events) => published.push(...events.map(({ message }) => message)),
    });
    const ann = new MemoryClient(relay).join('red', 'ann');
    ann.say({ type: 'leave', channel: 'red' });
    expect(published).to.deep.equal([
      { type: 'join', channel: 'red', name: 'ann' },
      { type: 'leave', channel: 'red', name: 'ann', reason: undefined },
    ]);
  });
});
