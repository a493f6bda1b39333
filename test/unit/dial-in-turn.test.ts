import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { limits } from '../../lib/limits.js';
import { connectInTurn, type Pending } from '../../lib/peer/edge/connect-in-turn.js';
import type { Connection } from '../../lib/peer/edge/connection.js';
import { Dialler, type Trouble } from '../../lib/peer/edge/dialler.js';
import { NameLookup } from '../../lib/peer/edge/name-lookup.js';

/** Connections that succeed or fail, and time that passes, only when a test says so. */
class Situation {
  readonly log: string[] = [];
  readonly #made = new Map<string, (connection: string) => void>();
  readonly #failed = new Map<string, (error: Error) => void>();
  #nextPause = () => {};

  readonly connect = (host: string): Pending<string> => {
    this.log.push(`dial ${host}`);
    const made = new Promise<string>((resolve, reject) => {
      this.#made.set(host, resolve);
      this.#failed.set(host, reject);
    });
    return { made, cancel: () => this.log.push(`cancel ${host}`) };
  };

  readonly pause = (ms: number): Promise<void> => {
    expect(ms).to.equal(limits.nextAddressMs);
    return new Promise((resolve) => {
      this.#nextPause = resolve;
    });
  };

  run(...hosts: string[]) {
    return connectInTurn(hosts, this.connect, this.pause);
  }

  answer(host: string): void {
    this.#made.get(host)?.(`to ${host}`);
  }

  refuse(host: string): void {
    this.#failed.get(host)?.(new Error('refused'));
  }

  /** Lets the next address have its turn, although the earlier ones have not answered. */
  async passTime(): Promise<void> {
    this.#nextPause();
    await new Promise(setImmediate);
  }
}

describe('connections to several addresses', () => {
  it('are tried one after the other, the next one at once where one fails', async () => {
    const situation = new Situation();
    const results = situation.run('a', 'b', 'c');
    const first = results.next();
    situation.refuse('a');
    expect((await first).value)
      .to.deep.include({ host: 'a' })
      .and.to.have.property('error');
    const second = results.next();
    await new Promise(setImmediate);
    situation.answer('b');
    expect((await second).value).to.deep.equal({ host: 'b', connection: 'to b' });
    expect(situation.log).to.deep.equal(['dial a', 'dial b']);
    await results.return(undefined);
    expect(situation.log).to.deep.equal(['dial a', 'dial b']);
  });

  it('are not held up by one that does not answer; it is given up when another does, and tried again last', async () => {
    const situation = new Situation();
    const results = situation.run('dead', 'b', 'c');
    const first = results.next();
    await situation.passTime();
    situation.answer('b');
    expect((await first).value).to.deep.equal({ host: 'b', connection: 'to b' });
    const second = results.next();
    await new Promise(setImmediate);
    await situation.passTime();
    expect(situation.log).to.deep.equal(['dial dead', 'dial b', 'cancel dead', 'dial c', 'dial dead']);
    situation.refuse('dead');
    expect((await second).value).to.have.property('host', 'dead');
    const third = results.next();
    situation.answer('c');
    expect((await third).value).to.deep.equal({ host: 'c', connection: 'to c' });
    expect((await results.next()).done).to.equal(true);
  });

  it('are all given up by who wants no more', async () => {
    const situation = new Situation();
    const results = situation.run('a', 'b', 'c');
    const first = results.next();
    await situation.passTime();
    situation.refuse('b');
    await first;
    await results.return(undefined);
    expect(situation.log).to.deep.equal(['dial a', 'dial b', 'cancel a']);
  });
});

