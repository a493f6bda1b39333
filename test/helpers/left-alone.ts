/** What a mesh may have when all other servers, and all users, are gone. */
import { limits } from '../../lib/limits.js';
import type { Mesh } from '../../lib/peer/core/mesh.js';
import { grown, tablesIn } from './tables.js';

/** Time after which another server that went is forgotten. */
export const forgottenMs = limits.lostAfterMs + limits.forgetNodeMs + 10_000;
/** Time after the last user went, after which everything that users caused is forgotten. */
export const idleMs = 2 * limits.streamIdleMs + 2.5 * limits.namesAgainMs;

/** Tables that may keep something for ever: how much each may have, and why that is no leak. */
export const mayHold: Readonly<Record<string, number>> = {
  // Addresses are tried for a day.
  'AddressBook.#entries': limits.knownAddresses,
  'AddressBook.#own': limits.knownAddresses,
  // Places in the graph are used again, and those who had them are in the present view, and in the one that something
  // was last sent by.
  'Graph.#places': 1,
  'Graph.#claims': limits.nodes + 1,
  'Graph.#free': limits.nodes + 1,
  'Graph.#vertices': limits.nodes + 1,
  'View.#vertices': 2 * (limits.nodes + 1),
  'View.#vertices.*': Number.POSITIVE_INFINITY,
  'View.#firstHops': limits.nodes + 1,
  'View.#parents': limits.nodes + 1,
  'View.#ways.reached': limits.nodes + 2,
  'NameRing.#places': 1,
  // The latest changes, from which servers that are a little behind are brought up to date.
  'RecentInterest.#frames': limits.recentInterest,
  'RecentInterest.#frames.*': Number.POSITIVE_INFINITY,
  // Routes are computed again whenever the map changes, and dropped when there are too many.
  'Routes.#known': limits.routes,
  'Routes.#known.*': Number.POSITIVE_INFINITY,
  // One for each size that there can be, with nothing in it.
  'SizeClasses.#classes': 33,
};

/**
 * Where a server that is gone may still be mentioned: at its address, to which it may come back; at its place; and
 * where it is kept in mind how far its streams had got, for as long as somebody is here whom it concerns.
 */
const mayMention =
  /^(AddressBook\.#entries\.\*\.node|(Graph|View)\.#vertices\.\*\.node|View\.#firstHops\.\*|Routes\.#known\..*|ForgottenStreams\.#watermarks\..*)$/;

/** Where a mesh that is alone has more than it may. */
export function leftAlone(mesh: Mesh): string[] {
  return grown(new Map(), tablesIn(mesh), mayHold);
}

/** Where a mesh mentions servers that it should have forgotten. */
export function mentionsOf(gone: ReadonlySet<string>, mesh: Mesh): string[] {
  const places = new Set<string>();
  tablesIn(mesh, {
    onText(text, name) {
      if (gone.has(text) && !mayMention.test(name)) places.add(name);
    },
  });
  return [...places].sort();
}
