import { NetLab, NoNetLab, on } from '../helpers/net-lab.js';
import { onlyByHand } from '../helpers/network-promises.js';
import { ServerProgram } from '../helpers/program.js';

const ports = { client: 8545, websocket: 8546, peer: 30303 };
const all = 'all.example';

describe('A host name that all servers of a network have in common', function () {
  this.timeout(60_000);
  let lab: NetLab | undefined;
  const running: ServerProgram[] = [];

  after(async () => {
    await Promise.all(running.map((server) => server.end()));
    lab?.remove();
  });

  async function start(name: string, machine: string, host: string, ...options: string[]) {
    const own = { ...onlyByHand, host, ports, within: on(machine) };
    const server = await ServerProgram.start('full-server', name, {
      ...own,
      options: [...(onlyByHand.options ?? []), ...options],
    });
    running.push(server);
    return server;
  }

  it('leads each of them to another one, past itself and past addresses where nobody is', async function () {
    let machines: readonly [string, string];
    try {
      lab = new NetLab();
      machines = [lab.host('alpha', '192.0.2.1/24'), lab.host('beta', '192.0.2.2/24')];
      // This is how the first server starts: it knows of no other.
      lab.name(machines[0], all, ['192.0.2.1']);
      lab.name(machines[1], all, ['192.0.2.2', '192.0.2.9', '192.0.2.1']);
    } catch (error) {
      if (!(error instanceof NoNetLab)) throw error;
      console.log(`      skipped, for this machine has no network namespaces to give: ${error.message}`);
      this.skip();
    }
    const alpha = await start('alpha', machines[0], '192.0.2.1', '--peer', `${all}:${ports.peer}`);
    await alpha.waitFor(/cannot reach server address=all\.example:30303 reason="that is this server itself"/);
    alpha.type('peers');
    await alpha.waitFor(/leads to this server itself: all\.example:30303/);
    const beta = await start('beta', machines[1], '192.0.2.2');
    lab?.name(machines[0], all, ['192.0.2.1', '192.0.2.9', '192.0.2.2']);
    await alpha.waitFor(/link up peer=beta address=all\.example:30303 at=192\.0\.2\.2 direction=out/);
    beta.type(`connect ${all} ${ports.peer}`);
    await beta.waitFor(/Connected to alpha at all\.example:30303 \(192\.0\.2\.1:30303\)\./);
  });
});
