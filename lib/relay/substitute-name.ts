/** Substitute names, for users whose name turns out to be somebody else's: `ann` becomes `ann-x7f2`. [PROTOCOL 4] */
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { characters } from '../wire/names.js';
import type { NameClaims } from './name-claims.js';
import type { Claim } from './session.js';

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';
const fewestSigns = 4;

/** All that is needed to find a substitute and to rename a session. */
export interface Renaming {
  readonly names: NameClaims;
  readonly rename: (claim: Claim, name: string) => void;
  /** Random numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Gives a session whose name is lost another one, once that is claimed in the whole network, and tells the session why.
 * Until then it keeps its name. If it has ended by then, or has another name, nothing happens.
 *
 * @param lost the claim to the session's name
 * @param taken how many substitutes turned out to be taken as well. Each next one is a character longer, so that a free
 *   one is soon found.
 */
export function giveSubstitute(lost: Claim, renaming: Renaming, taken = 0): void {
  const { session } = lost;
  const { names, rename, random, log } = renaming;
  const from = session.name ?? '';
  const name = substituteFor(from, fewestSigns + taken, random);
  names.claim(session, name, (claim) => {
    if (session.closed) return;
    if (session.claim !== lost) {
      if (claim) names.giveUp(claim);
    } else if (claim) {
      rename(claim, name);
      const text = `Somebody on another server was called ${from} before you; you are called ${name} now. Change it with nick.`;
      session.send({ type: 'notice', text });
    } else if (taken + 1 < limits.substituteTries) {
      giveSubstitute(lost, renaming, taken + 1);
    } else {
      names.keep(lost);
      log.warn('no substitute for a name that another server has', { name: from });
    }
  });
}

/**
 * Makes a substitute for a name.
 *
 * @param signCount how many random letters and digits are put at its end
 * @param random random numbers from 0 up to, but not including, 1
 * @returns a name that is legal if the given one is, which is cut off if it would become too long
 */
export function substituteFor(name: string, signCount: number, random: () => number): string {
  let suffix = '-';
  for (let i = 0; i < signCount; i++) suffix += signs[Math.floor(random() * signs.length)];
  const stem = [...name].slice(0, limits.userNameCharacters - characters(suffix));
  return stem.join('') + suffix;
}
