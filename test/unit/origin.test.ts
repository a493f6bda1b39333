import { expect } from 'chai';
import { hostOfOrigin, isOriginOf, parseOrigin } from '../../lib/wire/origin.js';

describe('parseOrigin', () => {
  const origins: readonly [string, string][] = [
    ['https://chat.example', 'https://chat.example'],
    ['HTTPS://Chat.Example', 'https://chat.example'],
    ['https://chat.example/', 'https://chat.example'],
    ['https://chat.example:443', 'https://chat.example'],
    ['http://chat.example:80/', 'http://chat.example'],
    ['http://chat.example:443', 'http://chat.example:443'],
    ['http://chat.example:8546', 'http://chat.example:8546'],
    ['https://B\u00fccher.example', 'https://xn--bcher-kva.example'],
    ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['http://127.1', 'http://127.0.0.1'],
    ['http://[::0001]:8546', 'http://[::1]:8546'],
    ['chrome-extension://ABCdef', 'chrome-extension://abcdef'],
    ['capacitor://localhost', 'capacitor://localhost'],
  ];
  for (const [text, origin] of origins) {
    it(`takes ${text} for ${origin}`, () => expect(parseOrigin(text)).to.equal(origin));
  }

  const none = [
    '',
    'null',
    'chat.example',
    'chat.example:443',
    '//chat.example',
    'https:',
    'https://',
    'https:///',
    'https:chat.example',
    'https://chat.example/page',
    'https://chat.example//',
    'https://chat.example?x',
    'https://chat.example#x',
    'https://user@chat.example',
    'https://*.example',
    'https://*',
    'https://chat.example:x',
    'https://chat.example:99999',
    'https://a.example, https://b.example',
    'https://a.example https://b.example',
    ' https://chat.example',
    'https://chat.exam\tple',
    'https://chat.example\\x',
    'ws://chat.example',
    'wss://chat.example',
    'file://',
    'file://host',
    'ftp://chat.example',
    'javascript:alert(1)',
  ];
  for (const text of none) {
    it(`takes ${JSON.stringify(text)} for none`, () => expect(parseOrigin(text)).to.equal(undefined));
  }
});

describe('isOriginOf', () => {
  const cases: readonly [string, string, boolean][] = [
    ['http://chat.example', 'chat.example', true],
    ['http://chat.example', 'CHAT.example:80', true],
    ['https://chat.example', 'chat.example', true],
    ['https://chat.example', 'chat.example:443', true],
    ['http://chat.example', 'chat.example:443', false],
    ['https://chat.example', 'chat.example:80', false],
    ['http://chat.example:8546', 'chat.example:8546', true],
    ['http://chat.example:8546', 'chat.example', false],
    ['https://xn--bcher-kva.example', 'b\u00fccher.example', true],
    ['http://chat.example', 'chat.example.evil.example', false],
    ['http://chat.example', 'user@chat.example', false],
    ['http://chat.example', '', false],
    ['capacitor://localhost', 'localhost', false],
  ];
  for (const [origin, authority, own] of cases) {
    it(`says ${own} for ${origin} at ${authority}`, () => {
      expect(isOriginOf(origin, authority)).to.equal(own);
    });
  }
});

describe('hostOfOrigin', () => {
  it('is the host of a web page alone, in its one spelling', () => {
    expect(hostOfOrigin('https://Chat.Example:8546')).to.equal('chat.example');
    expect(hostOfOrigin('capacitor://localhost')).to.equal(undefined);
    expect(hostOfOrigin('nonsense')).to.equal(undefined);
  });
});
