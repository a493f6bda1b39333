/** A name that somebody elsewhere claimed earlier. [PROTOCOL 4] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { substituteFor } from '../../lib/relay/substitute-name.js';
import { characters, checkUserName } from '../../lib/wire/names.js';
import { deliver } from '../helpers/deliver.js';
import { HeldNetwork } from '../helpers/held-network.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';
import { forSeeds } from '../helpers/random.js';

/** Two members of two channels, in a network that is asked for substitutes that begin with `a`, then `b`, and so on. */
function annAndBob() {
  let asked = 0;
  const random = () => (asked++ >> 2) / 36;
  const { relay, clock } = relayByHand({ random });
  const network = new HeldNetwork();
  relay.useNetwork(network);
  const [ann, bob] = ['ann', 'bob'].map((name) => {
    const client = new MemoryClient(relay);
    for (const channel of ['lobby', 'hall']) client.say({ type: 'join', channel, name });
    return client;
  });
  if (!ann || !bob) throw new Error('there are two');
  network.answerAll();
  clock.endTurn();
  for (const client of [ann, bob]) client.hear();
  const lose = (key: string) => relay.nameLost(key, network.claimedAt.get(key) ?? 0);
  return { relay, clock, network, ann, bob, lose };
}

describe('A session whose name is somebody else’s', () => {
  it('is called otherwise as soon as that name is claimed; it is told why, and everybody in its channels', () => {
    const { clock, network, ann, bob, lose } = annAndBob();
    lose('ann');
    expect(network.waiting).to.deep.equal(['claim ann-aaaa']);
    ann.say({ type: 'msg', channel: 'lobby', text: 'still ann' });
    network.answer();
    ann.say({ type: 'msg', channel: 'lobby', text: 'now not' });
    clock.endTurn();
    const [nick, notice, ...more] = ann.hear();
    expect(nick).to.deep.equal({ type: 'nick', name: 'ann-aaaa', from: 'ann' });
    expect(notice).to.deep.include({ type: 'notice' });
    expect(notice?.text).to.match(/ann .*ann-aaaa.*nick/);
    expect(more).to.deep.equal([]);
    const heard = bob.hear();
    expect(heard.filter(({ channel }) => channel === 'hall')).to.deep.equal([
      { type: 'nick', channel: 'hall', name: 'ann-aaaa', from: 'ann' },
    ]);
    expect(
      heard.filter(({ channel }) => channel === 'lobby').map(({ type, from }) => [type, from]),
    ).to.deep.equal([
      ['msg', 'ann'],
      ['nick', 'ann'],
      ['msg', 'ann-aaaa'],
    ]);
    expect([...network.claimedAt.keys()]).to.deep.equal(['bob', 'ann-aaaa']);
    expect(network.published.filter(({ type }) => type === 'nick')).to.have.length(2);
  });

  it('is left alone when it claimed the name at another moment, or has it no more', () => {
    const { relay, network, ann } = annAndBob();
    const sinceMs = network.claimedAt.get('ann') ?? 0;
    relay.nameLost('ann', sinceMs - 1);
    relay.nameLost('ann', sinceMs + 1);
    relay.nameLost('zoe', sinceMs);
    expect(network.waiting).to.deep.equal([]);
    ann.say({ type: 'nick', name: 'anna' });
    network.answerAll();
    ann.hear();
    relay.nameLost('ann', sinceMs);
    expect(network.waiting).to.deep.equal([]);
    expect(ann.hear()).to.deep.equal([]);
  });

  it('is given another substitute when one is taken as well', () => {
    const { network, ann, lose } = annAndBob();
    lose('ann');
    network.refuse('claim ann-aaaa');
    expect(network.waiting).to.deep.equal(['claim ann-bbbbc']);
    network.answer();
    expect(ann.session?.name).to.equal('ann-bbbbc');
  });

  it('is given longer and longer substitutes, so that one is free however many have names like its own', () => {
    const { network, ann, lose } = annAndBob();
    lose('ann');
    const lengths: number[] = [];
    for (let [claim] = network.waiting; claim !== undefined; [claim] = network.waiting) {
      lengths.push(claim.length - 'claim ann-'.length);
      if (lengths.length < limits.substituteTries) network.refuse(claim);
      else network.answer(claim);
    }
    expect(lengths).to.deep.equal([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(ann.hear().map(({ type }) => type)).to.deep.equal(['nick', 'notice']);
  });

  it(`keeps its name after ${limits.substituteTries} substitutes that were taken, until it is lost again`, () => {
    const { network, ann, lose } = annAndBob();
    lose('ann');
    for (let i = 0; i < limits.substituteTries; i++) network.refuse();
    expect(network.waiting).to.deep.equal([]);
    expect(ann.session?.name).to.equal('ann');
    expect(ann.hear()).to.deep.equal([]);
    lose('ann');
    network.answer();
    expect(ann.hear().map(({ type }) => type)).to.deep.equal(['nick', 'notice']);
  });

  it('is renamed once, however often it is told of', () => {
    const { network, ann, lose } = annAndBob();
    for (let i = 0; i < 3; i++) lose('ann');
    expect(network.waiting).to.have.length(1);
    network.answerAll();
    expect(ann.hear().map(({ type }) => type)).to.deep.equal(['nick', 'notice']);
  });

  it('keeps the name that it has chosen itself meanwhile', () => {
    const { network, ann, lose } = annAndBob();
    lose('ann');
    ann.say({ type: 'nick', name: 'anna', ref: 1 });
    network.answer('claim anna');
    network.answerAll();
    expect(ann.hear()).to.deep.equal([{ type: 'nick', name: 'anna', from: 'ann', ref: 1 }]);
    expect([...network.claimedAt.keys()]).to.deep.equal(['bob', 'anna']);
  });

  it('gets the name that it had asked for, after the substitute', () => {
    const { network, ann, lose } = annAndBob();
    ann.say({ type: 'nick', name: 'anna', ref: 1 });
    lose('ann');
    network.answer('claim ann-aaaa');
    network.answerAll();
    expect(ann.hear().filter(({ type }) => type === 'nick')).to.deep.equal([
      { type: 'nick', name: 'ann-aaaa', from: 'ann' },
      { type: 'nick', name: 'anna', from: 'ann-aaaa', ref: 1 },
    ]);
    expect([...network.claimedAt.keys()]).to.deep.equal(['bob', 'anna']);
  });

  it('leaves no claim behind when it ends meanwhile', () => {
    const { network, ann, lose } = annAndBob();
    lose('ann');
    ann.vanish();
    network.answer();
    expect(network.waiting).to.deep.equal([]);
    expect([...network.claimedAt.keys()]).to.deep.equal(['bob']);
  });

  it('finds the one who has the name on its lists, if they share a channel', () => {
    const { relay, clock, network, ann, bob, lose } = annAndBob();
    deliver(relay, { type: 'join', channel: 'lobby', name: 'ann' });
    lose('ann');
    network.answerAll();
    clock.endTurn();
    expect(ann.hear().filter(({ type }) => type !== 'notice')).to.deep.equal([
      { type: 'nick', name: 'ann-aaaa', from: 'ann' },
      { type: 'join', channel: 'lobby', name: 'ann' },
    ]);
    bob.hear();
    bob.say({ type: 'names', channel: 'lobby' });
    expect(bob.hear()[0]?.members).to.deep.equal(['ann', 'ann-aaaa', 'bob']);
  });
});

describe('A substitute for a name', () => {
  it('begins like it, has as many characters more as it is to, and is legal whatever the name', () => {
    expect(substituteFor('ann', 4, () => 0.5)).to.equal('ann-ssss');
    const stems = ['_', 'Éva', '李雷', 'x'.repeat(limits.userNameCharacters), '𝒳'.repeat(32)];
    forSeeds(50, (random) => {
      for (const stem of stems) {
        const signCount = 4 + random.below(limits.substituteTries);
        const name = substituteFor(stem, signCount, () => random.below(1000) / 1000);
        expect(checkUserName(name)).to.equal(name);
        const longest = characters(stem) + 1 + signCount;
        expect(characters(name)).to.equal(Math.min(longest, limits.userNameCharacters));
        expect(/-([a-z0-9]+)$/.exec(name)?.[1]).to.have.length(signCount);
      }
    });
  });
});
