import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The paths of what `npm publish` would put into the package. */
function packedFiles(): string[] {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    // The options of Node in the environment are meant for these tests, not for npm.
    env: { ...process.env, NODE_OPTIONS: '' },
    shell: process.platform === 'win32',
  });
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
  return files.map(({ path }) => path);
}

describe('the package', function () {
  this.timeout(60_000);
  let files: string[] = [];

  before(() => {
    files = packedFiles();
  });

  it('has the programs, the page and the documents, and no tests', () => {
    const { bin }: { bin: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    expect(files).to.include.members([
      ...Object.values(bin),
      'dist/web/index.html',
      'dist/web/main.js',
      'README.md',
      'CHANGELOG.md',
      'docs/PROTOCOL.md',
    ]);
    expect(files.filter((path) => /^dist\/(?:test|bench)\//.test(path))).to.deep.equal([]);
  });

  it('has a source map only where the sources are in it, or in the map itself', () => {
    for (const path of files.filter((name) => name.endsWith('.map'))) {
      const { sources, sourcesContent }: { sources: string[]; sourcesContent?: string[] } = JSON.parse(
        readFileSync(join(root, path), 'utf8'),
      );
      const missing = sources.filter((source) => !files.includes(join(dirname(path), source)));
      expect(sourcesContent ?? missing, path).to.have.length(sourcesContent ? sources.length : 0);
    }
  });

  it('has the types of each of its modules', () => {
    const modules = files.filter((path) => path.startsWith('dist/lib/') && path.endsWith('.js'));
    expect(modules).not.to.deep.equal([]);
    const untyped = modules.filter((path) => !files.includes(path.replace(/\.js$/, '.d.ts')));
    expect(untyped).to.deep.equal([]);
    for (const path of files) expect(existsSync(join(root, path)), path).to.equal(true);
  });
});
