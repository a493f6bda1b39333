/**
 * Who has which name: claimed here and in the whole network, by its normal form, before anybody is called by it.
 *
 * A claim is asked for, then held, and given up in the end; a session has at most one that is its name, and maybe
 * another one that is to become it. [PROTOCOL 4, PEERING 7.1]
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import { normalForm } from '../wire/names.js';
import { ClaimMoments } from './claim-moments.js';
import type { Claim, Session } from './session.js';

export class NameClaims {
  network: Network = noNetwork;
  /** All that were asked for and not given up, by their keys. */
  readonly #claims = new Map<string, Claim>();
  readonly #moments = new ClaimMoments();

  constructor(private readonly clock: Clock) {}

  /**
   * Claims a name for a session, which is not called so yet.
   *
   * @param done is given the claim, or undefined if somebody else has it, or is about to; maybe before this returns
   */
  claim(session: Session, name: string, done: (claim: Claim | undefined) => void): void {
    const key = normalForm(name);
    if (this.#claims.has(key)) {
      done(undefined);
      return;
    }
    const claim: Claim = {
      key,
      session,
      sinceMs: this.#moments.next(this.clock.wallMs()),
      standing: 'asked',
    };
    this.#claims.set(key, claim);
    this.network.claimName(key, claim.sinceMs, (granted) => {
      const taken = granted && !session.closed && claim.standing === 'asked';
      if (taken) {
        claim.standing = 'held';
        session.claims = session.claims.concat(claim);
      } else if (granted) {
        this.giveUp(claim);
      } else {
        this.#claims.delete(key);
      }
      done(taken ? claim : undefined);
    });
  }

  /** Whether somebody here has a name, or has asked the network for it. */
  isTaken(name: string): boolean {
    return this.#claims.has(normalForm(name));
  }

  /** Whether a claim was not given up since it was granted. */
  holds(claim: Claim): boolean {
    return this.#claims.get(claim.key) === claim;
  }

  /** Makes a claim that is held the session's name, and gives up the one it had. */
  assume(claim: Claim, name: string): void {
    const { session } = claim;
    const before = session.claim;
    session.claim = claim;
    session.name = name;
    if (before && before !== claim) this.giveUp(before);
  }

  /** Frees a name that the network has granted. */
  giveUp(claim: Claim): void {
    const { session } = claim;
    session.claims = session.claims.filter((other) => other !== claim);
    this.#claims.delete(claim.key);
    this.network.releaseName(claim.key);
  }

  /** Frees all names of a session that has ended; one that it has just asked for is freed when it is granted. */
  giveUpAll(session: Session): void {
    for (const claim of session.claims) this.giveUp(claim);
  }

  /** Who is called so. */
  find(name: string): Session | undefined {
    const claim = this.#claims.get(normalForm(name));
    return claim?.session.claim === claim ? claim?.session : undefined;
  }

  /**
   * Somebody elsewhere claimed a name earlier. A claim that is nobody's name yet is void from now on.
   *
   * @returns the claim, if it is somebody's name
   */
  lose(key: string, sinceMs: number): Claim | undefined {
    const claim = this.#claims.get(key);
    if (claim?.sinceMs !== sinceMs || claim.standing === 'lost') return undefined;
    if (claim.standing === 'held' && claim.session.claim !== claim) {
      this.giveUp(claim);
      return undefined;
    }
    claim.standing = 'lost';
    return claim.session.claim === claim ? claim : undefined;
  }

  /** A name that is lost stays its session's after all, for want of another; it may be lost again. */
  keep(lost: Claim): void {
    lost.standing = 'held';
  }

  /** The server goes down, and nobody has a name any more. */
  clear(): void {
    this.#claims.clear();
  }
}
