/**
 * What one client said while a command of its own is on a journey through the network: kept in order, and carried out
 * once that is done. Nobody else waits for it.
 *
 * It is bounded by whoever reads from the client: past the limit it is told to stop, and to go on once there is room.
 */
import { limits } from '../limits.js';
import { Queue } from '../queue.js';

/** One line or frame of a client; undefined stands for one that is not UTF-8. */
export type Said = string | undefined;

/** Where it comes from. */
export interface Source {
  /** Told false when so much waits to be carried out that no more is to be read, and true when there is room again. */
  readonly setReading?: (reading: boolean) => void;
}

export class CommandQueue {
  /** Made when the first one waits: few ever do. */
  #waiting: Queue<Said> | undefined;
  /** Whether a command is on a journey. */
  #held = false;
  #full = false;
  #onIdle: (() => void) | undefined;

  constructor(private readonly source: Source) {}

  /** Whether what comes now has to wait. */
  get isBusy(): boolean {
    return this.#held || this.length > 0;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  /** A command begins a journey: what comes after it waits for its end. */
  hold(): void {
    this.#held = true;
  }

  /** The journey is over: what waits is to be taken, before anything else comes. */
  release(): void {
    this.#held = false;
  }

  add(said: Said): void {
    // A string that was cut out of a longer one would keep all of that.
    this.#waiting ??= new Queue();
    this.#waiting.push(said && Buffer.from(said).toString());
    this.#checkFull();
  }

  /** Whether something waits that may be carried out now. */
  get isReady(): boolean {
    return !this.#held && this.length > 0;
  }

  /** Takes what has waited longest. */
  take(): Said {
    const said = this.#waiting?.shift();
    this.#checkFull();
    return said;
  }

  /** Calls back once nothing waits and nothing is on a journey, maybe at once: the client says nothing more. */
  whenIdle(task: () => void): void {
    this.#onIdle = task;
    this.checkIdle();
  }

  /** To be called when what could be carried out is. */
  checkIdle(): void {
    if (!this.isBusy) this.#onIdle?.();
  }

  /** The session has ended: nothing is carried out any more. */
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
