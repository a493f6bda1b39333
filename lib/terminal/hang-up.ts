/**
 * The loss of the terminal that a program was started at: its window was closed, its ssh broke off, its session was
 * killed. SIGHUP tells of it, once or more often; without that, only reading and writing fail.
 */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Watches over the terminal from now on; call it once.
 *
 * Without a terminal SIGHUP does nothing, as `nohup` wants it: Node forgets that it was started with that signal
 * ignored, and would die of it.
 *
 * @param hungUp called once, when the terminal is lost
 */
export function onHangUp(hungUp: () => void): void {
  const terminals = [process.stdin, process.stdout, process.stderr].filter((stream) => stream.isTTY);
  let lost = false;
  const lose = (): void => {
    if (lost) return;
    lost = true;
    hungUp();
  };
  // To stay, also afterwards: the shell passes on a SIGHUP that the system has sent already, and reading, writing and
  // the change of the terminal's mode fail time and again.
  process.on('SIGHUP', terminals.length > 0 ? lose : () => {});
  for (const terminal of terminals) terminal.on('error', lose);

  process.on('exit', () => {
    for (const { fd } of terminals) if (lost || !isatty(fd)) letGo(fd);
  });
}

/**
 * Closes what was a terminal: at its end Node sets every terminal that is open back to how it found it, and aborts
 * where it cannot (`ResetStdio` in its src/node.cc).
 */
function letGo(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The program ends with the next step, and this shall not keep it.
  }
}
