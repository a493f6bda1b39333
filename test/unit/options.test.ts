import { expect } from 'chai';
import { UsageError } from '../../lib/command-line.js';
import { limits } from '../../lib/limits.js';
import { type DoorName, defaultOptions, parseServerOptions, type ServerOptions } from '../../lib/options.js';

const both: readonly DoorName[] = ['client', 'websocket'];

function parse(argv: readonly string[], doors = both): Promise<ServerOptions> {
  return parseServerOptions('full-server', 'A server.', doors, argv, {});
}

/** The error line for a command line. */
async function complaint(argv: readonly string[], doors = both): Promise<string> {
  try {
    await parse(argv, doors);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was taken`);
}

describe('A server’s command line', () => {
  it('may be empty: everything has a default, for this machine only', async () => {
    expect(await parse([])).to.deep.equal(defaultOptions);
    expect(defaultOptions).to.deep.include({
      host: '127.0.0.1',
      clientPort: 8545,
      webSocketPort: 8546,
      peerPort: 30_303,
      commandsPerSecond: limits.commandsPerSecond,
    });
  });

  const ports: readonly [string, readonly DoorName[], string[], Partial<ServerOptions>][] = [
    ['full-server', both, ['::', '1', '2', '3'], { clientPort: 1, webSocketPort: 2, peerPort: 3 }],
    ['cli-server', ['client'], ['::', '1', '3'], { clientPort: 1, webSocketPort: undefined, peerPort: 3 }],
    [
      'websock-server',
      ['websocket'],
      ['::', '2', '3'],
      { clientPort: undefined, webSocketPort: 2, peerPort: 3 },
    ],
  ];
  for (const [program, doors, argv, expected] of ports) {
    it(`has the ports of the doors it has, then the peers’ (${program})`, async () => {
      expect(await parse(argv, doors)).to.deep.include({ host: '::', ...expected });
    });

    it(`takes no argument more than that (${program})`, async () => {
      expect(await complaint([...argv, '4'], doors)).to.match(/too many arguments: '4'/);
    });
  }

  it('may end early: the other ports have their defaults', async () => {
    expect(await parse(['0.0.0.0', '0'])).to.deep.include({
      host: '0.0.0.0',
      clientPort: 0,
      webSocketPort: 8546,
      peerPort: 30_303,
    });
  });

  const hosts: readonly [string, string][] = [
    ['localhost', 'localhost'],
    ['[::1]', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['::1%lo', '::1%lo'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['xn--zzzz-', 'xn--zzzz-'],
  ];
  for (const [typed, host] of hosts) {
    it(`takes ${typed} for ${host}`, async () => expect((await parse([typed])).host).to.equal(host));
  }

  it('has options for everything else, before or after the arguments', async () => {
    const argv = ['--name', 'alpha', '127.0.0.1', '--peer', '192.0.2.7:1', '--peer=[::1]:2', '0'];
    const more = ['--ports-file', 'ports.json', '--log-level', 'debug', '--message-rate', '2.5'];
    const origins = ['--allow-origin', 'HTTPS://Bücher.example:443/', '--allow-origin', '*'];
    expect(await parse([...argv, ...more, ...origins])).to.deep.equal({
      ...defaultOptions,
      clientPort: 0,
      name: 'alpha',
      peers: [
        { host: '192.0.2.7', port: 1 },
        { host: '::1', port: 2 },
      ],
      portsFile: 'ports.json',
      logLevel: 'debug',
      commandsPerSecond: 2.5,
      allowedOrigins: ['https://xn--bcher-kva.example', '*'],
    });
  });

  it('has options for how it is found and whom it finds', async () => {
    const argv = ['--advertise', '203.0.113.5:4000', '--max-peers', '8', '--no-discovery', '--workers', '4'];
    expect(await parse(argv)).to.deep.include({
      advertise: { host: '203.0.113.5', port: 4000 },
      maxPeers: 8,
      workers: 4,
      discovers: false,
    });
  });

  const advertised: readonly [string, string, number | undefined][] = [
    ['203.0.113.5', '203.0.113.5', undefined],
    ['[2001:DB8::1]:4000', '2001:db8::1', 4000],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['chat.example:4000', 'chat.example', 4000],
    ['chat.example', 'chat.example', undefined],
    ['2001:db8::1%eth0', '2001:db8::1', undefined],
  ];
  for (const [typed, host, port] of advertised) {
    it(`advertises ${typed}`, async () => {
      expect((await parse(['--advertise', typed])).advertise).to.deep.equal({ host, port });
    });
  }

  it('takes the network key from the environment', async () => {
    const environment = { HEARSAY_NETWORK_KEY: '1a'.repeat(32) };
    const options = await parseServerOptions('full-server', 'A server.', both, [], environment);
    expect(options.networkKeys).to.have.length(1);
    expect(options.networkKeyFile).to.equal(undefined);
  });

  it('turns the rate limit off when told', async () => {
    expect((await parse(['--message-rate', 'off'])).commandsPerSecond).to.equal(undefined);
  });

  const refused: readonly [string[], RegExp][] = [
    [[''], /'' is not an address/],
    [['a b'], /'a b' is not an address/],
    [['http://host'], /is not an address/],
    [
      ['127.0.0.1:8545'],
      /'127\.0\.0\.1:8545' includes the port\. Give the port separately: 127\.0\.0\.1 8545$/,
    ],
    [['[::1]:8545'], /Give the port separately: ::1 8545$/],
    [['8545'], /'8545' is not an address\. .* 127\.0\.0\.1 8545$/],
    [['999.1.1.1'], /'999\.1\.1\.1' is not an address/],
    [['xn--'], /'xn--' is not an address\. Give an IP address or a host name/],
    [
      ['fe80::1'],
      /^'fe80::1' is a link-local address, .* network interface of this machine through which it is reached: fe80::1%eth0$/,
    ],
    [['fe80::1%my_if'], /^'fe80::1%my_if' has a zone that Node\.js cannot use\. /],
    [['--peer', '[fe80::1]:1'], /^--peer 'fe80::1' is a link-local address/],
    [['--peer', 'xn--:1'], /--peer 'xn--:1' is not <host:port>/],
    [['--advertise', 'fe80::1'], /--advertise 'fe80::1' is not an address at which/],
    [['--advertise', '[fe80::1%eth0]:1'], /is not an address at which/],
    [['--', '-1'], /'-1' is not an address/],
    [['::', 'x'], /'x' is not a client-port\. Give a number/],
    [['::', '65536'], /'65536' is not a client-port/],
    [['::', '1.5'], /'1\.5' is not a client-port/],
    [['::', ''], /'' is not a client-port/],
    [['::', '1', 'x'], /'x' is not a websocket-port/],
    [['::', '1', '2', 'x'], /'x' is not a peer-port/],
    [['::', '-1'], /'-1' is not a client-port/],
    [['--nonsense'], /Unknown argument: nonsense/],
    [['--nonsense=1'], /Unknown argument: nonsense/],
    [['-x'], /Unknown argument: x/],
    [['--pere', '192.0.2.7:1'], /Unknown argument: pere\. Did you mean --peer\? `full-server --help`/],
    [['--ntework-key-file=x'], /Did you mean --network-key-file\?/],
    [['--work', '2', '--nmae', 'alpha'], /Unknown arguments: work, nmae\. Did you mean --workers, --name\?/],
    [['-v'], /Did you mean --version\?/],
    [['--nonsense'], /^Unknown argument: nonsense\. `full-server --help` lists the options\.$/],
    [['--name'], /^--name needs a value after it\. `full-server --help` lists/],
    [['--name', ''], /--name takes 1 to 64 characters/],
    [['--name', 'a b'], /--name takes 1 to 64 characters/],
    [['--name', 'x'.repeat(65)], /--name takes 1 to 64 characters/],
    [['--name', 'a\u001b[31m'], /--name takes 1 to 64 characters/],
    [['--peer'], /peer/],
    [['--peer', 'host'], /--peer 'host' is not <host:port>/],
    [['--peer', 'host:0'], /--peer 'host:0' is not/],
    [['--peer', 'a:1', '--peer', 'b'], /--peer 'b' is not/],
    [['--message-rate', '0'], /--message-rate '0' is neither/],
    [['--message-rate', '-5'], /message-rate/],
    [['--message-rate', 'fast'], /--message-rate 'fast' is neither/],
    [['--message-rate', 'Infinity'], /--message-rate 'Infinity' is neither/],
    [['--message-rate', ''], /--message-rate '' is neither/],
    [
      ['--allow-origin', 'chat.example'],
      /^--allow-origin 'chat\.example' is not the origin of a page\. Give scheme/,
    ],
    [['--allow-origin', 'https://chat.example/page'], /page' is not the origin of a page/],
    [['--allow-origin', 'https://*.example'], /is not the origin of a page/],
    [['--allow-origin', 'null'], /'null' is not the origin of a page/],
    [['--allow-origin', 'wss://chat.example'], /is not the origin of a page/],
    [['--allow-origin', ''], /'' is not the origin of a page/],
    [['--log-level', 'loud'], /^No such choice: --log-level "loud"\. Give one of "error", "warn", .*--help/],
    [['--ports-file', ''], /--ports-file/],
    [['--name', 'a', '--name', 'b'], /--name is given twice/],
    [['--message-rate', '1', '--message-rate', '2'], /--message-rate is given twice/],
    [['--log-level', 'info', '--log-level', 'warn'], /--log-level is given twice/],
    [['--ports-file', 'a', '--ports-file', 'b'], /--ports-file is given twice/],
    [['--advertise', ''], /'' is not an address/],
    [['--advertise', 'a b'], /'a b' is not an address/],
    [['--advertise', '0.0.0.0'], /--advertise '0\.0\.0\.0' is not an address at which/],
    [['--advertise', '[ff02::1]:1'], /is not an address at which/],
    [['--advertise', '169.254.1.1:1'], /is not an address at which/],
    [['--max-peers', '0'], /--max-peers '0' is not a number from 1 to 64/],
    [['--workers', '0'], /^--workers '0' is not a number from 1 to 16\.$/],
    [['--workers', 'x'], /^--workers 'x' is not a number from 1 to 16\.$/],
    [['--workers', '17'], /^--workers '17' is not a number/],
    [['--workers', '2', '--workers', '2'], /--workers is given twice/],
    [
      ['--workers', '4', '--max-peers', '62'],
      /--max-peers 62 is too many with --workers 4\. Give at most 61\./,
    ],
    [['--max-peers', '65'], /--max-peers '65' is not a number/],
    [['--max-peers', '1e1'], /--max-peers '1e1' is not a number/],
    [['--network-key-file', ''], /--network-key-file takes the name of a file/],
    [
      ['--network-key-file', '/nothing/here'],
      /cannot read the network key file \/nothing\/here: there is no such/,
    ],
    [['--network-key-file', 'a', '--network-key-file', 'b'], /--network-key-file is given twice/],
    [['--new-network-key', ''], /--new-network-key takes the name of a file/],
    [['--discovery'], /Unknown argument/],
    [['--no-name'], /Unknown argument/],
    [['--no-peer'], /Unknown argument/],
    [['--name.x', 'a'], /Unknown argument/],
  ];
  for (const [argv, says] of refused) {
    it(`refuses ${JSON.stringify(argv)} in one line that says why`, async () => {
      const line = await complaint(argv);
      expect(line).to.match(says);
      expect(line).not.to.include('\n');
    });
  }
});
