import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('The first change that docs/FIRST-CHANGE.md walks through', () => {
  const page = textOf('docs/FIRST-CHANGE.md');
  const steps = [...page.matchAll(/^```diff\n--- (\S+)\n(.*?)^```$/gms)].map(
    ([, path = '', lines = '']) => [path, lines.trimEnd().split('\n')] as const,
  );

  it('has a step for each file that it changes', () => {
    expect(new Set(steps.map(([path]) => path)).size).to.be.above(6);
  });

  it('speaks of files that exist', () => {
    const files = [...page.matchAll(/`((?:lib|web|test|scripts)\/[^`]*)`/g)].map(([, path = '']) => path);
    expect(files.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
    expect(files.length).to.be.above(10);
  });

  it('speaks of scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const named = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  for (const [path, lines] of steps) {
    const around = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));

    it(`goes beside ${JSON.stringify(around[0]?.trim())} in ${path}`, () => {
      expect(around.length).to.be.above(0);
      expect(textOf(path)).to.contain(`${around.join('\n')}\n`);
    });
  }
});

describe('The picture of the house', () => {
  it('is what the imports say', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/house.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    expect(status).to.equal(0);
  });
});
