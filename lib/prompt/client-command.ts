/** What to type to start a client, for somebody who stands where this server was started. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How this server was started. */
export interface Start {
  /** The path that Node was given: of a `.js` file, or of what was installed in its place. */
  readonly program: string;
  readonly folder: string;
  /** The folders in which a shell looks for commands. */
  readonly searched: readonly string[];
  /** The folder with the programs' `.js` files. */
  readonly dist: string;
}

/** The start of this process. */
export function thisStart(): Start {
  return {
    program: process.argv[1] ?? '',
    folder: process.cwd(),
    searched: (process.env.PATH ?? '').split(delimiter),
    dist: fileURLToPath(new URL('../..', import.meta.url)),
  };
}

/** @param client the name of the client program */
export function clientCommand(client: 'cli-client' | 'websock-client', start: Start): string {
  const { program, folder, searched, dist } = start;
  const installed = join(dirname(program), client);
  if (program.endsWith('.js') || !existsSync(installed)) {
    return `node ${quoted(shortest(join(dist, `${client}.js`), folder))}`;
  }
  // npx searches there, and the user's shell does not.
  const isOfNpx = dirname(program).endsWith(join('node_modules', '.bin'));
  if (searched.includes(dirname(program)) && !isOfNpx) return client;
  const path = shortest(installed, folder);
  return quoted(path === client ? `./${client}` : path);
}

/** Relative to a folder if beneath it, else as it is. */
function shortest(path: string, folder: string): string {
  const beneath = relative(folder, path);
  return beneath.startsWith('..') || isAbsolute(beneath) ? path : beneath;
}

/** As one word for a shell. */
function quoted(path: string): string {
  if (process.platform === 'win32') return /\s/.test(path) ? `"${path}"` : path;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
