import { expect } from 'chai';
import { isOwnHost } from '../../lib/listen/own-host.js';

describe('isOwnHost', () => {
  const cases: readonly [string, string | undefined, boolean][] = [
    ['127.0.0.1', 'evil.example', false],
    ['::ffff:127.0.0.1', 'evil.example', false],
    ['::1', 'evil.example', false],
    ['::1', '[::1]:8546', true],
    ['::1', '[::ffff:127.0.0.1]', false],
    ['127.0.0.1', 'LOCALHOST:8546', true],
    ['127.0.0.1', '2130706433', true],
    ['127.0.0.1', 'user@evil.example', false],
    ['127.0.0.1', 'localhost@evil.example', false],
    ['127.0.0.1', 'nonsense:host:1', false],
    ['127.0.0.1', '', false],
    ['127.0.0.1', undefined, true],
    ['192.0.2.7', 'chat.example', true],
    ['2001:db8::7', 'chat.example', true],
  ];
  for (const [localAddress, host, own] of cases) {
    it(`says ${own} for ${host} at ${localAddress}`, () => {
      expect(isOwnHost(host, localAddress, [])).to.equal(own);
    });
  }
});
