import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const dist = new URL('../../', import.meta.url);
const lists = new URL('../scripts/mutations/', dist);

interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly search: string;
}

/** The mutations of one list, which is plain JavaScript. */
async function mutationsOf(list: string): Promise<readonly Mutation[]> {
  const { mutations }: { readonly mutations: readonly Mutation[] } = await import(new URL(list, lists).href);
  return mutations;
}

describe('The lists of mutations', () => {
  for (const list of readdirSync(fileURLToPath(lists))) {
    it(`of ${list} fit the code: what each one replaces is there exactly once`, async () => {
      const mutations = await mutationsOf(list);
      expect(mutations).not.to.be.empty;
      for (const { name, file, search } of mutations) {
        const found = readFileSync(new URL(file, dist), 'utf8').split(search).length - 1;
        expect(found, `${name}, in ${file}`).to.equal(1);
      }
    });
  }
});
