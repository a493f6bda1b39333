/**
 * Commands that need the network, which answers late. Nothing overtakes them, and no other client waits. [PROTOCOL 2,
 * 3]
 */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { HeldNetwork } from '../helpers/held-network.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

function heldRelay(options: Parameters<typeof relayByHand>[0] = {}) {
  const { relay, clock } = relayByHand(options);
  const network = new HeldNetwork();
  relay.useNetwork(network);
  /** A member whose join is answered at once. */
  const member = (name: string, ...channels: string[]): MemoryClient => {
    const client = new MemoryClient(relay);
    for (const channel of channels) client.say({ type: 'join', channel, name });
    network.answerAll();
    clock.endTurn();
    client.hear();
    return client;
  };
  const newcomer = (): MemoryClient => {
    const client = new MemoryClient(relay);
    client.hear();
    return client;
  };
  return { relay, clock, network, member, newcomer };
}

const kinds = (client: MemoryClient) => client.hear().map(({ type, code }) => code ?? type);

describe('A relay whose network answers late', () => {
  describe('to a join', () => {
    it('asks for the name and the channel at once, and lets nobody in before both are there', () => {
      for (const first of ['claim ann', 'prepare lobby']) {
        const { relay, network, newcomer } = heldRelay();
        const ann = newcomer();
        ann.say({ type: 'join', channel: 'lobby', name: 'ann', ref: 1 });
        expect(network.waiting).to.deep.equal(['claim ann', 'prepare lobby']);
        network.answer(first);
        expect(ann.hear()).to.deep.equal([]);
        expect([...relay.directory.all()]).to.deep.equal([]);
        expect(network.noted).to.deep.equal([]);
        network.elsewhere.set('lobby', ['zoe']);
        network.answer();
        expect(ann.hear()).to.deep.equal([
          { type: 'joined', channel: 'lobby', name: 'ann', members: ['ann', 'zoe'], ref: 1 },
        ]);
        expect(network.noted).to.deep.equal([{ type: 'join', channel: 'lobby', name: 'ann' }]);
      }
    });

    it('says nothing of the channel before `joined`, and all of it after', () => {
      const { clock, network, member, newcomer } = heldRelay();
      const bob = member('bob', 'lobby');
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      bob.say({ type: 'msg', text: 'too early' });
      clock.endTurn();
      expect(bob.hear()).to.deep.equal([]);
      bob.say({ type: 'msg', text: 'too early by a little' });
      network.answerAll();
      bob.say({ type: 'msg', text: 'in time' });
      clock.endTurn();
      expect(ann.hear().map(({ type, text }) => text ?? type)).to.deep.equal(['joined', 'in time']);
    });

    it('asks for no name once there is one, nor for anything when one is in the channel', () => {
      const { network, member } = heldRelay();
      const ann = member('ann', 'lobby');
      ann.say({ type: 'join', channel: 'hall' });
      ann.say({ type: 'join', channel: 'hall' });
      expect(network.waiting).to.deep.equal(['prepare hall']);
      network.answer();
      expect(kinds(ann)).to.deep.equal(['joined', 'joined']);
      expect(network.waiting).to.deep.equal([]);
    });

    it('refuses a name that is taken elsewhere, without waiting for the channel, and keeps no trace', () => {
      const { relay, network, newcomer } = heldRelay();
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann', ref: 1 });
      network.refuse('claim ann');
      const [error, ...more] = ann.hear();
      expect(error).to.deep.include({ type: 'error', code: 'name-taken', ref: 1 });
      network.answerAll();
      expect([...more, ...ann.hear()]).to.deep.equal([]);
      expect(relay.channels.size).to.equal(0);
      expect(network.claimedAt.size).to.equal(0);
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      network.answerAll();
      expect(kinds(ann)).to.deep.equal(['joined']);
    });

    it('refuses a name that another session here is about to have, without asking for anything', () => {
      const { network, newcomer } = heldRelay();
      const [first, second] = [newcomer(), newcomer()];
      first.say({ type: 'join', channel: 'lobby', name: 'ann' });
      second.say({ type: 'join', channel: 'hall', name: 'ANN' });
      second.say({ type: 'nick', name: 'Ann' });
      expect(kinds(second)).to.deep.equal(['name-taken', 'name-taken']);
      expect(network.waiting).to.deep.equal(['claim ann', 'prepare lobby']);
      network.refuse('claim ann');
      second.say({ type: 'join', channel: 'hall', name: 'ANN' });
      network.answerAll();
      expect(kinds(first)).to.deep.equal(['name-taken']);
      expect(kinds(second)).to.deep.equal(['joined']);
    });

    for (const granted of [false, true]) {
      it(`refuses a name that is lost on the way, ${granted ? 'after' : 'before'} it was granted`, () => {
        const { relay, network, newcomer } = heldRelay();
        const ann = newcomer();
        ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
        if (granted) network.answer('claim ann');
        relay.nameLost('ann', network.claimedAt.get('ann') ?? 0);
        network.answerAll();
        expect(kinds(ann)).to.deep.equal(['name-taken']);
        expect(network.claimedAt.size).to.equal(0);
        expect(relay.channels.size).to.equal(0);
      });
    }

    it('lets in under the name that a session has by then', () => {
      const { relay, network, member } = heldRelay({ random: () => 0 });
      const ann = member('ann', 'lobby');
      ann.say({ type: 'join', channel: 'hall', ref: 1 });
      relay.nameLost('ann', network.claimedAt.get('ann') ?? 0);
      network.answer('claim ann-aaaa');
      ann.hear();
      network.answerAll();
      expect(ann.hear()).to.deep.equal([
        { type: 'joined', channel: 'hall', name: 'ann-aaaa', members: ['ann-aaaa'], ref: 1 },
      ]);
    });
  });

  describe('to the commands of one session', () => {
    it('carries out what was said meanwhile after it, in order, and answers errors in their place', () => {
      const { clock, network, member, newcomer } = heldRelay();
      const bob = member('bob', 'lobby', 'hall');
      const ann = newcomer();
      const said = [
        { type: 'join', channel: 'lobby', name: 'ann', ref: 1 },
        { type: 'msg', text: 'one', ref: 2 },
        { type: 'nonsense', ref: 3 },
        { type: 'leave', channel: 'lobby', ref: 4 },
        { type: 'msg', text: 'to nobody', ref: 5 },
        { type: 'join', channel: 'hall', ref: 6 },
        { type: 'nick', name: 'anna', ref: 7 },
        { type: 'msg', text: 'two', ref: 8 },
        { type: 'msg', to: 'zoe', text: 'psst', ref: 9 },
        { type: 'names', channel: 'hall', ref: 10 },
        { type: 'ping', ref: 11 },
      ];
      for (const message of said) ann.say(message);
      expect(ann.hear()).to.deep.equal([]);
      while (network.waiting.length > 0) {
        network.answer();
        clock.endTurn();
      }
      const heard = ann.hear();
      expect(heard.map(({ ref }) => ref)).to.deep.equal(said.map(({ ref }) => ref));
      expect(heard.map(({ type, code }) => code ?? type)).to.deep.equal([
        'joined',
        'ok',
        'malformed',
        'left',
        'not-joined',
        'joined',
        'nick',
        'ok',
        'ok',
        'names',
        'pong',
      ]);
      expect(bob.hear().map(({ type, channel, text, name }) => [channel, text ?? type, name])).to.deep.equal([
        ['lobby', 'join', 'ann'],
        ['lobby', 'one', undefined],
        ['lobby', 'leave', 'ann'],
        ['hall', 'join', 'ann'],
        ['hall', 'nick', 'anna'],
        ['hall', 'two', undefined],
      ]);
    });

    it('holds up nobody else', () => {
      const { clock, member, newcomer } = heldRelay();
      const [bob, cat] = [member('bob', 'lobby'), member('cat', 'lobby')];
      bob.hear();
      newcomer().say({ type: 'join', channel: 'lobby', name: 'ann' });
      bob.say({ type: 'msg', text: 'hi', ref: 1 });
      clock.endTurn();
      expect(kinds(bob)).to.deep.equal(['ok']);
      expect(kinds(cat)).to.deep.equal(['msg']);
    });

    it('counts them against the rate when they are carried out', () => {
      const { clock, network, newcomer } = heldRelay({ commandsPerSecond: 0.4 });
      const ann = newcomer();
      for (const type of ['join', 'ping', 'ping']) ann.say({ type, channel: 'lobby', name: 'ann' });
      expect(ann.hear()).to.deep.equal([]);
      network.answerAll();
      expect(kinds(ann)).to.deep.equal(['joined', 'pong', 'rate-limited']);
      clock.advance(2500);
      ann.say({ type: 'ping' });
      expect(kinds(ann)).to.deep.equal(['pong']);
    });

    it(`has no more read once ${limits.commandsWaiting} wait, and goes on when there is room; none is lost`, () => {
      const { network, newcomer } = heldRelay();
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      const refs = Array.from({ length: limits.commandsWaiting + 10 }, (_, ref) => ref);
      for (const ref of refs) {
        expect(ann.isRead, `with ${ref} waiting`).to.equal(ref < limits.commandsWaiting);
        ann.say({ type: 'ping', ref });
      }
      network.answerAll();
      expect(ann.isRead).to.equal(true);
      expect(ann.hear().map(({ type, ref }) => ref ?? type)).to.deep.equal(['joined', ...refs]);
    });

    it('stops again where the next one needs the network as well', () => {
      const { network, newcomer } = heldRelay();
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      for (let i = 0; i < limits.commandsWaiting; i++) ann.say({ type: 'join', channel: `hall${i % 30}` });
      expect(ann.isRead).to.equal(false);
      network.answer();
      expect(ann.isRead).to.equal(false);
      network.answer();
      expect(ann.isRead).to.equal(true);
      expect(network.waiting).to.deep.equal(['prepare hall0']);
      network.answerAll();
      expect(kinds(ann)).to.have.length(1 + limits.commandsWaiting);
    });
  });

  describe('to a session that has ended meanwhile', () => {
    it('gives up the name, and lets nobody in', () => {
      const { relay, clock, network, newcomer } = heldRelay();
      for (const early of [undefined, 'claim ann', 'prepare lobby']) {
        const ann = newcomer();
        ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
        ann.say({ type: 'msg', text: 'never said' });
        if (early !== undefined) network.answer(early);
        ann.vanish();
        network.answerAll();
        clock.endTurn();
        expect(ann.hear()).to.deep.equal([]);
        expect(network.claimedAt.size).to.equal(0);
      }
      expect(network.published).to.deep.equal([]);
      expect([...relay.directory.all()]).to.deep.equal([]);
    });

    it('gives up both names of one that was about to change it', () => {
      const { network, member } = heldRelay();
      const ann = member('ann', 'lobby');
      ann.say({ type: 'nick', name: 'anna' });
      ann.vanish();
      expect([...network.claimedAt.keys()]).to.deep.equal(['anna']);
      network.answerAll();
      expect(network.claimedAt.size).to.equal(0);
      expect(network.published.map(({ type }) => type)).to.deep.equal(['join', 'leave']);
    });

    it('reads on, so that the end of the connection is seen', () => {
      const { newcomer } = heldRelay();
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      for (let i = 0; i < limits.commandsWaiting; i++) ann.say({ type: 'ping' });
      expect(ann.isRead).to.equal(false);
      ann.vanish();
      expect(ann.isRead).to.equal(true);
    });

    it('says and does nothing for what else it had asked', () => {
      const { relay, network, member } = heldRelay();
      network.elsewhere.set('attic', ['zoe']);
      for (const message of [
        { type: 'msg', to: 'zoe', text: 'psst' },
        { type: 'names', channel: 'attic' },
        { type: 'join', channel: 'hall' },
      ]) {
        const ann = member('ann', 'lobby');
        ann.say(message);
        expect(network.waiting).to.have.length(1);
        ann.vanish();
        network.answerAll();
        expect(ann.hear()).to.deep.equal([]);
      }
      expect(relay.channels.size).to.equal(0);
    });

    it('harms nothing when the whole server has gone down meanwhile', () => {
      const { relay, network, newcomer } = heldRelay();
      const ann = newcomer();
      ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
      relay.shutDown();
      network.answerAll();
      expect(kinds(ann)).to.deep.equal(['notice']);
      expect(network.published).to.deep.equal([]);
    });
  });

  describe('to a nick', () => {
    it('keeps the old name until the new one is granted, and releases it then', () => {
      const { clock, network, member } = heldRelay();
      const [ann, bob] = [member('ann', 'lobby'), member('bob', 'lobby')];
      ann.hear();
      ann.say({ type: 'nick', name: 'Anna', ref: 1 });
      expect(ann.session?.name).to.equal('ann');
      expect([...network.claimedAt.keys()]).to.include.members(['ann', 'anna']);
      network.answer('claim anna');
      clock.endTurn();
      expect(ann.hear()).to.deep.equal([{ type: 'nick', name: 'Anna', from: 'ann', ref: 1 }]);
      expect(bob.hear()).to.deep.equal([{ type: 'nick', channel: 'lobby', name: 'Anna', from: 'ann' }]);
      expect([...network.claimedAt.keys()]).to.deep.equal(['bob', 'anna']);
    });

    it('keeps the old name for good when the new one is refused', () => {
      const { network, member } = heldRelay();
      const ann = member('ann', 'lobby');
      ann.say({ type: 'nick', name: 'zoe' });
      network.refuse('claim zoe');
      expect(kinds(ann)).to.deep.equal(['name-taken']);
      expect([...network.claimedAt.keys()]).to.deep.equal(['ann']);
      expect(ann.session?.name).to.equal('ann');
    });

    it('asks for nothing when only the spelling changes', () => {
      const { network, member } = heldRelay();
      const ann = member('ann', 'lobby');
      ann.say({ type: 'nick', name: 'ANN' });
      expect(ann.hear()).to.deep.equal([{ type: 'nick', name: 'ANN', from: 'ann' }]);
      expect(network.waiting).to.deep.equal([]);
    });
  });

  describe('to names', () => {
    it('makes a channel ready that only other servers have members in', () => {
      const { network, newcomer } = heldRelay();
      const guest = newcomer();
      network.elsewhere.set('attic', []);
      guest.say({ type: 'names', channel: 'attic', ref: 1 });
      expect(network.waiting).to.deep.equal(['prepare attic']);
      network.elsewhere.set('attic', ['zoe', 'Adam']);
      network.answer();
      expect(guest.hear()).to.deep.equal([
        { type: 'names', channel: 'attic', members: ['Adam', 'zoe'], ref: 1 },
      ]);
    });

    it('answers at once for a channel with members here, or with none anywhere', () => {
      const { network, member } = heldRelay();
      const guest = member('ann', 'lobby');
      member('bob', 'hall');
      network.elsewhere.set('hall', ['zoe']);
      for (const channel of ['lobby', 'hall', 'nowhere']) guest.say({ type: 'names', channel });
      expect(network.waiting).to.deep.equal([]);
      expect(guest.hear().map(({ members }) => members)).to.deep.equal([['ann'], ['bob'], []]);
    });
  });
});
