/** Finds WebSocket clients that are gone without having said so. [PROTOCOL 1.2] */

/** A client, as it is seen here. */
export interface Watched {
  /** The number of signs of life so far: whole messages, pings and pongs that came from it. */
  readonly signs: number;
  ping(): void;
  terminate(): void;
}

/**
 * At each look it pings the clients that have been silent since the look before, and cuts off those that stay silent.
 */
export class LivenessCheck {
  /** All clients, each with its number of signs of life at the last look. */
  readonly #signs = new Map<Watched, number>();
  /** The clients that were pinged and have given no sign of life since. */
  readonly #pinged = new Set<Watched>();

  watch(client: Watched): void {
    // With -1 there is a sign of life by the next look in any case: that the client came.
    this.#signs.set(client, -1);
  }

  /** Forgets a client that has gone. */
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
