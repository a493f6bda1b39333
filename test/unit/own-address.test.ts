import { expect } from 'chai';
import { addressToAdvertise, ownAddressOf } from '../../lib/own-address.js';

const own = new Set(['127.0.0.1', '192.0.2.7', '2001:db8::7']);
const standsFor = (addresses: readonly string[]) => async () => addresses;

describe('a host name with several addresses', () => {
  const listened: readonly [what: string, addresses: readonly string[], address: string][] = [
    ['the first that this machine has', ['198.51.100.1', '2001:db8::7', '192.0.2.7'], '2001:db8::7'],
    ['any of 127/8', ['198.51.100.1', '127.0.1.1'], '127.0.1.1'],
    ['what it is, where no address is here', ['198.51.100.1'], 'host.example'],
    ['what it is, where it has none', [], 'host.example'],
  ];
  for (const [what, addresses, address] of listened) {
    it(`is listened on by ${what}`, async () => {
      expect(await ownAddressOf('host.example', standsFor(addresses), own)).to.equal(address);
    });
  }

  it('is listened on as it is where nobody knows it, and is not asked for if it is an address', async () => {
    const fails = async () => Promise.reject(new Error('ENOTFOUND'));
    expect(await ownAddressOf('host.example', fails, own)).to.equal('host.example');
    for (const address of ['198.51.100.1', '::', 'fe80::1%eth0', '::1%lo'])
      expect(await ownAddressOf(address, fails, own)).to.equal(address);
  });

  it('is advertised by the address that reaches farthest, and not by one that others cannot dial', async () => {
    const advertised = (...addresses: string[]) => addressToAdvertise('host.example', standsFor(addresses));
    expect(await advertised('127.0.1.1', 'fe80::1', '10.0.0.1', '192.0.2.7')).to.equal('192.0.2.7');
    expect(await advertised('127.0.1.1', '10.0.0.1')).to.equal('10.0.0.1');
    expect(await advertised('127.0.0.1')).to.equal('127.0.0.1');
    expect(await advertised('fe80::1', '169.254.0.1', '0.0.0.0')).to.equal(undefined);
  });
});
