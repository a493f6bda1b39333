/** Finds the WebSocket clients that are gone without a word. [PROTOCOL 1.2] */

/** What is needed of a client here. */
export interface Watched {
  /** How many came from it, ever: any byte is a sign of life. */
  readonly bytesRead: number;
  ping(): void;
  terminate(): void;
}

/** Pings, at each look, who was silent since the one before, and cuts off who is silent still at the next. */
export class LivenessCheck {
  /** Everybody, with the bytes read at the last look. */
  readonly #bytesRead = new Map<Watched, number>();
  /** Who was pinged then. */
  readonly #pinged = new Set<Watched>();

  watch(client: Watched): void {
    // That it came is its first sign.
    this.#bytesRead.set(client, -1);
  }

  /** The client has gone. */
  forget(client: Watched): void {
    this.#bytesRead.delete(client);
    this.#pinged.delete(client);
  }

  /** To be called each `limits.clientIdleMs`. */
  look(): void {
    for (const [client, before] of this.#bytesRead) {
      const { bytesRead } = client;
      if (bytesRead !== before) {
        this.#bytesRead.set(client, bytesRead);
        this.#pinged.delete(client);
      } else if (this.#pinged.has(client)) {
        client.terminate();
      } else {
        this.#pinged.add(client);
        client.ping();
      }
    }
  }
}
