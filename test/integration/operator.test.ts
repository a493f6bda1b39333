import { expect } from 'chai';
import {
  completeOperatorLine,
  OperatorError,
  operatorCommands,
  runOperatorLine,
} from '../../lib/prompt/commands.js';
import { useServer } from '../helpers/test-server.js';

describe('An operator', () => {
  const alpha = useServer('full-server', 'tcp');
  const beta = useServer('full-server', 'tcp', { name: 'beta' });

  async function type(line: string, columns = 80): Promise<string> {
    const context = {
      server: alpha().running,
      wallMs: () => Date.now(),
      nowMs: () => performance.now(),
      columns: () => columns,
      exit: () => {},
    };
    return (await runOperatorLine(context, line)).join('\n');
  }

  async function failure(line: string): Promise<string> {
    try {
      await type(line);
    } catch (error) {
      if (error instanceof OperatorError) return error.message;
      throw error;
    }
    throw new Error(`nothing was wrong with: ${line}`);
  }

  beforeEach(async () => {
    expect(await type(`connect 127.0.0.1 ${beta().running.ports.peer}`)).to.match(/^Connected to beta/);
    // A server is on the map when it has told which servers it is linked with.
    while (alpha().running.network.serversInReach < 1) await new Promise((resolve) => setImmediate(resolve));
  });

  it('sees the network on `map`, from here and from elsewhere', async () => {
    expect(await type('map')).to.match(
      /^2 servers, 1 link; .*this server[\s\S]*0 {2}alpha \*[\s\S]*1 {2}└─ beta/,
    );
    const { nodeId } = beta().running;
    for (const typed of ['map beta', `map ${nodeId}`]) {
      expect(await type(typed)).to.match(/from beta[\s\S]*0 {2}beta[\s\S]*1 {2}└─ alpha \*/);
    }
  });

  it('is told when there is no such server for `map`', async () => {
    expect(await failure('map gamma')).to.equal("No server 'gamma' is in reach. Type `map` to see them.");
    expect(await failure('map alpha beta')).to.match(/at most one server/);
  });

  it('has servers completed for `map`', () => {
    expect(completeOperatorLine(alpha().running, 'map b')).to.deep.equal([['beta'], 'b']);
  });

  it('sees the network in `status`', async () => {
    expect(await type('status')).to.match(/network +1 other server in reach; 1 link here \(1 by hand\)\n/);
  });

  it('reads no line in `help` that is wider than the terminal, and no word that is broken', async () => {
    const names = operatorCommands.map(({ name }) => name);
    for (const name of names) {
      const [wide, narrow] = [await type(`help ${name}`, 200), await type(`help ${name}`, 50)];
      for (const [text, columns] of [[wide, 110] as const, [narrow, 50] as const]) {
        for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(columns);
      }
      expect(narrow.split(/\s+/)).to.deep.equal(wide.split(/\s+/));
    }
  });

  it('sees in `peers` that a link without a key is not encrypted', async () => {
    expect(await type('peers')).to.match(/encrypted[\s\S]*1 {2}beta .* by hand {2}no/);
  });
});
