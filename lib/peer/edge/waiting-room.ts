/**
 * The connections that have yet to prove who they are. Their number is bounded, and the oldest makes room, so that
 * connections that say nothing cannot keep others out. [PEERING 3.1]
 */
import { limits } from '../../limits.js';
import { placeOf, scopeOf } from '../../wire/scope.js';

export interface Stranger {
  /** The IP address it comes from. */
  readonly host: string;
  /** Whether that is an address of this machine. */
  readonly isWithinMachine?: boolean;
  /** Is called when it has to make room for another one. */
  makeRoom(): void;
}

export class WaitingRoom {
  /** In the order in which they came. */
  readonly #strangers = new Map<Stranger, string>();

  /** @param most at once */
  constructor(private readonly most: number = limits.strangers) {}

  get size(): number {
    return this.#strangers.size;
  }

  enter(stranger: Stranger): void {
    const place = placeOf(stranger.host);
    const samePlace = [...this.#strangers].filter(([, other]) => other === place);
    // Exempt: many servers of one machine may start at once, and nobody elsewhere can take their places.
    const isNear = stranger.isWithinMachine || scopeOf(stranger.host) === 'loopback';
    const isCrowded = !isNear && samePlace.length >= limits.strangersPerPlace;
    const [oldest] = (isCrowded ? samePlace : [...this.#strangers])[0] ?? [];
    this.#strangers.set(stranger, place);
    if (oldest && (isCrowded || this.#strangers.size > this.most)) {
      this.leave(oldest);
      oldest.makeRoom();
    }
  }

  /** Removes a connection that has proven who it is, or is gone. */
  leave(stranger: Stranger): void {
    this.#strangers.delete(stranger);
  }
}
