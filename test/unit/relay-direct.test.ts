/** Messages to one user. [PROTOCOL 2, 3] */
import { expect } from 'chai';
import type { DirectMessage } from '../../lib/wire/messages.js';
import { HeldNetwork } from '../helpers/held-network.js';
import { MemoryClient, relayByHand } from '../helpers/memory-client.js';

function inNetwork() {
  const { relay, clock } = relayByHand();
  const network = new HeldNetwork();
  relay.useNetwork(network);
  const member = (name: string, channel: string): MemoryClient => {
    const client = new MemoryClient(relay).join(channel, name);
    network.answerAll();
    client.hear();
    return client;
  };
  return { relay, clock, network, member };
}

const fromZoe: DirectMessage = { type: 'msg', id: 'z-1', to: 'ANN', from: 'zoe', text: 'psst', at: 7 };

describe('A direct message', () => {
  it('reaches a user of this server without asking the network, whatever channels they are in', () => {
    const { relay, network, member } = inNetwork();
    const [ann, bob] = [member('ann', 'lobby'), member('Bob', 'hall')];
    const cat = member('cat', 'hall');
    ann.say({ type: 'msg', to: 'BOB', text: 'psst', ref: 1 });
    const [ok] = ann.hear();
    expect(ok).to.deep.include({ type: 'ok', ref: 1 });
    const [heard, ...more] = bob.hear();
    expect(heard).to.deep.equal({
      type: 'msg',
      id: ok?.id,
      to: 'Bob',
      from: 'ann',
      text: 'psst',
      at: heard?.at,
    });
    expect([...more, ...cat.hear()]).to.deep.equal([]);
    expect(network.sent).to.deep.equal([]);
    expect(relay.counters).to.deep.include({ said: 1, direct: 1 });
  });

  it('is not answered when it has no ref, unless it did not arrive', () => {
    const { network, member } = inNetwork();
    const ann = member('ann', 'lobby');
    member('bob', 'lobby');
    ann.hear();
    for (const to of ['bob', 'zoe', 'nobody']) ann.say({ type: 'msg', to, text: 'psst' });
    network.answer('direct zoe');
    network.refuse('direct nobody');
    expect(ann.hear().map(({ type, code }) => code ?? type)).to.deep.equal(['no-such-user']);
  });

  it('goes to the network for anybody else, and is answered with what came of it', () => {
    const { network, member } = inNetwork();
    const ann = member('ann', 'lobby');
    for (const outcome of ['delivered', 'no-such-user', 'no-answer'] as const) {
      ann.say({ type: 'msg', to: 'Zoe', text: outcome, ref: outcome });
      expect(ann.hear()).to.deep.equal([]);
      if (outcome === 'delivered') {
        network.answer();
      } else {
        network.failure = outcome;
        network.refuse();
      }
      const [answer] = ann.hear();
      if (outcome === 'delivered') {
        expect(answer).to.deep.equal({ type: 'ok', id: network.sent.at(-1)?.id, ref: outcome });
      } else {
        expect(answer).to.deep.include({ type: 'error', code: outcome, ref: outcome });
      }
    }
    const [first] = network.sent;
    expect(first).to.deep.include({ type: 'msg', to: 'Zoe', from: 'ann', text: 'delivered' });
    expect(new Set(network.sent.map(({ id }) => id)).size).to.equal(3);
  });

  it('is refused of whoever has no name yet, and to oneself', () => {
    const { relay, network, member } = inNetwork();
    const stranger = new MemoryClient(relay);
    stranger.hear();
    stranger.say({ type: 'msg', to: 'ann', text: 'psst', ref: 1 });
    const [error] = stranger.hear();
    expect(error).to.deep.include({ code: 'not-joined', ref: 1 });
    expect(error?.message).to.match(/^Malformed: /);
    const ann = member('ann', 'lobby');
    ann.say({ type: 'msg', to: 'ANN', text: 'psst', ref: 2 });
    const [refused] = ann.hear();
    expect(refused).to.deep.include({ code: 'malformed', ref: 2 });
    expect(refused?.message).to.match(/^Malformed: .*your own name/);
    expect(network.sent).to.deep.equal([]);
  });

  it('may come from somebody who has a name and is in no channel', () => {
    const { relay, network, member } = inNetwork();
    const bob = member('bob', 'lobby');
    const ann = new MemoryClient(relay);
    ann.say({ type: 'nick', name: 'ann' });
    network.answerAll();
    ann.say({ type: 'msg', to: 'bob', text: 'psst' });
    expect(bob.hear().map(({ from, text }) => [from, text])).to.deep.equal([['ann', 'psst']]);
  });

  it('counts against the rate', () => {
    const { relay } = relayByHand({ commandsPerSecond: 0.4 });
    const bob = new MemoryClient(relay).join('lobby', 'bob');
    const ann = new MemoryClient(relay).join('lobby', 'ann');
    for (let i = 0; i < 3; i++) ann.say({ type: 'msg', to: 'bob', text: 'psst' });
    expect(ann.hear().map(({ code }) => code)).to.deep.equal(['rate-limited', 'rate-limited']);
    expect(bob.hear().filter(({ type }) => type === 'msg')).to.have.length(1);
  });

  it('from another server reaches whoever is called so, in the spelling of the one who is', () => {
    const { relay, member } = inNetwork();
    const ann = member('Ann', 'lobby');
    expect(relay.deliverDirect(fromZoe)).to.equal(true);
    expect(ann.hear()).to.deep.equal([{ ...fromZoe, to: 'Ann' }]);
    expect(relay.counters.direct).to.equal(1);
  });

  it('from another server is told to have found nobody, when nobody is called so, or not yet, or no more', () => {
    const { relay, network, member } = inNetwork();
    expect(relay.deliverDirect(fromZoe)).to.equal(false);
    const ann = new MemoryClient(relay);
    ann.say({ type: 'join', channel: 'lobby', name: 'ann' });
    network.answer('claim ann');
    expect(relay.deliverDirect(fromZoe)).to.equal(false);
    network.answerAll();
    expect(relay.deliverDirect(fromZoe)).to.equal(true);
    ann.vanish();
    expect(relay.deliverDirect(fromZoe)).to.equal(false);
    member('anna', 'lobby');
    expect(relay.deliverDirect(fromZoe)).to.equal(false);
  });
});
