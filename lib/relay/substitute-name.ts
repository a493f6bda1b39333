/** Another name for somebody whose own turned out to be somebody else's: `ann` becomes `ann-x7f2`. [PROTOCOL 4] */
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import { characters } from '../wire/names.js';
import type { Claim } from './name-claims.js';
import type { Relay } from './relay.js';

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';
const fewestSigns = 4;

/**
 * Renames the session whose name a claim was, once a substitute is claimed in the whole network; it is told why.
 * Until then it is called as before. Should it have ended by then, or be called otherwise, nothing happens.
 *
 * @param lost the claim to its name
 * @param taken how many substitutes were taken as well; each next one has one sign more, so that soon one is free
 */
export function giveSubstitute(
  relay: Relay,
  lost: Claim,
  { random, log }: { random: () => number; log: Log },
  taken = 0,
): void {
  const { session } = lost;
  const from = session.name ?? '';
  const name = substituteFor(from, fewestSigns + taken, random);
  relay.names.claim(session, name, (claim) => {
    if (session.closed) return;
    if (session.claim !== lost) {
      if (claim) relay.names.giveUp(claim);
    } else if (claim) {
      relay.rename(claim, name);
      const text = `Somebody on another server was ${from} before you; you are ${name} now. Change that with nick.`;
      session.send({ type: 'notice', text });
    } else if (taken + 1 < limits.substituteTries) {
      giveSubstitute(relay, lost, { random, log }, taken + 1);
    } else {
      relay.names.keep(lost);
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
