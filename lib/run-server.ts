/**
 * What the three server programs have in common: they read the command line, start a server, serve its prompt, and end
 * in good order.
 */
import { systemClock } from './clock.js';
import { UsageError } from './command-line.js';
import { ListenError } from './listen/door.js';
import { createLog, type Log, type LogSink } from './log.js';
import { type DoorName, parseServerOptions } from './options.js';
import { OperatorPrompt } from './prompt/operator-prompt.js';
import { bannerLines } from './prompt/status.js';
import { AdvertiseError, PortsFileError, startServer } from './server.js';
import { colorsFor } from './terminal/colors.js';
import { onHangUp } from './terminal/hang-up.js';
import { WorkersError } from './workers/workforce.js';

/**
 * Runs a server until it is told to end. The exit status is 0 if it was told to end, 1 if it could not start or failed,
 * and 2 if its command line was wrong.
 *
 * @param program the name of the program, such as `full-server`
 * @param about one line on what the program is, for --help
 * @param doors the doors it has for clients
 */
export async function runServer(program: string, about: string, doors: readonly DoorName[]): Promise<void> {
  try {
    await start(program, about, doors);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${program}: ${error.message}`);
      process.exitCode = 2;
    } else if (isStartError(error)) {
      console.error(`${program}: ${error.message}`);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

/** Whether an error means that the server could not start, with a message that tells the operator why. */
function isStartError(error: unknown): error is Error {
  return [ListenError, PortsFileError, AdvertiseError, WorkersError].some((kind) => error instanceof kind);
}

async function start(program: string, about: string, doors: readonly DoorName[]): Promise<void> {
  const options = await parseServerOptions(program, about, doors, process.argv.slice(2));
  const toErrorOutput: LogSink = (line) => process.stderr.write(`${line}\n`);
  let sink = toErrorOutput;
  const log = createLog(options.logLevel, (line, level) => sink(line, level), systemClock);
  // The program that reads the output may end before the server, which then goes on without it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  const server = await startServer(options, log);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    for (const signal of signals) process.removeListener(signal, stop);
    prompt.print([`Stopping ${options.name}: telling clients and peers.`]);
    closePrompt();
    void server.stop().then(() => process.exit(0));
  };
  // The signals are listened to before anything is shown, because a program that sees the first line may send one at
  // once. `stop` needs the prompt, which is made below: no signal is delivered before this function has ended.
  for (const signal of signals) process.on(signal, stop);
  onHangUp(stop);

  const { bold } = colorsFor(process.stdout);
  for (const line of bannerLines(server, bold)) console.log(line);
  console.log();
  const prompt = new OperatorPrompt({
    input: process.stdin,
    output: process.stdout,
    server,
    wallMs: () => systemClock.wallMs(),
    nowMs: () => systemClock.nowMs(),
    columns: () => process.stdout.columns ?? 80,
    exit: stop,
  });
  const closePrompt = (): void => {
    sink = toErrorOutput;
    prompt.close();
  };
  if (prompt.live) sink = (line, level) => prompt.printLog(line, level);
  process.on('uncaughtException', (error: unknown) => {
    // The prompt or the log may be what is broken. The program has to end all the same.
    try {
      closePrompt();
    } finally {
      giveUp(log, error);
    }
  });
}

function giveUp(log: Log, error: unknown): never {
  try {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error('unexpected error, giving up', { error: why });
  } finally {
    process.exit(1);
  }
}

/** The signals that end the server in good order; a second one ends it at once. */
const signals = ['SIGINT', 'SIGTERM'] as const;
