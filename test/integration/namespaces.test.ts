import { expect } from 'chai';
import { NetLab, NoNetLab, on } from '../helpers/net-lab.js';
import { lossFails, onlyByHand } from '../helpers/network-promises.js';
import { Program, ServerProgram } from '../helpers/program.js';

/** A client that runs on the same machine of the lab as its server. */
interface User {
  readonly name: string;
  readonly program: Program;
}

const addresses = { alpha: '192.0.2.1', beta: '192.0.2.2', router: '192.0.2.254', gamma: '10.77.0.2' };

/** The types of messages that tell clients of members who come or go. */
const presence = /^\S+ [*-] .*(?:left|joined|lost|gone)/gm;

describe('Servers on machines of their own, one of them behind NAT', function () {
  this.timeout(120_000);
  let lab: NetLab | undefined;
  const running: Program[] = [];
  let servers: { alpha: ServerProgram; beta: ServerProgram; gamma: ServerProgram };
  let users: { ann: User; bob: User; gus: User };

  before(async function () {
    try {
      lab = new NetLab();
      const alpha = lab.host('alpha', `${addresses.alpha}/24`);
      const beta = lab.host('beta', `${addresses.beta}/24`);
      const gamma = lab.hostBehindNat('gamma', {
        outside: `${addresses.router}/24`,
        inside: '10.77.0.1/24',
        own: `${addresses.gamma}/24`,
      });
      // Each kind of cut is tried first, so that a kernel without it is noticed before anything is started.
      lab.cut('beta');
      lab.heal();
      servers = {
        alpha: await start('alpha', alpha, addresses.alpha),
        beta: await start('beta', beta, addresses.beta),
        gamma: await start('gamma', gamma, addresses.gamma),
      };
      await servers.beta.connectTo(servers.alpha, addresses.alpha);
      await servers.gamma.connectTo(servers.alpha, addresses.alpha);
      users = {
        ann: await join('ann', servers.alpha, alpha, addresses.alpha),
        bob: await join('bob', servers.beta, beta, addresses.beta),
        gus: await join('gus', servers.gamma, gamma, addresses.gamma),
      };
      for (const { program } of Object.values(users)) await untilAmong(program, 'ann, bob, gus');
    } catch (error) {
      if (!(error instanceof NoNetLab)) throw error;
      console.log(`      skipped, for this machine has no network namespaces to give: ${error.message}`);
      this.skip();
    }
  });

  // Even if something went wrong in one outage, the next begins with all servers in reach.
  afterEach(() => lab?.heal());

  after(async () => {
    await Promise.all(running.map((program) => program.end()));
    lab?.remove();
  });

  /**
   * Gossip tells only of servers that can be reached. A server that makes no links by gossip still tells others of
   * them.
   */
  async function start(name: string, machine: string, host: string): Promise<ServerProgram> {
    const options = ['--log-level', 'debug'];
    const server = await ServerProgram.start('cli-server', name, {
      ...onlyByHand,
      host,
      options: [...(onlyByHand.options ?? []), ...options],
      within: on(machine),
    });
    running.push(server);
    return server;
  }

  async function join(name: string, server: ServerProgram, machine: string, host: string): Promise<User> {
    const args = [host, String(server.ports.client), 'lobby', name];
    const program = new Program('cli-client', args, [], on(machine));
    running.push(program);
    await program.waitFor(/You are in lobby/);
    return { name, program };
  }

  /** Asks who is there until exactly these are. */
  async function untilAmong(program: Program, names: string): Promise<void> {
    for (let members = ''; members !== names; ) {
      const mark = program.mark();
      program.type('/names');
      members = (await program.waitFor(/members?: .*/, mark)).replace(/^members?: /, '');
    }
  }

  /** Has each say something, and checks that each of the others hears it. */
  async function talk(round: string): Promise<void> {
    const all = Object.values(users);
    const marks = new Map(all.map((user) => [user, user.program.mark()]));
    for (const { name, program } of all) program.type(`${round} from ${name}.`);
    for (const speaker of all) {
      for (const listener of all) {
        if (listener === speaker) continue;
        await listener.program.waitFor(
          `${speaker.name}: ${round} from ${speaker.name}.`,
          marks.get(listener),
        );
      }
    }
  }

  /** Checks that everything that was said came to everybody at most once. */
  function nothingCameTwice(): void {
    for (const { name, program } of Object.values(users)) {
      const said = program.output.match(/\w+: .+ from \w+\./g) ?? [];
      expect(said, name).to.deep.equal([...new Set(said)]);
    }
  }

  it('let all their users talk, also those of the one that cannot be dialled', async () => {
    await talk('hello');
    nothingCameTwice();
  });

  it('are not told of the address of the one behind NAT, nor of that of its router', async () => {
    const { alpha, beta } = servers;
    // When alpha has looked for gamma at its address, it has told beta everything that it tells of that address.
    await alpha.waitFor(/cannot reach server address=192\.0\.2\.254/);
    await talk('still here');
    for (const server of [alpha, beta]) {
      const mark = server.mark();
      server.type('peers');
      await server.waitFor(/encrypted[\s\S]*\n.*192\.0\.2\..*\n/, mark);
      expect(server.output).not.to.contain(addresses.gamma);
    }
    expect(beta.output).not.to.contain(addresses.router);
  });

  it('show the one behind NAT on the map', async () => {
    const mark = servers.beta.mark();
    servers.beta.type('map');
    await servers.beta.waitFor(/0 {2}beta \*[\s\S]*1 {2}└─ alpha[\s\S]*2 {5}└─ gamma/, mark);
  });

  it('tell nobody of an outage that is over soon', async () => {
    const all = Object.values(users);
    const marks = new Map(all.map((user) => [user, user.program.mark()]));
    const mark = servers.beta.mark();
    lab?.cut('beta');
    for (const { name, program } of all) program.type(`during the outage from ${name}.`);
    await users.gus.program.waitFor('ann: during the outage from ann.', marks.get(users.gus));
    await servers.beta.waitFor(/link down peer=alpha .*nothing was heard/, mark);
    lab?.heal();
    await servers.beta.waitFor('link up peer=alpha', mark);
    await talk('after a short outage');
    for (const user of all) {
      expect(user.program.output.slice(marks.get(user)).match(presence), user.name).to.equal(null);
      await untilAmong(user.program, 'ann, bob, gus');
    }
    nothingCameTwice();
    if (lossFails) expect(users.bob.program.output).to.contain('ann: during the outage from ann.');
    if (lossFails) expect(users.ann.program.output).to.contain('bob: during the outage from bob.');
  });

  it('tell of an outage that lasts, once, and have everybody back when it is over', async () => {
    const { ann, bob, gus } = users;
    const all = [ann, bob, gus];
    const marks = new Map(all.map((user) => [user, user.program.mark()]));
    const said = (user: User) => user.program.output.slice(marks.get(user));
    const marksOfServers = { alpha: servers.alpha.mark(), beta: servers.beta.mark() };
    lab?.cut('beta');
    await servers.alpha.waitFor(/link down peer=beta/, marksOfServers.alpha);
    for (const user of [ann, gus]) await user.program.waitFor('Server beta was lost', marks.get(user));
    for (const name of ['alpha', 'gamma'])
      await bob.program.waitFor(`Server ${name} was lost`, marks.get(bob));
    for (const user of [ann, gus]) {
      expect(said(user).match(presence), user.name).to.have.length(1);
      await untilAmong(user.program, 'ann, gus');
    }
    lab?.heal();
    await servers.beta.waitFor('link up peer=alpha', marksOfServers.beta);
    for (const { program } of all) await untilAmong(program, 'ann, bob, gus');
    await talk('after a long outage');
    for (const user of [ann, gus]) {
      expect(said(user).match(/was lost/g), user.name).to.have.length(1);
      expect(said(user).match(/bob joined/g), user.name).to.have.length(1);
    }
    nothingCameTwice();
  });
});
