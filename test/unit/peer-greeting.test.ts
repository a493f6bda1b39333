import { expect } from 'chai';
import { greetingReaders } from '../../lib/wire/peer-greeting.js';

const hello = {
  ...{ protocol: 2, oldest: 2, node: 'a1'.repeat(16), name: 'alpha', version: '0.2.0', host: '192.0.2.7' },
  ...{ port: 30303, probe: false, key: 'b2'.repeat(32), nonce: 'c3'.repeat(16) },
};

describe('what begins and ends a connection between servers', () => {
  it('may be a HELLO of protocol 1, though it lacks what later ones have', () => {
    const old = { protocol: 1, node: hello.node, name: 'old', version: '0.1.0', port: 30303, probe: false };
    expect(greetingReaders.hello(old)).to.deep.equal({
      type: 'hello',
      ...old,
      oldest: 1,
      key: '',
      nonce: '',
    });
  });

  it('has no host that is not an IP address in its one spelling', () => {
    expect(greetingReaders.hello(hello)).to.have.property('host', '192.0.2.7');
    for (const host of ['example.org', '127.1', '::FFFF:1.2.3.4', 5]) {
      expect(greetingReaders.hello({ ...hello, host })).not.to.have.property('host');
    }
  });

  it('may be a BYE for a reason of later versions', () => {
    const bye = greetingReaders.bye({ reason: 'whim', message: 'they felt like it' });
    expect(bye).to.deep.equal({ type: 'bye', reason: 'other', message: 'they felt like it' });
    expect(greetingReaders.bye({ message: 'no reason' })).to.equal(undefined);
  });

  it('has whole proofs or none', () => {
    const signature = 'd4'.repeat(64);
    expect(greetingReaders.auth({ signature })).to.deep.equal({ type: 'auth', signature, mac: '' });
    expect(greetingReaders.auth({ signature, mac: 'e5' })).to.equal(undefined);
    expect(greetingReaders.auth({ signature: 'abcd' })).to.equal(undefined);
  });
});
