/**
 * The commands that one client sends while an earlier one of its own is on a journey through the network. They are kept
 * in order and carried out once the journey has ended. No other client waits for it.
 *
 * The queue does not refuse anything. At its limit it tells the connection to stop reading from the client, and to go
 * on once there is room again.
 */
import { limits } from '../limits.js';
import { Queue } from '../queue.js';

/** One line or frame of a client; undefined if it was not UTF-8. */
export type Said = string | undefined;

/** The connection that a client's commands come from. */
export interface Source {
  /**
   * Stops reading (false) when too many commands wait to be carried out, and goes on (true) when there is room again.
   */
  readonly setReading?: (reading: boolean) => void;
}

export class CommandQueue {
  /** The commands that wait. Made for the first one, since few clients ever have a command that waits. */
  #waiting: Queue<Said> | undefined;
  /** Whether a command is on a journey. */
  #held = false;
  #full = false;
  #onIdle: (() => void) | undefined;

  constructor(private readonly source: Source) {}

  /** Whether a command that comes now has to wait. */
  get isBusy(): boolean {
    return this.#held || this.length > 0;
  }

  /** How many commands wait. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  /** Notes that a command begins a journey: the commands after it wait until it ends. */
  hold(): void {
    this.#held = true;
  }

  /** Notes that the journey has ended. The commands that wait are to be taken now, before any other comes. */
  release(): void {
    this.#held = false;
  }

  add(said: Said): void {
    // The text is copied: a string that was cut out of a longer one would keep all of that in memory.
    this.#waiting ??= new Queue();
    this.#waiting.push(said && Buffer.from(said).toString());
    this.#checkFull();
  }

  /** Whether a command waits that may be carried out now. */
  get isReady(): boolean {
    return !this.#held && this.length > 0;
  }

  /** Takes the command that has waited longest. */
  take(): Said {
    const said = this.#waiting?.shift();
    this.#checkFull();
    return said;
  }

  /**
   * Calls a task once nothing waits and nothing is on a journey, maybe at once. For a client that sends nothing more.
   */
  whenIdle(task: () => void): void {
    this.#onIdle = task;
    this.checkIdle();
  }

  /** Calls the task of `whenIdle` if it is time. To be called when all that could be carried out has been. */
  checkIdle(): void {
    if (!this.isBusy) this.#onIdle?.();
  }

  /** Forgets all commands, because the session has ended: nothing is carried out any more. */
  close(): void {
    this.#held = true;
    this.#waiting = undefined;
    this.#checkFull();
  }

  #checkFull(): void {
    const full = this.length >= limits.commandsWaiting;
    if (full === this.#full) return;
    this.#full = full;
    this.source.setReading?.(!full);
  }
}
