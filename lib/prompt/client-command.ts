/** The command that starts a client, as somebody would type it in the folder where this server was started. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How this server was started. */
export interface Start {
  /** The path that Node was given: of a `.js` file, or of the command that was installed for it. */
  readonly program: string;
  readonly folder: string;
  /** The folders in which a shell looks for commands. */
  readonly searched: readonly string[];
  /** The folder with the programs' `.js` files. */
  readonly dist: string;
}

/** How this process was started. */
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
  // npx searches this folder, but the user's shell does not.
  const isOfNpx = dirname(program).endsWith(join('node_modules', '.bin'));
  if (searched.includes(dirname(program)) && !isOfNpx) return client;
  const path = shortest(installed, folder);
  return quoted(path === client ? `./${client}` : path);
}

/** A path relative to a folder if it is beneath it, otherwise unchanged. */
function shortest(path: string, folder: string): string {
  const beneath = relative(folder, path);
  return beneath.startsWith('..') || isAbsolute(beneath) ? path : beneath;
}

/** A text quoted as one word for a shell. */
function quoted(path: string): string {
  if (process.platform === 'win32') return /\s/.test(path) ? `"${path}"` : path;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
