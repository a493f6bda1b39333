import { expect } from 'chai';
import { plain, type Security } from '../../lib/peer/edge/connection.js';
import { Handshake } from '../../lib/peer/edge/handshake.js';
import { createIdentity, nodeCrypto } from '../../lib/peer/identity.js';
import { type Auth, decodePeerFrame, type Hello } from '../../lib/wire/peer-frame.js';
import { newKey } from '../helpers/link-servers.js';

type Role = 'dialler' | 'listener';
const nonces: Readonly<Record<Role, string>> = { dialler: '01'.repeat(16), listener: '02'.repeat(16) };

function handshake(role: Role, security: Security = plain, fields: Partial<Hello> = {}): Handshake {
  const identity = createIdentity();
  const { node, publicKey: key } = identity;
  const ownHello: Hello = {
    ...{ type: 'hello', protocol: 2, oldest: 2, node, name: role, version: '0', port: 1, probe: false },
    ...{ key, nonce: nonces[role] },
    ...fields,
  };
  return new Handshake({ role, ownHello, identity, crypto: nodeCrypto, security });
}

function helloOf(from: Handshake): [Hello, Buffer] {
  const frame = decodePeerFrame(from.helloBytes);
  if (frame?.type !== 'hello') throw new Error('no HELLO');
  return [frame, from.helloBytes];
}

function authOf(from: Handshake): Auth {
  const frame = decodePeerFrame(from.auth());
  if (frame?.type !== 'auth') throw new Error('no AUTH');
  return frame;
}

/** Two ends that have heard each other's HELLO. */
function greeted(dialler: Handshake, listener: Handshake): [Handshake, Handshake] {
  expect(dialler.takeHello(...helloOf(listener))).to.equal(undefined);
  expect(listener.takeHello(...helloOf(dialler))).to.equal(undefined);
  return [dialler, listener];
}

describe('the handshake of a link', () => {
  const key = newKey();
  const secured: Security = { key, exporter: 'ab'.repeat(32) };

  for (const security of [plain, secured]) {
    it(`lets both ends prove who they are ${security.key ? 'with' : 'without'} a network key`, () => {
      const [dialler, listener] = greeted(handshake('dialler', security), handshake('listener', security));
      expect(dialler.takeAuth(authOf(listener))).to.equal(undefined);
      expect(listener.takeAuth(authOf(dialler))).to.equal(undefined);
      expect(authOf(dialler).mac).to.have.length(security.key ? 64 : 0);
    });
  }

  it('takes no proof of another role, another connection, or another end', () => {
    const [dialler, listener] = greeted(handshake('dialler'), handshake('listener'));
    const [again, other] = greeted(handshake('dialler'), handshake('listener'));
    for (const [end, proof] of [
      [dialler, authOf(dialler)],
      [dialler, authOf(other)],
      [listener, authOf(again)],
    ] as const) {
      expect(end.takeAuth(proof)).to.include({ reason: 'auth' });
    }
  });

  it('takes no proof from another TLS session, which somebody in between would have', () => {
    const [dialler, listener] = greeted(
      handshake('dialler', secured),
      handshake('listener', { key, exporter: 'cd'.repeat(32) }),
    );
    expect(listener.takeAuth(authOf(dialler))).to.include({ reason: 'auth' });
  });

  it('takes no proof without the network key, or with another', () => {
    for (const others of [undefined, newKey()]) {
      const [dialler, listener] = greeted(
        handshake('dialler', { ...secured, key: others }),
        handshake('listener', secured),
      );
      const goodbye = listener.takeAuth(authOf(dialler));
      expect(goodbye?.there).to.include('the proof of the network key is wrong');
    }
  });

  it('notices a HELLO that was changed on the way', () => {
    const [dialler, listener] = [handshake('dialler'), handshake('listener')];
    const [hello] = helloOf(dialler);
    expect(dialler.takeHello(...helloOf(listener))).to.equal(undefined);
    const changed = Buffer.from(
      dialler.helloBytes.toString('latin1').replace('"port":1', '"port":2'),
      'latin1',
    );
    expect(listener.takeHello({ ...hello, port: 2 }, changed)).to.equal(undefined);
    expect(listener.takeAuth(authOf(dialler))).to.include({ reason: 'auth' });
  });

  it('takes no node id that is not that of the key', () => {
    const forger = handshake('dialler', plain, { node: createIdentity().node });
    expect(handshake('listener').takeHello(...helloOf(forger))).to.include({ reason: 'auth' });
  });

  for (const [protocol, oldest, name] of [
    [1, 1, 'dialler'],
    [5, 3, 'listener'],
  ] as const) {
    it(`ends when the other speaks ${oldest} to ${protocol}, and says which to update`, () => {
      const other = handshake('dialler', plain, { protocol, oldest });
      const goodbye = handshake('listener').takeHello(...helloOf(other));
      expect(goodbye).to.include({ reason: 'version' });
      expect(goodbye?.there).to.match(new RegExp(`update ${name}$`));
    });
  }

  it('goes on with one that is newer, but speaks this protocol, too', () => {
    greeted(handshake('dialler', plain, { protocol: 9, oldest: 2 }), handshake('listener'));
  });
});
