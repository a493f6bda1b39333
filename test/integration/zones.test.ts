import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { NetLab, NoNetLab, on } from '../helpers/net-lab.js';
import { onlyByHand } from '../helpers/network-promises.js';
import { Program, type ProgramName, ServerProgram } from '../helpers/program.js';

/** The interface that has `::1`. */
function loopback(): string | undefined {
  return Object.entries(networkInterfaces()).find(([, list]) =>
    list?.some(({ address }) => address === '::1'),
  )?.[0];
}

describe('Addresses with a zone', function () {
  this.timeout(60_000);
  let lab: NetLab | undefined;
  const running: Program[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
    lab?.remove();
    lab = undefined;
  });

  async function start(name: string, host: string, within: readonly string[] = []): Promise<ServerProgram> {
    const server = await ServerProgram.start('full-server', name, { ...onlyByHand, host, within });
    running.push(server);
    return server;
  }

  async function join(
    program: ProgramName,
    args: readonly (string | number | undefined)[],
    within: readonly string[] = [],
  ): Promise<Program> {
    const client = new Program(program, args.map(String), [], within);
    running.push(client);
    await client.waitFor(/You are in lobby/);
    return client;
  }

  /** Checks that what one says reaches the other. */
  async function talk(one: Program, other: Program): Promise<void> {
    one.type('Can you hear me?');
    await other.waitFor(/: Can you hear me\?/);
  }

  it('are listened on, dialled by clients and peered with', async function () {
    const lo = loopback();
    if (lo === undefined) this.skip();
    const host = `::1%${lo}`;
    const alpha = await start('alpha', host);
    const beta = await start('beta', host);
    await beta.connectTo(alpha, host);
    const ann = await join('cli-client', [host, alpha.ports.client, 'lobby', 'ann']);
    const bob = await join('websock-client', [host, beta.ports.websocket, 'lobby', 'bob']);
    await talk(ann, bob);
    const cyd = await join('websock-client', [`ws://[${host}]:${alpha.ports.websocket}`, 'lobby', 'cyd']);
    await talk(cyd, ann);
  });

  it('lead to machines of the same network that have link-local addresses only', async function () {
    let machines: readonly (readonly string[])[];
    try {
      lab = new NetLab();
      // Without this, the system first checks whether another machine has the address, which takes seconds.
      machines = [on(lab.host('alpha', 'fe80::a/64 nodad')), on(lab.host('beta', 'fe80::b/64 nodad'))];
    } catch (error) {
      if (!(error instanceof NoNetLab)) throw error;
      console.log(`      skipped, for this machine has no network namespaces to give: ${error.message}`);
      this.skip();
    }
    const [atAlpha = [], atBeta = []] = machines;
    const alpha = await start('alpha', 'fe80::a%public', atAlpha);
    const beta = await start('beta', 'fe80::b%public', atBeta);
    await alpha.waitFor(`connect fe80::a%<its-interface> ${alpha.ports.peer}`);
    await beta.connectTo(alpha, 'fe80::a%public');
    const ann = await join('cli-client', ['fe80::a%public', alpha.ports.client, 'lobby', 'ann'], atAlpha);
    const bob = await join(
      'websock-client',
      ['fe80::a%public', alpha.ports.websocket, 'lobby', 'bob'],
      atBeta,
    );
    const cyd = await join('cli-client', ['fe80::b%public', beta.ports.client, 'lobby', 'cyd'], atAlpha);
    await talk(ann, bob);
    await talk(cyd, ann);
    const mark = beta.mark();
    beta.type(`disconnect [fe80::a%public]:${alpha.ports.peer}`);
    await beta.waitFor(/Disconnected alpha at \[fe80::a%public\]/, mark);
    beta.type(`connect fe80::a%nope ${alpha.ports.peer}`);
    await beta.waitFor(
      /Cannot connect to .*: there is no network interface nope here; this machine has lo, public\./,
      mark,
    );
    beta.type(`connect fe80::a ${alpha.ports.peer}`);
    await beta.waitFor(/'fe80::a' is a link-local address, .*fe80::a%eth0/, mark);
    expect(beta.output.slice(mark)).not.to.match(/uncaught|unexpected/i);
  });
});