describe('the addresses of a host', () => {
  const lookup = (addresses: readonly string[], random = () => 0) =>
    new NameLookup(random, async () => addresses);

  it('are those of both protocols by turns, each once', async () => {
    const found = ['2001:db8::1', '2001:db8::2', '2001:db8::1', '2001:db8::3', '192.0.2.1', '192.0.2.2'];
    expect(await lookup(found).addressesOf('all.example')).to.deep.equal([
      ...['2001:db8::1', '192.0.2.1', '2001:db8::2', '192.0.2.2', '2001:db8::3'],
    ]);
    expect(await lookup(['192.0.2.1', '192.0.2.2']).addressesOf('all.example')).to.have.length(2);
  });

  it('are so many at most, chosen by chance, so that in the end all are tried', async () => {
    const found = Array.from({ length: 2 * limits.addressesPerName }, (_, i) => `192.0.2.${i}`);
    const tried = new Set<string>();
    for (const chance of [0, 0.999]) {
      const addresses = await lookup(found, () => chance).addressesOf('all.example');
      expect(addresses).to.have.length(limits.addressesPerName);
      for (const address of addresses) tried.add(address);
    }
    expect(tried.size).to.equal(found.length);
  });

  it('are looked up anew each time, but not while that is under way; an address is not looked up', async () => {
    let lookUps = 0;
    const names = new NameLookup(Math.random, async () => [`192.0.2.${++lookUps}`]);
    const both = await Promise.all([names.addressesOf('all.example'), names.addressesOf('all.example')]);
    expect(both).to.deep.equal([['192.0.2.1'], ['192.0.2.1']]);
    expect(await names.addressesOf('all.example')).to.deep.equal(['192.0.2.2']);
    for (const address of ['127.0.0.1', '::1', 'fe80::1%eth0'])
      expect(await names.addressesOf(address)).to.deep.equal([address]);
    expect(lookUps).to.equal(2);
  });

  it('are missed with an error', async () => {
    const error = await lookup([])
      .addressesOf('all.example')
      .catch((thrown: Error) => thrown);
    expect(error).to.have.property('message', 'the host name has no address');
  });
});

describe('a dial', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listening(): Promise<number> {
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Dials a name. Nothing listens on its IPv6 addresses. @returns the outcome, and the addresses that were tried */
  async function dial(
    addresses: readonly string[],
    verdict: (host: string) => Trouble | undefined,
    isWanted = () => true,
  ) {
    const lookup = new NameLookup(Math.random, async () => addresses);
    const dialler = new Dialler({ keys: [], lookup, clock: systemClock });
    const attempts: string[] = [];
    const attempt = async ({ socket }: Connection) => {
      const host = socket.remoteAddress ?? '';
      attempts.push(host);
      socket.destroy();
      return verdict(host);
    };
    const trouble = await dialler.dial({ host: 'all.example', port: await listening() }, attempt, isWanted);
    return { attempts, trouble };
  }

  const self: Trouble = { why: 'that is this server itself', isSelf: true };
  const full: Trouble = { why: 'that server is full', isSelf: false };

  it('goes on past addresses where nothing listens, and past this server itself', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2', '::ffff:127.0.0.1'];
    const outcome = await dial(addresses, (host) => (host === '127.0.0.1' ? self : undefined));
    expect(outcome).to.deep.equal({ attempts: ['127.0.0.1', '::ffff:127.0.0.1'], trouble: undefined });
  });

  it('says that a name leads to this server only if all its addresses do', async () => {
    const addresses = ['127.0.0.1', '::ffff:127.0.0.1'];
    expect((await dial(addresses, () => self)).trouble).to.deep.equal(self);
    const { trouble } = await dial(addresses, (host) => (host === '127.0.0.1' ? self : full));
    expect(trouble).to.deep.equal({
      why: '127.0.0.1: that is this server itself; ::ffff:127.0.0.1: that server is full',
      isSelf: false,
    });
    expect((await dial(addresses, () => full)).trouble).to.deep.equal(full);
  });

  it('ends when nobody wants it any more', async () => {
    const { attempts, trouble } = await dial(
      ['127.0.0.1', '::ffff:127.0.0.1'],
      () => full,
      () => false,
    );
    expect(attempts).to.deep.equal(['127.0.0.1']);
    expect(trouble).to.deep.equal(full);
  });

  it('says in plain words that a name is not known', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const lookup = new NameLookup(Math.random, () => Promise.reject(unknown));
    const dialler = new Dialler({ keys: [], lookup, clock: systemClock });
    const trouble = await dialler.dial(
      { host: 'nowhere.example', port: 1 },
      async () => undefined,
      () => true,
    );
    expect(trouble).to.deep.equal({ why: 'the host name is not known', isSelf: false });
  });

  it('comes to an end at once when the server ends', async () => {
    const dialler = new Dialler({ keys: [], lookup: new NameLookup(Math.random), clock: systemClock });
    // An address reserved for examples, which nobody has. On a machine without a route to it the dial fails at once.
    const dialled = dialler.dial(
      { host: '192.0.2.1', port: 1 },
      async () => undefined,
      () => true,
    );
    await new Promise(setImmediate);
    dialler.close();
    expect(await dialled).to.have.property('isSelf', false);
  });
});
