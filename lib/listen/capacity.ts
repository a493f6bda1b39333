/**
 * The connections of clients in this process, at all its doors. There are at most as many as it has file descriptors
 * for, so that some are left for links, for the operator, and for telling clients that the server is full.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { LastingWarning } from '../log-brake.js';

export class Capacity {
  /** All connections, the oldest first, except that `#silentOne` moves those that it has looked at to the end. */
  readonly #sockets = new Set<Socket>();
  /** The connections whose clients were told goodbye and that are not closed yet. */
  readonly #dismissed = new Set<Socket>();
  readonly #full: LastingWarning;

  /** @param connections the most connections at once */
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
   * Takes in a connection. If there is no room, one is closed that was told goodbye or on which nothing was ever said;
   * if none is found, the new one is closed. For a connection that has been taken in already it does nothing.
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

  /** Notes that the client of a connection was told goodbye, so that the connection can be closed to make room. */
  dismiss(socket: Socket): void {
    if (this.#sockets.has(socket)) this.#dismissed.add(socket);
  }

  /** To be called every now and then: repeats the warning while there is no room. */
  sweep(): void {
    if (this.#sockets.size >= this.connections) this.#warn(0);
  }

  /** Finds a connection on which nothing was ever said. It looks only at a few, and the next time at others. */
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
