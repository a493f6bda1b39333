/**
 * What the three server programs do: read the command line, start, talk with the operator, end in good order.
 */
import { systemClock } from './clock.js';
import { UsageError } from './command-line.js';
import { ListenError } from './listen/door.js';
import { createLog, type LogSink } from './log.js';
import { type DoorName, parseServerOptions } from './options.js';
import { OperatorPrompt } from './prompt/operator-prompt.js';
import { bannerLines } from './prompt/status.js';
import { PortsFileError, startServer } from './server.js';
import { colorsFor } from './terminal/colors.js';

/**
 * Runs a server until it is told to end. Exit status: 0 when it was, 1 when it could not start or failed, 2 when
 * its command line was wrong.
 *
 * @param program `full-server` and so on
 * @param about one line on what it is, for --help
 * @param doors the doors it has for clients
 */
export async function runServer(program: string, about: string, doors: readonly DoorName[]): Promise<void> {
  try {
    await start(program, about, doors);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${program}: ${error.message}\nType \`${program} --help\` for what it takes.`);
      process.exitCode = 2;
    } else if (error instanceof ListenError || error instanceof PortsFileError) {
      console.error(`${program}: ${error.message}`);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

async function start(program: string, about: string, doors: readonly DoorName[]): Promise<void> {
  const options = await parseServerOptions(program, about, doors, process.argv.slice(2));
  let sink: LogSink = (line) => process.stderr.write(`${line}\n`);
  const log = createLog(options.logLevel, (line, level) => sink(line, level), systemClock);
  // Whoever read the output may be gone; the server goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  const server = await startServer(options, log);
  const { bold } = colorsFor(process.stdout);
  for (const line of bannerLines(server, bold)) console.log(line);
  console.log();

  const stop = (): void => {
    for (const signal of signals) process.removeListener(signal, stop);
    prompt.print([`Stopping ${options.name}: telling clients and peers.`]);
    prompt.close();
    sink = (line) => process.stderr.write(`${line}\n`);
    void server.stop().then(() => process.exit(0));
  };
  const prompt = new OperatorPrompt({
    input: process.stdin,
    output: process.stdout,
    server,
    wallMs: () => systemClock.wallMs(),
    exit: stop,
  });
  if (prompt.live) sink = (line, level) => prompt.printLog(line, level);
  for (const signal of signals) process.on(signal, stop);
  process.on('uncaughtException', (error) => {
    prompt.close();
    log.error('unexpected error, giving up', { error: error.stack ?? error.message });
    process.exit(1);
  });
}

/** Each of them ends the server in good order; a second one ends it at once. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
