import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { noNetwork } from '../../lib/relay/network.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

const wide = '𠀀';

/** Many names, in order: all of the same length, in characters that take the most room. */
function longest(count: number, characters: number): string[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, i) => {
    return `${wide.repeat(characters - digits)}${String(i).padStart(digits, '0')}`;
  });
}

/** A member of the lobby on a server to whom the rest of the network is as given. */
function memberAmong(members: readonly string[], channels: ReadonlyMap<string, number>): MemoryClient {
  const { relay } = relayByHand();
  relay.useNetwork({ ...noNetwork, membersElsewhere: () => members, channelsElsewhere: () => channels });
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
