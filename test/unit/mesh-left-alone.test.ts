import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { encodeRouted } from '../../lib/wire/peer-event.js';
import { decodePeerFrame, encodePeerFrame } from '../../lib/wire/peer-frame.js';
import { forgottenMs, idleMs, leftAlone, mentionsOf } from '../helpers/left-alone.js';
import { threeNodes } from '../helpers/mesh-network.js';

describe('a server that is left alone', () => {
  it('forgets others while its own members stay, and everything once they are gone', () => {
    const { network, a, b, c } = threeNodes('ab bc');
    for (const node of [a, b, c]) {
      node.mesh.claimName(`${node.name}-user`, 1, () => {});
      node.users.add(`${node.name}-user`);
      for (const channel of ['lobby', `${node.name}-room`]) node.join(channel, `${node.name}-user`);
    }
    network.run(2_000);
    for (const node of [a, b, c]) node.say('lobby', `${node.name}-user`, 'hello');
    const outcomes: string[] = [];
    const direct = (to: string) =>
      a.mesh.sendDirect({ type: 'msg', id: to, to, from: 'a-user', text: to, at: 1 }, (what) =>
        outcomes.push(what),
      );
    for (const to of ['b-user', 'c-user']) direct(to);
    network.run(2_000);
    expect(outcomes).to.deep.equal(['delivered', 'delivered']);
    expect(leftAlone(a.mesh)).to.include('Directs.#found: 2');
    // It asks for a channel in which, as far as this server knows, it has no interest.
    const inner = encodePeerFrame({ type: 'ask', channels: ['elsewhere'] });
    const bytes = encodeRouted({ to: a.id, from: c.id, hopsLeft: 3, inner });
    const [link] = a.mesh.neighbours.links.active();
    const frame = decodePeerFrame(bytes);
    if (link && frame) a.mesh.frame(link.id, frame, bytes);
    const gone = new Set([b.id, c.id]);
    expect(mentionsOf(gone, a.mesh)).to.include.members([
      'Asks.#owed.*',
      'OwnStreams.#streams.*.bases.*',
      'SeenNumbers.#windows.*',
    ]);
    network.kill(b);
    network.kill(c);
    network.run(forgottenMs);
    expect(mentionsOf(gone, a.mesh)).to.deep.equal([]);
    expect(a.members('lobby')).to.deep.equal([]);
    for (const channel of ['lobby', 'a-room']) a.leave(channel, 'a-user');
    a.mesh.releaseName('a-user');
    network.run(idleMs);
    expect(leftAlone(a.mesh)).to.deep.equal([]);
  });

  it('has nothing left of a link that was set aside for another one, on which what the other end knows differed', () => {
    const { network, a, b } = threeNodes('ab bc');
    const [first] = a.mesh.neighbours.links.active();
    if (!first) throw new Error('no link');
    // Of two links the one that a dialled survives, because a has the lower id.
    const info = {
      id: 99,
      node: b.id,
      name: 'b',
      listensAt: b.address,
      dialled: undefined,
      encrypted: false,
    };
    a.mesh.linkUp(info);
    expect([...a.mesh.neighbours.links.active()].map(({ id }) => id)).to.deep.equal([first.id]);
    const ping = { type: 'ping', view: 1, interest: 1 } as const;
    a.mesh.frame(99, ping, encodePeerFrame(ping));
    a.mesh.linkDown(99, 'closed');
    network.kill(b);
    network.run(forgottenMs + limits.peerTickMs);
    expect(leftAlone(a.mesh)).to.deep.equal([]);
  });
});
