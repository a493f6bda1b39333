import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import type { RawClient } from '../helpers/raw-client.js';
import { TestServer } from '../helpers/test-server.js';

/** Three servers in a chain, each with a client that has no name yet. */
describe('users on different servers', function () {
  this.timeout(30_000);
  const servers: TestServer[] = [];

  function startChain(...names: string[]): Promise<TestServer[]> {
    return startChainAt(() => Date.now(), ...names);
  }

  /** @param wallMs what their clocks say */
  async function startChainAt(wallMs: () => number, ...names: string[]): Promise<TestServer[]> {
    for (const name of names) {
      const clock = { ...systemClock, wallMs };
      const server = new TestServer('full-server', 'tcp', { name, commandsPerSecond: undefined }, clock);
      servers.push(server);
      await server.start();
      const before = servers.at(-2);
      if (before) {
        const { peer } = before.running.ports;
        expect(await server.running.network.connect({ host: '127.0.0.1', port: peer })).to.include({
          ok: true,
        });
      }
    }
    for (const { running } of servers)
      await untilTrue(() => running.network.serversInReach === names.length - 1);
    return servers;
  }

  async function clientsOf(all: readonly TestServer[]): Promise<RawClient[]> {
    const clients = await Promise.all(all.map((server) => server.connect()));
    for (const client of clients) await client.greet();
    return clients;
  }

  function three(clients: readonly RawClient[]): [RawClient, RawClient, RawClient] {
    const [a, b, c] = clients;
    if (!a || !b || !c) throw new Error('there are not three');
    return [a, b, c];
  }

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('see each other in `joined`, however lately the other came', async () => {
    const [ann, bob, cleo] = three(await clientsOf(await startChain('alpha', 'beta', 'gamma')));
    const join = (client: RawClient, name: string) => client.ask({ type: 'join', channel: 'tea', name });
    expect(await join(ann, 'ann')).to.deep.include({ type: 'joined', members: ['ann'] });
    await untilListed(cleo, 'tea');
    expect(await join(cleo, 'cleo')).to.deep.include({ type: 'joined', members: ['ann', 'cleo'] });
    await untilListed(bob, 'tea', 2);
    expect(await join(bob, 'bob')).to.deep.include({ type: 'joined', members: ['ann', 'bob', 'cleo'] });
  });

  it('hear from the moment of `joined` whatever any listed member says', async () => {
    const [ann, , cleo] = three(await clientsOf(await startChain('alpha', 'beta', 'gamma')));
    await enter(ann, 'tea', 'ann');
    await untilListed(cleo, 'tea');
    for (let round = 0; round < 20; round++) {
      const joined = await cleo.ask({ type: 'join', channel: 'tea', name: 'cleo' });
      expect(joined).to.deep.include({ members: ['ann', 'cleo'] });
      ann.send({ type: 'msg', channel: 'tea', text: `round ${round}` });
      expect(await cleo.next('msg')).to.include({ text: `round ${round}` });
      await cleo.ask({ type: 'leave', channel: 'tea' });
    }
  });

  for (const [what, wallMs] of [
    ['before 1970', -86_400_000],
    ['far in the future', 8.64e15],
  ] as const)
    it(`cannot have one name at the same time, whose clocks are ${what}, and are told so at once`, async () => {
      const all = await startChainAt(() => wallMs, 'alpha', 'beta', 'gamma');
      const [ann, bob, cleo] = three(await clientsOf(all));
      await enter(ann, 'tea', 'ann');
      for (const client of [bob, cleo]) {
        const answer = await client.ask({ type: 'join', channel: 'coffee', name: 'Ann' });
        expect(answer).to.include({ type: 'error', code: 'name-taken' });
      }
      await untilListed(bob, 'tea');
      expect(await bob.ask({ type: 'join', channel: 'tea', name: 'bob' })).to.deep.include({
        members: ['ann', 'bob'],
      });
      bob.send({ type: 'msg', channel: 'tea', text: 'what time is it?' });
      expect(await ann.next('msg')).to.deep.include({ text: 'what time is it?', at: wallMs });
    });

  it('cannot have one name at the same time, whatever channels they are in, and can one after the other', async () => {
    const [ann, bob, cleo] = three(await clientsOf(await startChain('alpha', 'beta', 'gamma')));
    await enter(ann, 'tea', 'ann');
    for (const client of [bob, cleo]) {
      const answer = await client.ask({ type: 'join', channel: 'coffee', name: 'Ann' });
      expect(answer).to.include({ type: 'error', code: 'name-taken' });
    }
    await ann.ask({ type: 'nick', name: 'anna' });
    // The name is free everywhere when its keeper has heard that it was given back.
    await untilTrue(async () => {
      const { type } = await cleo.ask({ type: 'join', channel: 'coffee', name: 'Ann' });
      return type === 'joined';
    });
    expect(await bob.ask({ type: 'join', channel: 'coffee', name: 'anna' })).to.include({
      code: 'name-taken',
    });
  });

  it('send each other direct messages, in order, that nobody else hears', async () => {
    const [ann, bob, cleo] = three(await clientsOf(await startChain('alpha', 'beta', 'gamma')));
    await enter(ann, 'tea', 'ann');
    await enter(bob, 'coffee', 'bob');
    await enter(cleo, 'coffee', 'cleo');
    await bob.next('join');
    for (let i = 0; i < 20; i++) ann.send({ type: 'msg', to: 'CLEO', text: `psst ${i}` });
    for (let i = 0; i < 20; i++) {
      expect(await cleo.next()).to.include({ type: 'msg', from: 'ann', to: 'cleo', text: `psst ${i}` });
    }
    expect(await cleo.ask({ type: 'msg', to: 'ann', text: 'yes?', ref: 1 })).to.include({ type: 'ok' });
    expect(await ann.next()).to.include({ type: 'msg', from: 'cleo', to: 'ann', text: 'yes?' });
    expect(await ann.ask({ type: 'msg', to: 'zoe', text: 'hello?', ref: 1 })).to.include({
      code: 'no-such-user',
    });
    expect(await bob.settle()).to.deep.equal([]);
  });

  it('who came to have one name in separate networks settle it when these join: the earlier one keeps it', async () => {
    const [alpha] = await startChain('alpha');
    const ann = await (alpha ?? expect.fail()).connect();
    await ann.greet();
    await enter(ann, 'tea', 'ann');
    const other = new TestServer('full-server', 'tcp', { name: 'omega' });
    servers.push(other);
    await other.start();
    const [second, friend] = [await other.connect(), await other.connect()];
    for (const client of [second, friend]) await client.greet();
    await enter(second, 'coffee', 'ann');
    await enter(friend, 'coffee', 'fred');
    await second.next('join');
    await other.running.network.connect({ host: '127.0.0.1', port: alpha?.running.ports.peer ?? 0 });
    const { name } = await second.next('nick');
    expect(name).to.match(/^ann-\w{4}$/);
    expect(await friend.next('nick')).to.include({ from: 'ann', name, channel: 'coffee' });
    expect(await ann.settle()).to.deep.equal([]);
    expect(await friend.ask({ type: 'msg', to: 'ann', text: 'hi', ref: 1 })).to.include({ type: 'ok' });
    expect(await ann.next('msg')).to.include({ from: 'fred', to: 'ann', text: 'hi' });
  });

  it('are listed with their channels, by all servers', async () => {
    const [ann, bob, cleo] = three(await clientsOf(await startChain('alpha', 'beta', 'gamma')));
    await enter(ann, 'tea', 'ann');
    await enter(cleo, 'tea', 'cleo');
    await untilListed(bob, 'tea', 2);
    expect(await bob.ask({ type: 'names', channel: 'tea' })).to.deep.include({ members: ['ann', 'cleo'] });
    expect(await bob.ask({ type: 'names', channel: 'attic' })).to.deep.include({ members: [] });
  });
});

/** Waits until a client's server knows of a channel's members. */
async function untilListed(client: RawClient, channel: string, members = 1): Promise<void> {
  const listed = JSON.stringify([{ channel, members }]);
  await untilTrue(async () => JSON.stringify((await client.ask({ type: 'channels' })).channels) === listed);
}

/** Joins a channel with a client that has had its welcome. */
async function enter(client: RawClient, channel: string, name: string): Promise<void> {
  expect(await client.ask({ type: 'join', channel, name })).to.include({ type: 'joined' });
}

/** Asks again and again until the answer is as expected, because news takes a moment to reach a server. */
async function untilTrue(question: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 10));
}
