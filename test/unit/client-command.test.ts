import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clientCommand } from '../../lib/prompt/client-command.js';

describe('The command that starts a client', () => {
  const checkout = { program: '/home/ann/hearsay/dist/full-server.js', dist: '/home/ann/hearsay/dist' };

  const folders: readonly [string, string][] = [
    ['/home/ann/hearsay', 'node dist/cli-client.js'],
    ['/home/ann/hearsay/dist', 'node cli-client.js'],
    ['/home/ann', 'node hearsay/dist/cli-client.js'],
    ['/home/ann/hearsay/docs', 'node /home/ann/hearsay/dist/cli-client.js'],
    ['/tmp', 'node /home/ann/hearsay/dist/cli-client.js'],
  ];
  for (const [folder, command] of folders) {
    it(`works in ${folder}`, () => {
      expect(clientCommand('cli-client', { ...checkout, folder, searched: [] })).to.equal(command);
    });
  }

  it('is quoted where its path has spaces or quotes', () => {
    const start = { program: '/x y/full-server.js', folder: '/tmp', searched: [] };
    expect(clientCommand('cli-client', { ...start, dist: '/x y' })).to.equal("node '/x y/cli-client.js'");
    expect(clientCommand('cli-client', { ...start, dist: "/x'y" })).to.equal("node '/x'\\''y/cli-client.js'");
  });

  it('is its name where it is installed for the shell to find, and else its path there', () => {
    const bin = mkdtempSync(join(tmpdir(), 'hearsay-bin-'));
    try {
      writeFileSync(join(bin, 'websock-client'), '');
      const start = { program: join(bin, 'full-server'), folder: '/', dist: '/lib/hearsay/dist' };
      const command = (folder: string, ...searched: string[]) =>
        clientCommand('websock-client', { ...start, folder, searched });
      expect(command('/tmp', '/usr/bin', bin)).to.equal('websock-client');
      expect(command(join(bin, 'elsewhere'), '/usr/bin')).to.equal(join(bin, 'websock-client'));
      expect(command(bin, '/usr/bin')).to.equal('./websock-client');
    } finally {
      rmSync(bin, { recursive: true });
    }
  });
});
