/**
 * The strangers: the connections at the peer port whose other end has not proven yet who it is. Their number is
 * bounded, and the oldest makes room for a new one, so that connections that say nothing cannot keep others out.
 * [PEERING 3.1]
 */
import { limits } from '../../limits.js';
import { placeOf, scopeOf } from '../../wire/scope.js';

/** A connection at the peer port whose other end has not proven yet who it is. */
export interface Stranger {
  /** The IP address that it comes from. */
  readonly host: string;
  /** Whether that is an address of this machine. */
  readonly isWithinMachine?: boolean;
  /** Called when the connection has to make room for another one. */
  makeRoom(): void;
}

export class Strangers {
  /** The place of each stranger, in the order in which they came. */
  readonly #strangers = new Map<Stranger, string>();

  /** @param most the most strangers at once */
  constructor(private readonly most: number = limits.strangers) {}

  get size(): number {
    return this.#strangers.size;
  }

  /**
   * Adds a stranger. Where there are too many, or too many from the same place, the oldest of these has to make room.
   */
  enter(stranger: Stranger): void {
    const place = placeOf(stranger.host);
    const samePlace = [...this.#strangers].filter(([, other]) => other === place);
    // This machine is exempt from the bound on each place, because many servers on it may start at once. Others cannot
    // use that, since they cannot connect from here.
    const isNear = stranger.isWithinMachine || scopeOf(stranger.host) === 'loopback';
    const isCrowded = !isNear && samePlace.length >= limits.strangersPerPlace;
    const [oldest] = (isCrowded ? samePlace : [...this.#strangers])[0] ?? [];
    this.#strangers.set(stranger, place);
    if (oldest && (isCrowded || this.#strangers.size > this.most)) {
      this.leave(oldest);
      oldest.makeRoom();
    }
  }

  /** Removes a stranger that has proven who it is, or whose connection is closed. */
  leave(stranger: Stranger): void {
    this.#strangers.delete(stranger);
  }
}
