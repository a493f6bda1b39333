import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { UsageError } from '../../lib/command-line.js';
import { isOpenToOthers, makeNetworkKeyFile, NetworkKey, readNetworkKeys } from '../../lib/network-key.js';

const [one, two, three] = ['1a'.repeat(32), '2b'.repeat(32), '3c'.repeat(32)];

describe('a network key', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearsay-key-'));
    file = join(folder, 'network.key');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const idsIn = (text: string): string[] => {
    writeFileSync(file, text);
    return readNetworkKeys(file, undefined).map(({ id }) => id);
  };
  const complaint = (text: string): string => {
    try {
      idsIn(text);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
    }
    throw new Error('it was taken');
  };

  it('made by the command can be read, by its owner alone, and is another one each time', () => {
    const lines = makeNetworkKeyFile(file, 'full-server');
    const second = join(folder, 'second.key');
    makeNetworkKeyFile(second, 'full-server');
    expect(readNetworkKeys(file, undefined)).to.have.length(1);
    expect(readNetworkKeys(file, undefined)[0]?.id).not.to.equal(readNetworkKeys(second, undefined)[0]?.id);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(isOpenToOthers(file)).to.equal(false);
    expect(lines.join('\n')).to.include(`full-server --network-key-file ${file}`);
    expect(lines.join('\n')).not.to.match(/[0-9a-f]{64}/);
  });

  it('is the same key where it was handed over', () => {
    const key = new NetworkKey(Buffer.from(one, 'hex'));
    const same = new NetworkKey(JSON.parse(JSON.stringify(key.handOver())));
    expect(same.id).to.equal(key.id);
    expect(same.tlsKey()).to.deep.equal(key.tlsKey());
    expect(same.isMac('a text', key.mac('a text'))).to.equal(true);
    expect(inspect(same, { depth: 9 })).not.to.include(key.handOver().psk);
  });

  it('is never overwritten', () => {
    makeNetworkKeyFile(file, 'full-server');
    const before = readFileSync(file, 'utf8');
    expect(() => makeNetworkKeyFile(file, 'full-server')).to.throw(UsageError, 'exists already');
    expect(readFileSync(file, 'utf8')).to.equal(before);
  });

  it('is read from a line of a file, among comments and empty lines; two stay in their order', () => {
    const [first] = idsIn(one);
    const [second] = idsIn(two);
    expect(idsIn(`# old and new\r\n\r\n  ${one.toUpperCase()}  \r\n# new\n${two}\n`)).to.deep.equal([
      first,
      second,
    ]);
    expect(idsIn(`${two}\n${one}`)).to.deep.equal([second, first]);
    expect(idsIn(`${one}\n${one}`)).to.deep.equal([first]);
  });

  it('is read from the environment, too, but not from both', () => {
    writeFileSync(file, one);
    const keys = readNetworkKeys(undefined, `${one}, ${two}`).map(({ id }) => id);
    expect(keys).to.deep.equal(idsIn(`${one}\n${two}`));
    expect(() => readNetworkKeys(file, one)).to.throw(UsageError, 'given twice');
    expect(readNetworkKeys(undefined, undefined)).to.deep.equal([]);
  });

  for (const [what, text, says] of [
    ['no key at all', '# nothing\n', /has no key\. A key is 64 hex digits; `--new-network-key/],
    ['a key that is too short', `${one}\n${two.slice(2)}`, /what is in line 2 is not a key/],
    ['words', 'swordfish', /what is in line 1 is not a key/],
    ['three keys', `${one}\n${two}\n${three}`, /has 3 keys\. It may have two/],
  ] as const) {
    it(`of which there is ${what} is refused, and what was there is not shown`, () => {
      expect(complaint(text))
        .to.match(says)
        .and.not.to.match(/swordfish|[0-9a-f]{60}|\n/);
    });
  }

  it('whose file cannot be read is asked for in one line', () => {
    expect(() => readNetworkKeys(file, undefined)).to.throw(UsageError, 'there is no such file');
    expect(() => readNetworkKeys(folder, undefined)).to.throw(UsageError, 'it is a folder');
    expect(() => readNetworkKeys(undefined, '')).to.throw(UsageError, 'HEARSAY_NETWORK_KEY has no key');
  });

  it('cannot be printed by accident', () => {
    const [key] = readNetworkKeys(undefined, one);
    for (const text of [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key), `${key}`])
      expect(text).not.to.include('1a1a');
    expect(Object.keys(key ?? {})).to.deep.equal(['id']);
  });

  it('proves itself, and nothing else', () => {
    const [key, other] = [readNetworkKeys(undefined, one)[0], readNetworkKeys(undefined, two)[0]];
    const mac = key?.mac('text') ?? '';
    expect(mac).to.match(/^[0-9a-f]{64}$/);
    expect([key?.isMac('text', mac), key?.isMac('texts', mac), key?.isMac('text', '')]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect(other?.isMac('text', mac)).to.equal(false);
  });

  it('that others may read is noticed', function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(file, one, { mode: 0o644 });
    expect(isOpenToOthers(file)).to.equal(true);
    expect(isOpenToOthers(join(folder, 'gone'))).to.equal(false);
  });
});
