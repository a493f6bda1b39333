/**
 * Measures networks of several sizes in virtual time, and writes the figures into docs/PEERING.md:
 * `npm run figures -- --servers 10 --servers 100`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { type Figures, measure } from './measure.js';

const begin = '<!-- figures: written by `npm run figures` -->';
const end = '<!-- end of figures -->';
const page = fileURLToPath(new URL('../../../docs/PEERING.md', import.meta.url));

const args = await yargs(process.argv.slice(2))
  .scriptName('npm run figures --')
  .options({
    servers: { type: 'number', array: true, default: [10, 100, 1000], describe: 'sizes of the networks' },
    seed: { type: 'number', default: 1 },
    write: { type: 'boolean', default: true, describe: 'write the table into docs/PEERING.md' },
  })
  .strict()
  .version(false)
  .parseAsync();

const measured: Figures[] = [];
for (const servers of args.servers) {
  const begunMs = performance.now();
  measured.push(measure(servers, args.seed));
  console.error(`${servers} servers: ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
}
const text = table(measured);
console.log(text);
if (args.write) write(text);

function table(columns: readonly Figures[]): string {
  const rows: [string, (figures: Figures) => string][] = [
    ['links', ({ links }) => String(links)],
    ['all see the same after a crash, connections reset', ({ crashResetMs }) => ms(crashResetMs)],
    ['… and when the machine just vanishes', ({ crashSilentMs }) => ms(crashSilentMs)],
    ['servers with members in the channel', ({ interested }) => String(interested)],
    ['links that a message crosses', ({ crossings }) => crossings.toFixed(1)],
    ['… of these to a server that has it', ({ duplicates }) => duplicates.toFixed(1)],
    ['… the fewest possible by shortest paths', ({ treeSize }) => treeSize.toFixed(1)],
    ['lost of what is said around a crash', ({ loss }) => percent(loss)],
    ['… if nothing could be asked for again', ({ lossWithoutPulls }) => percent(lossWithoutPulls)],
    ['bytes a server sends each second, at rest', ({ restBytes }) => restBytes.toFixed(0)],
    ['… besides events, while links and users come and go', ({ churnBytes }) => churnBytes.toFixed(0)],
    ['memory of a server in the simulator', ({ memoryBytes }) => `${(memoryBytes / 1024).toFixed(0)} KiB`],
  ];
  return [
    `| servers | ${columns.map(({ servers }) => servers).join(' | ')} |`,
    `| --- |${columns.map(() => ' ---: |').join('')}`,
    ...rows.map(([title, cell]) => `| ${title} | ${columns.map(cell).join(' | ')} |`),
  ].join('\n');
}

function ms(value: number): string {
  return value >= 1_000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(0)} ms`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function write(text: string): void {
  const before = readFileSync(page, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the figures: '${begin}' and '${end}'`);
  writeFileSync(page, `${before.slice(0, from + begin.length)}\n\n${text}\n\n${before.slice(to)}`);
}
