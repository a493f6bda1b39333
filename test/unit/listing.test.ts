import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { noNetwork } from '../../lib/network.js';
import { firstInOrder } from '../../lib/relay/first-in-order.js';
import type { RelayOptions } from '../../lib/relay/relay.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import { forSeeds } from '../helpers/random.js';

const wide = '𠀀';

/** Many names, sorted. All have the same length, and characters that take the most room. */
function longest(count: number, characters: number): string[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, i) => {
    return `${wide.repeat(characters - digits)}${String(i).padStart(digits, '0')}`;
  });
}

/** Channels of another server, with their members. */
function ofServer(counts: Iterable<readonly [string, number]>, server = 'beta') {
  return [...counts].map(([channel, members]) => [channel, { members, server }] as const);
}

/** A relay for which the rest of the network is as given. */
function relayAmong(
  members: readonly string[],
  channels: ReadonlyMap<string, number>,
  options: Partial<RelayOptions> = {},
) {
  const made = { names: 0, channels: 0 };
  const { relay, clock } = relayByHand(options);
  relay.useNetwork({
    ...noNetwork,
    membersElsewhere: () => {
      made.names++;
      return members;
    },
    channelsElsewhere: () => {
      made.channels++;
      return new Map(ofServer(channels));
    },
  });
  return { relay, clock, made };
}

/** A member of the lobby on a server for which the rest of the network is as given. */
function memberAmong(members: readonly string[], channels: ReadonlyMap<string, number>): MemoryClient {
  const { relay } = relayAmong(members, channels);
  const member = new MemoryClient(relay);
  member.hear();
  return member;
}

describe('A reply that lists', () => {
  const names = longest(limits.namesPerReply + 7, limits.userNameCharacters);
  const channelNames = longest(4 * limits.channelsPerReply, limits.channelNameCharacters);

  it('names every member, and says nothing of more, as long as there is room', () => {
    const ann = memberAmong(names.slice(0, limits.namesPerReply - 1), new Map());
    ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
    const [joined] = ann.hear();
    expect(joined?.members).to.have.length(limits.namesPerReply);
    expect(joined).not.to.have.any.keys('more');
  });

  it('names the first of too many members and counts the rest', () => {
    const ann = memberAmong(names, new Map());
    ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
    ann.say({ type: 'names', channel: 'lobby' });
    for (const { members, more } of ann.hear()) {
      expect(members).to.deep.equal(['ann', ...names.slice(0, limits.namesPerReply - 1)]);
      expect(more).to.equal(8);
    }
  });

  it('names the asker, wherever it stands', () => {
    const last = memberAmong(names, new Map());
    const name = `${wide}𡀀`;
    last.say({ type: 'join', channel: 'lobby', name });
    const [joined] = last.hear();
    expect(joined?.members).to.deep.equal([...names.slice(0, limits.namesPerReply - 1), name]);
    expect(joined?.more).to.equal(8);
  });

  it('lists the channels with the most members, sorted by name, and counts the rest', () => {
    const counts = new Map(channelNames.map((name, i) => [name, i % 4 === 0 ? 9 : 1 + (i % 3)]));
    const some = channelNames.filter((_, i) => i % 4 === 0);
    const ann = memberAmong([], counts);
    ann.say({ type: 'channels' });
    const [all] = ann.hear();
    expect(all?.channels).to.deep.equal(some.map((channel) => ({ channel, members: 9 })));
    expect(all?.more).to.equal(3 * limits.channelsPerReply);
  });

  it('gives each server a fair share of the channels, and what shares leave over to the largest', () => {
    const flood = ofServer(
      channelNames.map((name) => [name, 1_000]),
      'mallory',
    );
    const small = ofServer(
      names.slice(0, 20).map((name) => [name, 2]),
      'beta',
    );
    const { relay } = relayByHand();
    relay.useNetwork({ ...noNetwork, channelsElsewhere: () => new Map([...flood, ...small]) });
    const ann = new MemoryClient(relay).join('attic', 'ann');
    ann.say({ type: 'channels' });
    const [all] = ann.hear();
    expect(all?.channels).to.have.length(limits.channelsPerReply);
    expect(all?.channels).to.deep.include({ channel: 'attic', members: 1 });
    for (const [channel] of small) expect(all?.channels).to.deep.include({ channel, members: 2 });
  });

  it('takes the first by name of channels that are equally large', () => {
    const ann = memberAmong([], new Map(channelNames.toReversed().map((name) => [name, 1])));
    ann.say({ type: 'channels' });
    const [all] = ann.hear();
    const first = channelNames.slice(0, limits.channelsPerReply);
    expect(all?.channels).to.deep.equal(first.map((channel) => ({ channel, members: 1 })));
  });

  it('is far smaller than what an outbox takes, however long the names are', () => {
    const ann = memberAmong(names, new Map(channelNames.map((name) => [name, 1])));
    ann.say({ type: 'names', channel: 'lobby' });
    ann.say({ type: 'channels' });
    const [, ...replies] = ann.outbox.handed;
    expect(replies).to.have.length(2);
    for (const { length } of replies) expect(length).to.be.within(200_000, limits.outboxHardBytes / 2);
  });
});

