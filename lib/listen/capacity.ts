/**
 * The connections of this process, over all its doors: no more than it has descriptors for, so that some are left for
 * links, for the operator, and for telling clients that the server is full.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { LastingWarning } from '../log-brake.js';

export class Capacity {
  /** The oldest first, but for those that were passed over. */
  readonly #sockets = new Set<Socket>();
  /** Of these, those that were told goodbye and are not closed yet. */
  readonly #dismissed = new Set<Socket>();
  readonly #full: LastingWarning;

  /** @param connections the most at once */
  constructor(
    readonly connections: number,
    clock: Pick<Clock, 'nowMs'>,
    log: Log,
  ) {
    this.#full = new LastingWarning(log, clock, 'no room for more connections: some are closed');
  }

  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Takes in a connection. Where all places are taken, one makes room that was told goodbye, or on which nothing was ever
   * said; if there seems to be none, the new one is closed. Again for the same connection: nothing.
   */
  enter(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    if (this.#sockets.size >= this.connections) {
      this.#warn(1);
      const [dismissed] = this.#dismissed;
      const closed = dismissed ?? this.#silentOne() ?? socket;
      this.leave(closed);
      closed.destroy();
      if (closed === socket) return;
    }
    this.#sockets.add(socket);
  }

  leave(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#dismissed.delete(socket);
  }

  /** Its client was told goodbye: it need not be waited for where there is no room. */
  dismiss(socket: Socket): void {
    if (this.#sockets.has(socket)) this.#dismissed.add(socket);
  }

  /** Time has passed: that it is full may have to be said once more. */
  sweep(): void {
    if (this.#sockets.size >= this.connections) this.#warn(0);
  }

  /** Looks at a few only, and at others the next time. */
  #silentOne(): Socket | undefined {
    let looks = limits.silentLooks;
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0) return socket;
      if (looks-- === 0) return undefined;
      this.#sockets.delete(socket);
      this.#sockets.add(socket);
    }
    return undefined;
  }

  #warn(times: number): void {
    this.#full.note({ connections: this.connections }, times);
  }
}
