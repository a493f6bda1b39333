/**
 * Connections that have yet to prove who they are, so many at most: those who come and say nothing cannot keep others
 * out, for the oldest makes room. [PEERING 3.1]
 */
import { limits } from '../../limits.js';
import { placeOf, scopeOf } from '../../wire/scope.js';

export interface Stranger {
  /** The IP address it comes from. */
  readonly host: string;
  /** It has to make room for another one. */
  makeRoom(): void;
}

export class WaitingRoom {
  /** The oldest first. */
  readonly #strangers = new Map<Stranger, string>();

  get size(): number {
    return this.#strangers.size;
  }

  enter(stranger: Stranger): void {
    const place = placeOf(stranger.host);
    const samePlace = [...this.#strangers].filter(([, other]) => other === place);
    // Many servers of one machine may start at once, and nobody elsewhere can take their places.
    const isCrowded = scopeOf(stranger.host) !== 'loopback' && samePlace.length >= limits.strangersPerPlace;
    const [oldest] = (isCrowded ? samePlace : [...this.#strangers])[0] ?? [];
    this.#strangers.set(stranger, place);
    if (oldest && (isCrowded || this.#strangers.size > limits.strangers)) {
      this.leave(oldest);
      oldest.makeRoom();
    }
  }

  /** It has proven who it is, or has gone. */
  leave(stranger: Stranger): void {
    this.#strangers.delete(stranger);
  }
}
