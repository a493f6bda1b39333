/** Another name for somebody whose own turned out to be somebody else's: `ann` becomes `ann-x7f2`. [PROTOCOL 4] */
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { characters } from '../wire/names.js';
import type { NameClaims } from './name-claims.js';
import type { Claim } from './session.js';

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';
const fewestSigns = 4;

/** What it takes to find a substitute, and to call somebody by it. */
export interface Renaming {
  readonly names: NameClaims;
  readonly rename: (claim: Claim, name: string) => void;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Renames the session whose name a claim was, once a substitute is claimed in the whole network; it is told why.
 * Until then it is called as before. Should it have ended by then, or be called otherwise, nothing happens.
 *
 * @param lost the claim to its name
 * @param taken how many substitutes were taken as well; each next one has one sign more, so that soon one is free
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
      const text = `Somebody on another server was ${from} before you; you are ${name} now. Change that with nick.`;
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
 * @param signCount how many letters and digits, chosen by chance, are at its end
 * @param random from 0 up to 1
 * @returns a name that is legal if the one given is: its end is cut off where it would become too long
 */
export function substituteFor(name: string, signCount: number, random: () => number): string {
  let suffix = '-';
  for (let i = 0; i < signCount; i++) suffix += signs[Math.floor(random() * signs.length)];
  const stem = [...name].slice(0, limits.userNameCharacters - characters(suffix));
  return stem.join('') + suffix;
}
