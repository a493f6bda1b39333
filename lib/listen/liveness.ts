/** Finds the WebSocket clients that are gone without a word. [PROTOCOL 1.2] */

/** What is needed of a WebSocket here. */
export interface Watched {
  on(event: string, listener: () => void): unknown;
  ping(): void;
  terminate(): void;
}

/** What was heard of a client: something since the last look, nothing, or nothing though it was pinged. */
type Sign = 'heard' | 'silent' | 'pinged';

/** Pings, at each look, who was silent since the one before, and cuts off who is silent still at the next. */
export class LivenessCheck {
  readonly #signs = new Map<Watched, Sign>();

  watch(webSocket: Watched): void {
    const heard = (): void => {
      this.#signs.set(webSocket, 'heard');
    };
    heard();
    for (const event of ['message', 'ping', 'pong']) webSocket.on(event, heard);
    webSocket.on('close', () => this.#signs.delete(webSocket));
  }

  /** To be called each `limits.clientIdleMs`. */
  look(): void {
    for (const [webSocket, sign] of this.#signs) {
      if (sign === 'pinged') {
        webSocket.terminate();
      } else if (sign === 'silent') {
        this.#signs.set(webSocket, 'pinged');
        webSocket.ping();
      } else {
        this.#signs.set(webSocket, 'silent');
      }
    }
  }
}