describe('A long list', () => {
  const many = Array.from({ length: limits.listedAnew + 1 }, (_, i) => `name${String(i).padStart(5, '0')}`);
  const someChannels = new Map(many.map((name) => [name, 1]));
  const asks = [
    ['channels', { type: 'channels' }, 'channels'],
    ['the names of a channel that nobody here is in', { type: 'names', channel: 'hall' }, 'names'],
  ] as const;

  for (const [title, ask, kind] of asks) {
    it(`serves all who ask within a second: ${title}`, () => {
      const { relay, clock, made } = relayAmong(many, someChannels);
      const askers = Array.from({ length: 5 }, () => new MemoryClient(relay));
      for (const asker of askers) asker.say(ask);
      expect(made[kind]).to.equal(1);
      const [first, ...others] = askers.map((asker) => asker.hear().at(-1));
      expect(first?.more).to.equal(kind === 'channels' ? 1 : undefined);
      for (const other of others) expect(other).to.deep.equal(first);
      clock.advance(limits.listKeptMs);
      askers[0]?.say(ask);
      expect(made[kind]).to.equal(2);
    });

    it(`is made anew each time if it is short: ${title}`, () => {
      const few = many.slice(0, limits.listedAnew);
      const { relay, made } = relayAmong(few, new Map(few.map((name) => [name, 1])));
      const asker = new MemoryClient(relay);
      for (let i = 0; i < 3; i++) asker.say(ask);
      expect(made[kind]).to.equal(3);
    });
  }

  it('is kept of a few channels only', () => {
    const { relay, made } = relayAmong(many, new Map());
    const asker = new MemoryClient(relay);
    const askForAll = () => {
      for (let i = 0; i <= limits.listsKept; i++) asker.say({ type: 'names', channel: `hall${i}` });
    };
    askForAll();
    askForAll();
    expect(made.names).to.equal(2 * (limits.listsKept + 1));
  });

  for (const [title, ask, tokens] of [
    ['channels', { type: 'channels' }, 1 + limits.channelsPerReply / limits.channelsPerToken],
    ['names', { type: 'names', channel: 'hall' }, 2],
    ['a join', { type: 'join', channel: 'hall', name: 'ann' }, 2],
  ] as const) {
    it(`costs more than another command: ${title}`, () => {
      const { relay } = relayAmong(many, someChannels, { commandsPerSecond: limits.commandsPerSecond });
      const asker = new MemoryClient(relay);
      asker.say(ask);
      asker.hear();
      for (let i = 0; i < limits.commandBurst; i++) asker.say({ type: 'ping' });
      const pongs = asker.hear().filter(({ type }) => type === 'pong').length;
      expect(limits.commandBurst - pongs).to.equal(tokens);
    });
  }
});

describe('The first in an order', () => {
  it('are those that sorting all would put there', () => {
    forSeeds(200, (random) => {
      const items = Array.from({ length: random.below(300) }, (_, i) => ({ size: random.below(50), i }));
      const compare = (a: (typeof items)[0], b: (typeof items)[0]) => a.size - b.size || a.i - b.i;
      if (random.chance(0.2)) items.sort((a, b) => compare(b, a));
      const count = 1 + random.below(60);
      expect(firstInOrder(items, count, compare)).to.deep.equal({
        first: items.toSorted(compare).slice(0, count),
        total: items.length,
      });
    });
  });
});
