/** Every scenario by its name. */
import { goodbyes, originCrash, quickRestart, relayCrash } from './crashes.js';
import {
  behindNat,
  joinDuringSync,
  manyChannels,
  newcomersSpeak,
  restlessInterest,
  sameNames,
  severalChannels,
  twoIslands,
} from './joining.js';
import {
  asymmetric,
  cutAndHeal,
  flapping,
  frozenLinks,
  narrowLinks,
  silentInTurn,
  simultaneousDials,
  stalledReader,
} from './links.js';
import { mixed } from './mixed.js';
import { clockJumps, hostileServers, longPauses, mixedVersions } from './odd.js';
import type { Scenario } from './scenario.js';

export const scenarios = {
  mixed,
  'relay-crash': relayCrash,
  'origin-crash': originCrash,
  'quick-restart': quickRestart,
  goodbyes,
  'cut-and-heal': cutAndHeal,
  asymmetric,
  flapping,
  'stalled-reader': stalledReader,
  'frozen-links': frozenLinks,
  'silent-in-turn': silentInTurn,
  'simultaneous-dials': simultaneousDials,
  'narrow-links': narrowLinks,
  'behind-nat': behindNat,
  'two-islands': twoIslands,
  'restless-interest': restlessInterest,
  'join-during-sync': joinDuringSync,
  'newcomers-speak': newcomersSpeak,
  'same-names': sameNames,
  'several-channels': severalChannels,
  'many-channels': manyChannels,
  'clock-jumps': clockJumps,
  'long-pauses': longPauses,
  'hostile-servers': hostileServers,
  'mixed-versions': mixedVersions,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

/** Scenarios that take too long for every day, and are run by name only. */
export const longScenarios: readonly ScenarioName[] = ['many-channels'];

export const scenarioNames = Object.keys(scenarios).filter(isScenarioName);

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name);
}
