/**
 * What the three server programs do: read the command line, start, talk with the operator, end in good order.
 */
import { systemClock } from './clock.js';
import { ListenError } from './listen/door.js';
import { createLog } from './log.js';
import { type DoorName, parseServerOptions } from './options.js';
import { startServer } from './server.js';
import { UsageError } from './usage-error.js';

/**
 * Runs a server until it is told to end.
 *
 * @param program `full-server` and so on
 * @param about one line on what it is, for --help
 * @param doors the doors it has for clients
 */
export async function runServer(program: string, about: string, doors: readonly DoorName[]): Promise<void> {
  try {
    const options = await parseServerOptions(program, about, doors, process.argv.slice(2));
    const log = createLog(options.logLevel, (line) => console.error(line), systemClock);
    const server = await startServer(options, log);
    const stop = () => void server.stop().then(() => process.exit(0));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    console.log(JSON.stringify(server.ports));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ListenError)) throw error;
    console.error(`${program}: ${error.message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
