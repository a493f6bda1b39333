import { expect } from 'chai';
import { formatAddress, parseAddress, parseHost, parsePort, plainHost } from '../../lib/wire/address.js';

describe('parseAddress', () => {
  const good: readonly [string, string, number][] = [
    ['192.0.2.7:8545', '192.0.2.7', 8545],
    ['localhost:1', 'localhost', 1],
    ['chat.example.org:65535', 'chat.example.org', 65_535],
    ['my_host-2:80', 'my_host-2', 80],
    ['bücher.example:80', 'bücher.example', 80],
    ['[::1]:30303', '::1', 30_303],
    ['[2001:db8::1]:8545', '2001:db8::1', 8545],
    ['[::ffff:192.0.2.7]:80', '::ffff:192.0.2.7', 80],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['[fe80::1%7]:80', 'fe80::1%7', 80],
    ['[::1%lo]:80', '::1%lo', 80],
    ['xn--bcher-kva.example:80', 'xn--bcher-kva.example', 80],
  ];
  for (const [text, host, port] of good) {
    it(`reads ${text}`, () => expect(parseAddress(text)).to.deep.equal({ host, port }));
  }

  const bad = [
    '',
    ':',
    ':80',
    'host',
    'host:',
    'host:0',
    'host:65536',
    'host:123456',
    'host:-1',
    'host:+1',
    'host:8O',
    'host:1.5',
    'host: 80',
    ' host:80',
    'host:80 ',
    'host:80\n',
    'ho st:80',
    'a:b:80',
    '::1:80',
    '[::1]',
    '[::1]80',
    '[]:80',
    '[::1:80',
    '::1]:80',
    '[localhost]:80',
    '[192.0.2.7]:80',
    '[::1]x:80',
    'x[::1]:80',
    'host:８０',
    'user@host:80',
    'host/path:80',
    '\u001b[31mhost:80',
    'ho\u0000st:80',
    'ho\u202est:80',
    'xn--:80',
    '-host:80',
    '999.1.1.1:80',
    '[fe80::1%]:80',
    '[fe80::1%a b]:80',
    '127.0.0.1%lo:80',
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseAddress(text)).to.equal(undefined));
  }

  it('reads back what formatAddress wrote', () => {
    for (const [, host, port] of good) {
      expect(parseAddress(formatAddress(host, port))).to.deep.equal({ host, port });
    }
  });
});

describe('parsePort', () => {
  it('reads whole numbers from 0 to 65535', () => {
    expect(['0', '1', '8545', '65535'].map(parsePort)).to.deep.equal([0, 1, 8545, 65_535]);
  });

  for (const text of ['', '65536', '99999', '100000', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '1 ', 'a']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parsePort(text)).to.equal(undefined));
  }
});

describe('plainHost', () => {
  const cases: readonly [string, string][] = [
    ['[::1]', '::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['[::ffff:192.0.2.7]', '192.0.2.7'],
    ['::ffff:c000:207', '::ffff:c000:207'],
    ['192.0.2.7', '192.0.2.7'],
    ['example.org', 'example.org'],
  ];
  for (const [typed, plain] of cases) {
    it(`makes ${plain} of ${typed}`, () => expect(plainHost(typed)).to.equal(plain));
  }
});

describe('parseHost', () => {
  const hosts: readonly [string, string][] = [
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['192.0.2.7', '192.0.2.7'],
    ['[fe80::1%eth0.5]', 'fe80::1%eth0.5'],
    ['::1%lo', '::1%lo'],
    ['2001:DB8::1', '2001:DB8::1'],
    ['localhost', 'localhost'],
    ['example.org.', 'example.org.'],
    ['_dns.my_host', '_dns.my_host'],
    ['xn--zzzz-', 'xn--zzzz-'],
    ['BÜCHER.example', 'BÜCHER.example'],
    ['l·l.example', 'l·l.example'],
    ['名前。example', '名前。example'],
    ['نامه\u200cای.example', 'نامه\u200cای.example'],
    ['i❤.example', 'i❤.example'],
  ];
  for (const [text, host] of hosts) {
    it(`takes ${text}, which a URL takes, too`, () => {
      expect(parseHost(text)).to.equal(host);
      const inUrl = host.replace(/%.*/, '');
      expect(URL.canParse(`ws://${formatAddress(inUrl, 1)}`)).to.equal(true);
    });
  }

  const none = [
    '',
    '.',
    'xn--',
    'chat.xn--',
    'a b',
    'a/b',
    'a%b',
    'a?b',
    'a#b',
    'a@b',
    'a,b',
    '*',
    '8545',
    '0',
    '-x',
  ];
  const neither = [
    '1:2',
    '[localhost]',
    '127.0.0.256',
    '1.2.3.4.5',
    '::1%',
    '::1%a%b',
    'fe80::1%e/th',
    '::g',
  ];
  for (const text of [...none, ...neither]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseHost(text)).to.equal(undefined));
  }
});
