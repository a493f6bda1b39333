import { expect } from 'chai';
import { silentLog } from '../../lib/log.js';
import type { ServerOptions } from '../../lib/options.js';
import { bannerLines, statusLines } from '../../lib/prompt/status.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { newKey } from '../helpers/link-servers.js';

const ports = { clientPort: 0, webSocketPort: 0, peerPort: 0 };

async function bannerAndStatus(given: Partial<ServerOptions>): Promise<[banner: string, status: string]> {
  const server = await startServer({ ...ports, ...given }, silentLog);
  const texts = [bannerLines(server, (text) => text), statusLines(server, 0)] as const;
  await server.stop();
  return [texts[0].join('\n'), texts[1].join('\n')];
}

describe('what a server says of how its links are protected', () => {
  const key = newKey();
  const cases: readonly [string, Partial<ServerOptions>, RegExp, RegExp, RegExp][] = [
    [
      'with a key and for all',
      { host: '0.0.0.0', networkKeys: [key] },
      new RegExp(`encrypted, and only servers with the network key \\(${key.id.slice(0, 8)}\\) can`),
      /WARNING|Only this machine/,
      new RegExp(`network key +${key.id.slice(0, 8)}: links are encrypted`),
    ],
    [
      'with a key and for this machine',
      { host: '127.0.0.1', networkKeys: [key] },
      /Only this machine can reach it[\s\S]*encrypted, and only servers with the network key/,
      /WARNING/,
      /links are encrypted/,
    ],
    [
      'without one and for this machine',
      { host: 'localhost' },
      /Only this machine can reach it/,
      /WARNING|encrypted/,
      /network key +none: links are not encrypted/,
    ],
    [
      'without one and for all',
      { host: '0.0.0.0' },
      /WARNING: there is no network key\. Anyone who reaches the peer port can take part[\s\S]*--new-network-key/,
      /Only this machine/,
      /network key +none: links are not encrypted/,
    ],
  ];
  for (const [what, given, banner, notBanner, status] of cases) {
    it(`is true ${what}`, async () => {
      const [bannerText, statusText] = await bannerAndStatus(given);
      expect(bannerText).to.match(banner);
      expect(bannerText).not.to.match(notBanner);
      expect(statusText).to.match(status);
    });
  }

  it('is said loudly in the log where it matters, once', async () => {
    for (const [given, count] of [
      [{ host: '0.0.0.0' }, 1],
      [{ host: '127.0.0.1' }, 0],
      [{ host: '0.0.0.0', networkKeys: [key] }, 0],
    ] as const) {
      const warnings: string[] = [];
      const log = { ...silentLog, warn: (line: string) => warnings.push(line) };
      const server = await startServer({ ...ports, ...given }, log);
      await server.stop();
      expect(warnings.filter((line) => line.startsWith('NO NETWORK KEY'))).to.have.length(count);
    }
  });
});

describe('what a server says of where it is reached', () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer(ports, silentLog);
  });
  after(() => server.stop());

  /** The banner of a server that listens there, on the usual ports. */
  function bannerAt(host: string, address = host): string {
    const usual = { client: 8545, websocket: 8546, peer: 30303 };
    const there = { ...server, address, ports: usual, options: { ...server.options, host } };
    return bannerLines(there, (text) => text).join('\n');
  }

  it('has no URL for browsers at a link-local address, and a command that each other server can adapt', () => {
    const banner = bannerAt('fe80::1%eth0');
    expect(banner).to.match(/cli-client\.js fe80::1%eth0 8545 lobby/);
    expect(banner).to.match(/page +not at a link-local address, which browsers do not take\n/);
    expect(banner).to.match(/ connect fe80::1%<its-interface> 30303 at another/);
    expect(banner).to.match(/the name of its own network interface after the %/);
    expect(banner).not.to.match(/http:|Only this machine/);
  });

  const pages: readonly [host: string, address: string, url: string][] = [
    ['::1%lo', '::1%lo', 'http://[::1]:8546/'],
    ['localhost', '127.0.0.1', 'http://localhost:8546/'],
    ['my-laptop', '127.0.1.1', 'http://127.0.1.1:8546/'],
    ['chat.example', '192.0.2.7', 'http://chat.example:8546/'],
    ['2001:db8::7', '2001:db8::7', 'http://[2001:db8::7]:8546/'],
  ];
  for (const [host, address, url] of pages) {
    it(`has a URL that browsers take for ${host} at ${address}`, () => {
      const banner = bannerAt(host, address);
      expect(banner).to.include(`page             ${url}\n`);
      expect(banner.includes('Only this machine')).to.equal(
        address.startsWith('127') || address === '::1%lo',
      );
    });
  }
});
