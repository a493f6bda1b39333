import { expect } from 'chai';
import { isTellable, placeOf, type Scope, scopeOf } from '../../lib/wire/scope.js';

const addresses: Readonly<Record<Scope, readonly string[]>> = {
  loopback: [
    '127.0.0.1',
    '127.255.255.254',
    '127.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2002:7f00:1:5::9',
  ],
  'link-local': [
    '169.254.0.1',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    '64:ff9b::169.254.169.254',
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '198.18.0.1',
    'fc00::1',
    'fdff::1',
    'fd00:ec3::254',
    'fd20:ce::255',
    '100.100.100.201',
    'fec0::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '2002:c0a8:101::1',
    '64:ff9b::10.1.2.3',
    '64:ff9b:1::10.1.2.3',
  ],
  public: [
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '192.169.0.1',
    '198.20.0.1',
    '192.0.2.7',
    '223.255.255.255',
    '2001:db8::1',
    '2a00:1450::5',
    '168.63.129.17',
    '192.0.1.1',
    '2001:200::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
  ],
  unusable: [
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '::ffff:0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    'ff02::1',
    '100::1',
    '2001::1',
    '4000::1',
    '2001:20::1',
    '2001:1ff::1',
    '192.0.0.192',
    '192.88.99.1',
    '64:ff9b:1::127.0.0.1',
    '64:ff9b:1::169.254.169.254',
    '100.100.100.200',
    '100.100.100.100',
    '168.63.129.16',
    '::ffff:100.100.100.200',
    '64:ff9b::168.63.129.16',
    '64:ff9b:1::100.100.100.200',
    '2002:6464:64c8::1',
    'fd00:ec2::254',
    'FD00:0EC2:0::253',
    'fd00:ec2::23%eth0',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    'fd00:a9fe:a9fe::1',
    'fd00:42::42',
    'fd7a:115c:a1e0::53',
    '',
    'localhost',
    'example.org',
    '10.0.0.0.1',
    '1:2',
  ],
};

describe('the scope of an address', () => {
  for (const [scope, hosts] of Object.entries(addresses)) {
    for (const host of hosts) {
      it(`of '${host}' is ${scope}`, () => expect(scopeOf(host)).to.equal(scope));
    }
  }

  const told: readonly [over: string, yes: readonly string[], no: readonly string[]][] = [
    ['127.0.0.1', ['127.0.0.2', '10.0.0.1', '8.8.8.8'], ['169.254.1.1', 'fe80::1', '0.0.0.0', 'a.example']],
    ['192.168.0.2', ['10.0.0.1', 'fd00::1', '8.8.8.8'], ['127.0.0.1', '::1', 'fe80::1', '::ffff:127.0.0.1']],
    ['fe80::2%eth0', ['10.0.0.1', '8.8.8.8'], ['127.0.0.1', 'fe80::1']],
    [
      '8.8.4.4',
      ['8.8.8.8', '2a00::1'],
      ['127.0.0.1', '10.0.0.1', 'fd00::1', '100.64.0.1', '::ffff:10.0.0.1'],
    ],
    ['::ffff:192.168.0.2', ['10.0.0.1'], ['127.0.0.1']],
    [
      '10.0.0.2',
      ['100.100.100.201'],
      ['100.100.100.200', 'fd00:ec2::254', '169.254.169.254', '168.63.129.16'],
    ],
    ['', [], ['8.8.8.8', '10.0.0.1', '127.0.0.1']],
  ];
  for (const [over, yes, no] of told) {
    it(`decides what is told over ${over || 'an unknown address'}`, () => {
      for (const host of yes) expect(isTellable(host, over), host).to.equal(true);
      for (const host of no) expect(isTellable(host, over), host).to.equal(false);
    });
  }

  it('has one place for all addresses that one IPv6 host can take, and for each IPv4 address its own', () => {
    expect(placeOf('2001:db8:1:2::7')).to.equal(placeOf('2001:db8:1:2:aaaa::1'));
    expect(placeOf('2001:db8:1:2::7')).not.to.equal(placeOf('2001:db8:1:3::7'));
    expect(placeOf('::ffff:10.0.0.1')).to.equal(placeOf('10.0.0.1'));
    expect(placeOf('10.0.0.1')).not.to.equal(placeOf('10.0.0.2'));
  });
});
