/**
 * The claims to names. A name is claimed by its normal form, here and in the whole network, before anybody is called by
 * it.
 *
 * A claim is asked for, then held, and given up in the end. A session has at most one claim that is its name, and maybe
 * another one that is to become its name. [PROTOCOL 4, PEERING 7]
 */
import type { Clock } from '../clock.js';
import { type Network, noNetwork } from '../network.js';
import { normalForm } from '../wire/names.js';
import { ClaimMoments } from './claim-moments.js';
import type { Claim, Session } from './session.js';

export class NameClaims {
  network: Network = noNetwork;
  /** All claims that were asked for and not given up, by their keys. */
  readonly #claims = new Map<string, Claim>();
  readonly #moments = new ClaimMoments();

  constructor(private readonly clock: Clock) {}

  /**
   * Claims a name for a session, which is not called by it yet.
   *
   * @param done is given the claim, or undefined if somebody else has the name or has asked for it; maybe before this
   *   returns
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

  /** Whether a claim that was granted has not been given up since. */
  holds(claim: Claim): boolean {
    return this.#claims.get(claim.key) === claim;
  }

  /** Gives a session the name of a claim that it holds, and gives up the claim to its former name. */
  assume(claim: Claim, name: string): void {
    const { session } = claim;
    const before = session.claim;
    session.claim = claim;
    session.name = name;
    if (before && before !== claim) this.giveUp(before);
  }

  /** Gives up a claim that the network has granted: the name is free again. */
  giveUp(claim: Claim): void {
    const { session } = claim;
    session.claims = session.claims.filter((other) => other !== claim);
    this.#claims.delete(claim.key);
    this.network.releaseName(claim.key);
  }

  /** Gives up all claims of a session that has ended. One that is only asked for yet is given up when it is granted. */
  giveUpAll(session: Session): void {
    for (const claim of session.claims) this.giveUp(claim);
  }

  /** The session that has a name. */
  find(name: string): Session | undefined {
    const claim = this.#claims.get(normalForm(name));
    return claim?.session.claim === claim ? claim?.session : undefined;
  }

  /**
   * Marks a claim as lost, because somebody elsewhere claimed the same name earlier. A claim that is nobody's name yet
   * is void from now on.
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

  /** Lets a session keep a name that was lost, because no other name was found for it. The name may be lost again. */
  keep(lost: Claim): void {
    lost.standing = 'held';
  }

  /** Forgets all claims, because the server goes down. */
  clear(): void {
    this.#claims.clear();
  }
}
