/**
 * Dials other servers. For each dial it looks the host up anew, and tries its addresses until one of them leads to
 * another server. [PEERING 3.5]
 */
import type { Clock } from '../../clock.js';
import type { NetworkKey } from '../../network-key.js';
import type { Address } from '../../wire/address.js';
import { connectInTurn, type Pending, type Tried } from './connect-in-turn.js';
import { type Connection, keyTroubles, plain } from './connection.js';
import { type Connected, connectTo, explain, KeyRefused, secure } from './dial.js';
import type { NameLookup } from './name-lookup.js';

/** Why an address, or a whole dial, did not lead to a link. */
export interface Trouble {
  /** The reason, as a text for people. */
  readonly why: string;
  /** Whether it leads to this server itself, and nowhere else. */
  readonly isSelf: boolean;
}

/** A dial that has led to a connection. */
export interface Dialling {
  readonly address: Address;
  /**
   * Called once with what was wrong: undefined if it became a link, or if there is a link to the same server already.
   */
  readonly ended: (trouble: Trouble | undefined) => void;
}

export interface DiallerOptions {
  /** The network keys of this server. They are tried until the other end knows one. With none, nothing is encrypted. */
  readonly keys: readonly NetworkKey[];
  readonly lookup: NameLookup;
  readonly clock: Clock;
}

export class Dialler {
  readonly #underWay = new Set<Pending<Connected>>();
  #isClosed = false;

  constructor(private readonly options: DiallerOptions) {}

  /**
   * Dials a server.
   *
   * @param attempt finds out who answers on a connection, and makes it a link; resolves with the trouble if there is
   *   any, and then the next address is tried
   * @param isWanted asked before each further address whether to go on
   * @returns the trouble, if none of the addresses led to a link
   */
  async dial(
    { host, port }: Address,
    attempt: (connection: Connection) => Promise<Trouble | undefined>,
    isWanted: () => boolean,
  ): Promise<Trouble | undefined> {
    const troubles = new Map<string, Trouble>();
    try {
      const addresses = await this.options.lookup.addressesOf(host);
      for await (const tried of connectInTurn(addresses, (address) => this.#connect(address, port))) {
        const trouble = await this.#go(tried, port, attempt);
        if (!trouble) return undefined;
        troubles.set(tried.host, trouble);
        if (this.#isClosed || !isWanted()) break;
      }
    } catch (error) {
      return troubleOf(error);
    }
    return sumOf(troubles);
  }

  /** Gives up all dials that are under way. */
  close(): void {
    this.#isClosed = true;
    for (const pending of this.#underWay) pending.cancel();
  }

  async #go(
    tried: Tried<Connected>,
    port: number,
    attempt: (connection: Connection) => Promise<Trouble | undefined>,
  ): Promise<Trouble | undefined> {
    if ('error' in tried) return troubleOf(tried.error);
    try {
      const connection = await this.#secure(tried.connection, tried.host, port);
      // A socket that is closed by now does not emit 'close' again, so nothing would end the attempt.
      if (connection.socket.destroyed) throw new Error('the connection was cut off at the other end');
      return await attempt(connection);
    } catch (error) {
      return troubleOf(error);
    }
  }

  /** @throws Error with a reason for people */
  async #secure(connected: Connected, host: string, port: number): Promise<Connection> {
    const { keys, clock } = this.options;
    if (keys.length === 0) return { ...connected, security: plain };
    let current: Connected | undefined = connected;
    for (const key of keys) {
      current ??= await this.#connect(host, port).made;
      try {
        return { ...current, ...(await secure(current, key, clock)) };
      } catch (error) {
        if (!(error instanceof KeyRefused)) throw error;
        current = undefined;
      }
    }
    throw new Error(keyTroubles.differ.there);
  }

  #connect(host: string, port: number): Pending<Connected> {
    const pending = connectTo(host, port, this.options.clock);
    const isOver = () => this.#underWay.delete(pending);
    this.#underWay.add(pending);
    pending.made.then(isOver, isOver);
    if (this.#isClosed) pending.cancel();
    return pending;
  }
}

function troubleOf(error: unknown): Trouble {
  return { why: error instanceof Error ? explain(error) : String(error), isSelf: false };
}

/** How many addresses are named for each reason. */
const named = 3;

/** The troubles of all addresses in one text: each reason once, with its addresses unless all have the same reason. */
function sumOf(troubles: ReadonlyMap<string, Trouble>): Trouble {
  const isSelf = [...troubles.values()].every((trouble) => trouble.isSelf);
  const byReason = new Map<string, string[]>();
  for (const [host, { why }] of troubles) byReason.set(why, [...(byReason.get(why) ?? []), host]);
  const [first = ''] = byReason.keys();
  if (byReason.size === 1) return { why: first, isSelf };
  const parts = [...byReason].map(([why, hosts]) => {
    const more = hosts.length > named ? [`${hosts.length - named} more`] : [];
    return `${[...hosts.slice(0, named), ...more].join(', ')}: ${why}`;
  });
  return { why: parts.join('; '), isSelf };
}
