import { limits } from '../limits.js';

/**
 * How long a client takes over one message: a line over TCP, a message in however many frames over WebSocket. What has
 * come of it is kept until it is whole.
 */
export class UnfinishedWatch {
  #message: number | undefined;
  #sinceMs = 0;

  /**
   * To be called every now and then.
   *
   * @param message the number of the one that has begun and is not whole yet, among all of this client; undefined if
   *   there is none
   * @returns whether it takes too long
   */
  isOverdue(message: number | undefined, nowMs: number): boolean {
    if (message === undefined || message !== this.#message) {
      this.#message = message;
      this.#sinceMs = nowMs;
      return false;
    }
    return nowMs - this.#sinceMs >= limits.messageMs;
  }
}
