/** Finds the WebSocket clients that are gone without a word. [PROTOCOL 1.2] */

/** What is needed of a client here. */
export interface Watched {
  /** How many whole messages, pings and pongs came from it. */
  readonly signs: number;
  ping(): void;
  terminate(): void;
}

/** Pings, at each look, who was silent since the one before, and cuts off who is silent still at the next. */
export class LivenessCheck {
  /** Everybody, with the signs of life that there were at the last look. */
  readonly #signs = new Map<Watched, number>();
  /** Who was pinged then. */
  readonly #pinged = new Set<Watched>();

  watch(client: Watched): void {
    // That it came is its first sign.
    this.#signs.set(client, -1);
  }

  /** The client has gone. */
  forget(client: Watched): void {
    this.#signs.delete(client);
    this.#pinged.delete(client);
  }

  /** To be called each `limits.clientIdleMs`. */
  look(): void {
    for (const [client, before] of this.#signs) {
      const { signs } = client;
      if (signs !== before) {
        this.#signs.set(client, signs);
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
