/** What a chat works with, at a terminal as in a pipe: all that comes from outside is handed in. */
import type { ChalkInstance } from 'chalk';
import type { Clock } from '../clock.js';
import type { Timer } from './timer.js';
import type { Dial } from './transport.js';

export interface Setting {
  /** The program's name, at the head of its error lines. */
  readonly program: string;
  /** Where the server is, for people. */
  readonly where: string;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly timer: Timer;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly ink: ChalkInstance;
  /** What to join at once; both or neither. */
  readonly start: { readonly channel?: string | undefined; readonly name?: string | undefined };
}
