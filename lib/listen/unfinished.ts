import { limits } from '../limits.js';

/**
 * Watches how long a client takes to send one message, a line over TCP or a message of any number of frames over
 * WebSocket. The time is bounded because the part that has come is kept until the message is whole.
 */
export class UnfinishedWatch {
  #message: number | undefined;
  #sinceMs = 0;

  /**
   * Checks whether the present message takes too long. It is to be called every now and then.
   *
   * @param message the number of the message that has begun and is not whole yet, counting all messages of this client;
   *   undefined if there is none
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
