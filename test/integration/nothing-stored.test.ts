import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program, ServerProgram } from '../helpers/program.js';

/** A text that is said early, and must not be found anywhere later. */
const secret = 'the-heron-stands-at-noon';

describe('nothing of what is said', function () {
  this.timeout(60_000);
  const running: Program[] = [];
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearsay-stored-'));
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((program) => program.end()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Two linked servers with a client on each. One client says a secret, and then many other things. */
  async function talk(nodeOptions: readonly string[]): Promise<[ServerProgram, ServerProgram]> {
    const alpha = await ServerProgram.start('full-server', 'alpha', { nodeOptions });
    running.push(alpha);
    const beta = await ServerProgram.start('full-server', 'beta', { nodeOptions });
    running.push(beta);
    await alpha.connectTo(beta);
    const bob = new Program('websock-client', ['127.0.0.1', String(beta.ports.websocket), 'lobby', 'bob']);
    running.push(bob);
    await bob.waitFor('lobby');
    const ann = new Program('cli-client', ['127.0.0.1', String(alpha.ports.client), 'lobby', 'ann']);
    running.push(ann);
    await bob.waitFor('ann');
    ann.type(secret);
    await bob.waitFor(secret);
    for (let i = 0; i < 50; i++) ann.type(`something else ${i}.`);
    await bob.waitFor('something else 49.');
    return [alpha, beta];
  }

  it('stays in the memory of a server, whether it was said there or came from another', async () => {
    const servers = await talk(['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`]);
    for (const server of servers) {
      const snapshot = await heapOf(server);
      // This proves that the search works: what is kept is found.
      expect(snapshot).to.include(server.serverName);
      expect(snapshot.includes(secret), `the secret in the heap of ${server.serverName}`).to.equal(false);
    }
  });

  it('is written to disk: a server that may write nothing but its ports relays all the same', async () => {
    const [major = 0] = process.versions.node.split('.').map(Number);
    const permission = major >= 24 ? '--permission' : '--experimental-permission';
    const network = major >= 25 ? ['--allow-net'] : [];
    await talk([permission, '--allow-fs-read=*', `--allow-fs-write=${tmpdir()}/hearsay-test-*`, ...network]);
  });

  /** The server's whole heap, as Node writes it on a signal. */
  async function heapOf(server: ServerProgram): Promise<string> {
    const before = new Set(readdirSync(folder));
    server.kill('SIGUSR2');
    for (;;) {
      const fresh = readdirSync(folder).find((name) => !before.has(name));
      // While a server writes the file it does nothing else. So when it answers, a file that was begun is complete.
      await hasAnswered(server);
      if (fresh !== undefined) return readFileSync(join(folder, fresh), 'utf8');
    }
  }

  async function hasAnswered(server: ServerProgram): Promise<void> {
    const mark = server.mark();
    server.type('status');
    await server.waitFor(/memory .*\n/, mark);
  }
});
