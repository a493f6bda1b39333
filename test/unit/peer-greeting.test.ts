import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { encodePeerFrame } from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { greetingReaders } from '../../lib/wire/peer-greeting.js';
import { forSeeds, type Random } from '../helpers/random.js';

/** A HELLO, an AUTH or a BYE with valid, nearly valid and invalid values. */
function randomGreeting(random: Random): Buffer {
  const hex = (bytes: number): string => random.bytes(bytes).toString('hex');
  switch (random.below(3)) {
    case 0:
      return encodePeerFrame({
        ...{ type: 'hello', protocol: random.pick([0, 1, 2, 3, 2 ** 40]), oldest: random.pick([0, 2, 9]) },
        ...{ node: hex(16), name: random.pick(['zoe', 'z z']), version: '', probe: random.chance(0.5) },
        ...{ host: random.pick(['192.0.2.7', 'x', '']), port: random.pick([0, 1, 65_536]) },
        ...{ key: hex(random.pick([31, 32])), nonce: hex(16) },
      });
    case 1:
      return encodePeerFrame({ type: 'auth', signature: hex(64), mac: random.pick(['', hex(32), 'x']) });
    default:
      return encodePeerFrame({ type: 'bye', reason: random.pick(['full', 'other']), message: hex(3) });
  }
}

describe('fuzzing how peers greet', () => {
  it('gives frames, or a protocol error, nothing else', () => {
    forSeeds(400, (random) => {
      const frame = randomGreeting(random);
      if (random.chance(0.7)) frame[random.below(frame.length)] = random.below(256);
      const decoder = new PeerFrameDecoder(limits.helloFrameBytes);
      let frames = 0;
      try {
        for (const piece of random.cut(Buffer.concat([frame, frame]))) decoder.push(piece, () => frames++);
        expect(frames).to.be.at.most(2);
      } catch (error) {
        expect(error).to.be.instanceOf(PeerProtocolError);
      }
    });
  });
});

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
