/** All checks of the simulator by name. A check that the present core cannot pass yet is switched off here. */

export interface Check {
  readonly about: string;
  /** Whether it counts, unless a run says otherwise. */
  readonly on: boolean;
}

export const checks = {
  // At any moment, whatever happens.
  'no-crash': { about: 'the core throws nothing but protocol errors', on: true },
  'honest-link': { about: 'no server of ours breaks the protocol in the eyes of another one', on: true },
  'no-rest': { about: 'no server of ours spends more on a link than others let it', on: true },
  'no-duplicate': { about: 'no member gets a message twice', on: true },
  order: { about: 'what one server’s users say in a channel comes in that order', on: true },
  genuine: { about: 'what comes was said, and in that channel', on: true },
  membership: { about: 'nothing comes from a channel in which a server has nobody', on: true },
  'speaker-listed': { about: 'who speaks is among the members that were told', on: false },
  'forward-once': {
    about: 'an event crosses each link at most once each way, unless it is asked for',
    on: true,
  },
  'no-storm': { about: 'servers do not send one another more frames than any use explains', on: true },
  caps: { about: 'no table is beyond its cap', on: true },
  'steady-path': {
    about: 'what was said while a way was in order, from before until some seconds after, has come',
    on: true,
  },
  barrier: { about: 'who has `joined` knows all who joined long before, where a way leads', on: true },
  'direct-once': {
    about: 'a direct message comes once, and is said to have arrived only if it has',
    on: true,
  },
  'direct-found': { about: 'a user is found wherever a way has led to for long', on: true },
  // When all faults are healed.
  'same-map': { about: 'all servers see the same map, and it is the true one', on: true },
  'one-link': { about: 'of several links between two servers one is left, and at once', on: true },
  members: { about: 'each server knows exactly the members of the channels it is in', on: true },
  'told-members': { about: 'members have been told of exactly the members there are', on: true },
  channels: { about: 'each server knows which channels there are', on: true },
  'unique-names': { about: 'no two users have the same name', on: true },
  // When nothing happens any more.
  probes: { about: 'everything said in quiet comes to all members', on: true },
  'pruned-tree': {
    about: 'a message in quiet crosses exactly the links of the pruned shortest-path tree',
    on: true,
  },
  'no-pull': { about: 'nothing is asked for again in quiet', on: true },
  // When everybody has gone.
  'empty-tables': { about: 'of servers and users that are gone nothing is left in any table', on: true },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof checks;

export const checkNames = Object.keys(checks).filter(isCheckName);

export function isCheckName(name: string): name is CheckName {
  return Object.hasOwn(checks, name);
}

/** A check that failed. */
export class Violation extends Error {
  constructor(
    readonly check: CheckName,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${check}: ${message}`, options);
    this.name = 'Violation';
  }
}
