import { expect } from 'chai';
import { explainZone, withSystemZone } from '../../lib/zone.js';

const interfaces = [
  { name: 'lo', index: undefined },
  { name: 'eth0', index: '2' },
  { name: '5', index: '7' },
];

describe('the zone of an address', () => {
  const cases: readonly [typed: string, linux: string, windows: string][] = [
    ['fe80::1%eth0', 'fe80::1%eth0', 'fe80::1%2'],
    ['fe80::1%2', 'fe80::1%eth0', 'fe80::1%2'],
    ['fe80::1%5', 'fe80::1%5', 'fe80::1%7'],
    ['fe80::1%7', 'fe80::1%5', 'fe80::1%7'],
    ['::1%lo', '::1%lo', '::1%lo'],
    ['fe80::1%nope', 'fe80::1%nope', 'fe80::1%nope'],
    ['fe80::1', 'fe80::1', 'fe80::1'],
    ['example.org', 'example.org', 'example.org'],
  ];
  for (const [typed, linux, windows] of cases) {
    it(`of ${typed} is given to sockets as the system has it`, () => {
      expect(withSystemZone(typed, 'linux', interfaces)).to.equal(linux);
      expect(withSystemZone(typed, 'win32', interfaces)).to.equal(windows);
    });
  }

  it('is explained where the system takes none like it', () => {
    const has = 'this machine has lo, eth0, 5';
    expect(explainZone('fe80::1', interfaces)).to.equal(`fe80::1 lacks its network interface; ${has}`);
    expect(explainZone('fe80::1%nope', interfaces)).to.equal(
      `there is no network interface nope here; ${has}`,
    );
    for (const host of ['fe80::1%eth0', 'fe80::1%2', '::1%nope', '169.254.1.1', 'example.org'])
      expect(explainZone(host, interfaces), host).to.equal(undefined);
  });
});
