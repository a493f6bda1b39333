/**
 * What the two client programs do: read the command line, talk at the terminal or from a pipe, end in good order.
 */
import { systemClock } from '../clock.js';
import { UsageError } from '../command-line.js';
import { colorsFor } from '../terminal/colors.js';
import { onHangUp } from '../terminal/hang-up.js';
import { formatAddress, splitZone } from '../wire/address.js';
import { askAtTerminal, NoAnswer } from './ask.js';
import { runInteractive } from './interactive.js';
import { type ClientKind, type ClientOptions, parseClientOptions } from './options.js';
import { runScript } from './script.js';
import type { Setting } from './setting.js';
import { tcpDial } from './tcp.js';
import { systemTimer } from './timer.js';
import { webSocketDial } from './websocket.js';

/**
 * Runs a client until its user, or its input, is done.
 *
 * @param program `cli-client` and so on
 * @param about one line on what it is, for --help
 */
export async function runClient(program: string, about: string, kind: ClientKind): Promise<void> {
  const { argv, stdin, stdout, stderr } = process;
  const ask = stdin.isTTY && stdout.isTTY ? askAtTerminal : undefined;
  // The reader of the output may have gone. Then there is nothing left to do.
  if (!stdout.isTTY) stdout.on('error', () => process.exit(1));
  stderr.on('error', () => {});
  try {
    const options = await parseClientOptions(program, about, kind, argv.slice(2), ask);
    const setting = settingFor(program, kind, options);
    if (stdin.isTTY) {
      await runInteractive(setting, { input: stdin, output: stdout, stop: stopSignal() });
    } else {
      onHangUp(() => process.exit(1));
      process.exitCode = await runScript(setting, { input: stdin, output: stdout, errors: stderr });
    }
  } catch (error) {
    if (error instanceof NoAnswer) {
      stdout.write('\n');
      return;
    }
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${program}: ${error.message}\n`);
    process.exitCode = 2;
  }
}

function settingFor(
  program: string,
  kind: ClientKind,
  { host, port, url, channel, name }: ClientOptions,
): Setting {
  return {
    program,
    where: kind === 'tcp' ? formatAddress(host, port) : withZone(url.href.replace(/\/$/, ''), host),
    dial: kind === 'tcp' ? tcpDial(host, port) : webSocketDial(url, host),
    clock: systemClock,
    timer: systemTimer,
    random: Math.random,
    ink: colorsFor(process.stdout),
    start: { channel, name },
  };
}

/** The zone is no part of a URL, but of what people read. */
function withZone(url: string, host: string): string {
  const [, zone] = splitZone(host);
  return zone === undefined ? url : url.replace(']', `%${zone}]`);
}

/** A signal that is raised when the program is ended from outside, or loses its terminal. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  onHangUp(stop);
  return controller.signal;
}
