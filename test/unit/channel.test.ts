import { expect } from 'chai';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import type { Message } from '../helpers/messages.js';

const texts = (messages: readonly Message[]) =>
  messages.filter(({ type }) => type === 'msg').map(({ text }) => text);
const types = (messages: readonly Message[]) => messages.map(({ type }) => type);

/** A relay with members of one channel, who have been told of each other. */
function channelOf(...names: readonly string[]) {
  const { relay, clock } = relayByHand();
  const members = names.map((name) => new MemoryClient(relay).join('lobby', name));
  clock.endTurn();
  for (const member of members) {
    member.hear();
    member.outbox.written.length = 0;
  }
  const member = (index: number): MemoryClient => {
    const found = members[index];
    if (!found) throw new Error(`there is no member ${index}`);
    return found;
  };
  return { relay, clock, members, member };
}

const msg = (text: string) => ({ type: 'msg', text });

describe('A channel', () => {
  it('hands nobody anything before the turn ends, and then everybody all of it at once', () => {
    const { clock, member } = channelOf('ann', 'bob', 'cat');
    for (const text of ['1', '2', '3']) member(0).say(msg(text));
    expect(member(1).hear()).to.deep.equal([]);
    clock.endTurn();
    expect(member(1).outbox.written).to.have.length(1);
    expect(texts(member(1).hear())).to.deep.equal(['1', '2', '3']);
    expect(texts(member(2).hear())).to.deep.equal(['1', '2', '3']);
  });

  it('hands all members of a lane the very same Buffer', () => {
    const { clock, member } = channelOf('ann', 'bob', 'cat', 'dan');
    member(0).say(msg('hello'));
    clock.endTurn();
    const [bob, cat, dan] = [1, 2, 3].map((i) => member(i).outbox.written);
    expect(bob).to.have.length(1);
    expect(cat?.[0]).to.equal(bob?.[0]);
    expect(dan?.[0]).to.equal(bob?.[0]);
  });

  it('hands each lane bytes of its own framing that say the same', () => {
    const { relay, clock } = relayByHand();
    const ann = new MemoryClient(relay, 'tcp').join('lobby', 'ann');
    const others = [
      new MemoryClient(relay, 'tcp').join('lobby', 'bob'),
      new MemoryClient(relay, 'websocket').join('lobby', 'cat'),
      new MemoryClient(relay, 'websocket').join('lobby', 'dan'),
    ];
    clock.endTurn();
    for (const other of others) other.hear();
    ann.say(msg('é€😀'));
    clock.endTurn();
    const [bob, cat, dan] = others;
    expect(cat?.outbox.written.at(-1)).to.equal(dan?.outbox.written.at(-1));
    expect(bob?.outbox.written.at(-1)).not.to.deep.equal(cat?.outbox.written.at(-1));
    const heard = bob?.hear() ?? [];
    expect(texts(heard)).to.deep.equal(['é€😀']);
    expect(cat?.hear()).to.deep.equal(heard);
    expect(dan?.hear()).to.deep.equal(heard);
  });

  it('does not tell speakers what they said themselves, and tells them the rest in order', () => {
    const { clock, member } = channelOf('ann', 'bob', 'cat');
    for (const [who, text] of [
      [0, 'a1'],
      [1, 'b1'],
      [0, 'a2'],
      [1, 'b2'],
      [1, 'b3'],
      [0, 'a3'],
    ] as const) {
      member(who).say(msg(text));
    }
    clock.endTurn();
    expect(texts(member(0).hear())).to.deep.equal(['b1', 'b2', 'b3']);
    expect(texts(member(1).hear())).to.deep.equal(['a1', 'a2', 'a3']);
    expect(texts(member(2).hear())).to.deep.equal(['a1', 'b1', 'a2', 'b2', 'b3', 'a3']);
  });

  it('writes nothing to the only one who spoke', () => {
    const { clock, member } = channelOf('ann');
    member(0).say(msg('hello?'));
    clock.endTurn();
    expect(member(0).outbox.written).to.deep.equal([]);
  });

  it('writes once to each of many speakers, without their own messages', () => {
    const names = Array.from({ length: 300 }, (_, i) => `user${i}`);
    const { clock, members } = channelOf(...names);
    members.forEach((member, i) => {
      member.say(msg(`from ${i}`));
    });
    clock.endTurn();
    const all = names.map((_, i) => `from ${i}`);
    members.forEach((member, i) => {
      expect(member.outbox.written).to.have.length(1);
      expect(texts(member.hear())).to.deep.equal(all.toSpliced(i, 1));
    });
  });

  it('does not tell a newcomer what came before, and tells what comes after', () => {
    const { relay, clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('before'));
    const cat = new MemoryClient(relay).join('lobby', 'cat');
    member(0).say(msg('after'));
    clock.endTurn();
    expect(texts(cat.hear())).to.deep.equal(['after']);
    expect(
      member(1)
        .hear()
        .map(({ type, text, name }) => text ?? `${type} ${name}`),
    ).to.deep.equal(['before', 'join cat', 'after']);
  });

  it('shares its bytes with newcomers too, who hear the end of them', () => {
    const { relay, clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('before'));
    const cat = new MemoryClient(relay).join('lobby', 'cat');
    for (const text of ['after', 'and on']) member(0).say(msg(text));
    clock.endTurn();
    expect(texts(cat.hear())).to.deep.equal(['after', 'and on']);
    expect(cat.outbox.written[0]?.buffer).to.equal(member(1).outbox.written[0]?.buffer);
  });

  it('writes nothing to a newcomer after whom nothing was said', () => {
    const { relay, clock, member } = channelOf('ann');
    member(0).say(msg('before'));
    const bob = new MemoryClient(relay).join('lobby', 'bob');
    clock.endTurn();
    expect(bob.outbox.written).to.deep.equal([]);
  });

  it('says `left` after everything that was published until then, and nothing of the channel after it', () => {
    const { clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('1'));
    member(0).say(msg('2'));
    member(1).say({ type: 'leave', channel: 'lobby' });
    member(0).say(msg('3'));
    clock.endTurn();
    expect(types(member(1).hear())).to.deep.equal(['msg', 'msg', 'left']);
    expect(types(member(0).hear())).to.deep.equal(['leave']);
  });

  it('tells somebody who leaves and comes back within a turn what was said while they were there', () => {
    const { clock, member } = channelOf('ann', 'bob', 'cat');
    member(0).say(msg('there'));
    member(1).say({ type: 'leave', channel: 'lobby' });
    member(0).say(msg('away'));
    member(1).say({ type: 'join', channel: 'lobby' });
    member(0).say(msg('back'));
    clock.endTurn();
    const heard = member(1).hear();
    expect(types(heard)).to.deep.equal(['msg', 'left', 'joined', 'msg']);
    expect(texts(heard)).to.deep.equal(['there', 'back']);
    expect(types(member(2).hear())).to.deep.equal(['msg', 'leave', 'msg', 'join', 'msg']);
  });

  it('tells nobody of a message twice who asks for names in the midst of a turn', () => {
    const { clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('1'));
    member(1).say({ type: 'names', channel: 'lobby' });
    member(0).say(msg('2'));
    member(1).say({ type: 'names', channel: 'lobby' });
    member(1).say({ type: 'names', channel: 'lobby' });
    member(0).say(msg('3'));
    clock.endTurn();
    const heard = member(1).hear();
    expect(heard.map(({ type, text }) => text ?? type)).to.deep.equal([
      '1',
      'names',
      '2',
      'names',
      'names',
      '3',
    ]);
  });

  it('answers `names` after the presence that those names follow from', () => {
    const { relay, clock, member } = channelOf('ann');
    const bob = new MemoryClient(relay).join('lobby', 'bob');
    bob.say({ type: 'nick', name: 'ben' });
    member(0).say({ type: 'names', channel: 'lobby' });
    bob.say({ type: 'leave', channel: 'lobby' });
    member(0).say({ type: 'names', channel: 'lobby' });
    clock.endTurn();
    expect(
      member(0)
        .hear()
        .map(({ type, members, name }) => members ?? `${type} ${name}`),
    ).to.deep.equal(['join bob', 'nick ben', ['ann', 'ben'], 'leave ben', ['ann']]);
  });

  it('answers a second `joined` after what was published until then', () => {
    const { clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('1'));
    member(1).say({ type: 'join', channel: 'lobby' });
    clock.endTurn();
    expect(types(member(1).hear())).to.deep.equal(['msg', 'joined']);
  });

  it('answers `nick` after what was published under the old name', () => {
    const { clock, member } = channelOf('ann', 'bob');
    member(0).say(msg('1'));
    member(1).say({ type: 'nick', name: 'ben' });
    member(1).say(msg('2'));
    clock.endTurn();
    expect(types(member(1).hear())).to.deep.equal(['msg', 'nick']);
    expect(
      member(0)
        .hear()
        .map(({ from, name, text }) => text ?? `${from} is ${name}`),
    ).to.deep.equal(['bob is ben', '2']);
  });

  it('says nothing more to a member whose connection was lost in the turn', () => {
    const { clock, member } = channelOf('ann', 'bob', 'cat');
    member(0).say(msg('1'));
    member(1).vanish();
    member(0).say(msg('2'));
    clock.endTurn();
    expect(member(1).hear()).to.deep.equal([]);
    expect(types(member(2).hear())).to.deep.equal(['msg', 'leave', 'msg']);
  });

  it('counts a delivery for each message and member', () => {
    const { relay, clock, member } = channelOf('ann', 'bob', 'cat');
    const before = relay.counters.deliveries;
    member(0).say(msg('to two'));
    member(1).say(msg('to two'));
    clock.endTurn();
    expect(relay.counters.deliveries - before).to.equal(4);
  });
});
