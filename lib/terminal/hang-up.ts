/**
 * Notices that the terminal that a program was started at is lost: its window was closed, its ssh connection broke, or
 * its session was killed. The system sends SIGHUP for it, once or more often. Where it does not, reading and writing
 * fail.
 */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Watches the terminal from now on. It is to be called once.
 *
 * For a program without a terminal, SIGHUP does nothing, as `nohup` wants it. It has to be ignored here again, because
 * Node does not keep to it that it was started with the signal ignored, and would end.
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
  // These listeners stay even after the terminal is lost: the shell passes on a SIGHUP that the system has already sent,
  // and each further try to read, write or change the terminal's mode fails again.
  process.on('SIGHUP', terminals.length > 0 ? lose : () => {});
  for (const terminal of terminals) terminal.on('error', lose);

  process.on('exit', () => {
    for (const { fd } of terminals) if (lost || !isatty(fd)) letGo(fd);
  });
}

/**
 * Closes a file descriptor that was a terminal. When a program ends, Node sets each open terminal back to the mode that
 * it found it in, and aborts if it cannot (`ResetStdio` in its src/node.cc).
 */
function letGo(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The program is about to end, and an error here must not prevent that.
  }
}
