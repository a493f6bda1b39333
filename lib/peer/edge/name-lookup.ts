/** Finds the addresses that a host stands for at the moment. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../limits.js';
import { withSystemZone } from '../../zone.js';

/** Looks a host name up. Its addresses come in the order in which the system would try them. */
export type LookUp = (name: string) => Promise<readonly string[]>;

export class NameLookup {
  /**
   * The lookups under way, at most one for each name. Each occupies one of the process's few threads for such work, and
   * it may take very long.
   */
  readonly #underWay = new Map<string, Promise<readonly string[]>>();

  /**
   * @param random from 0 to 1, to choose among very many addresses
   * @param lookUp asks the system
   */
  constructor(
    private readonly random: () => number,
    private readonly lookUp: LookUp = askSystem,
  ) {}

  /**
   * Finds the addresses of a host.
   *
   * @param host an IP address or a host name
   * @returns from 1 to `limits.addressesPerName` addresses, without duplicates, those of IPv4 and IPv6 by turns
   * @throws Error of `node:dns`, or an error that says that the host has no address or the lookup took too long
   */
  async addressesOf(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [withSystemZone(host)];
    const found = [...new Set(await this.#lookUpInTime(host))];
    if (found.length === 0) throw new Error('the host name has no address');
    return byTurns(this.#someOf(found));
  }

  async #lookUpInTime(name: string): Promise<readonly string[]> {
    const timer = new AbortController();
    const tooLong = sleep(limits.lookUpMs, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new Error(`the host name was not found within ${limits.lookUpMs / 1000} s`);
    });
    try {
      return await Promise.race([this.#join(name), tooLong]);
    } finally {
      tooLong.catch(() => {});
      timer.abort();
    }
  }

  #join(name: string): Promise<readonly string[]> {
    const underWay = this.#underWay.get(name);
    if (underWay) return underWay;
    const begun = this.lookUp(name).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, begun);
    return begun;
  }

  /** Chooses among very many addresses by chance, so that different ones are tried each time. */
  #someOf(addresses: readonly string[]): readonly string[] {
    const left = [...addresses];
    while (left.length > limits.addressesPerName) left.splice(Math.floor(this.random() * left.length), 1);
    return left;
  }
}

/**
 * Puts addresses of IPv4 and IPv6 by turns. If one of the two protocols does not work here, the other need not wait for
 * all of its addresses. (RFC 8305, 4)
 */
function byTurns(addresses: readonly string[]): readonly string[] {
  const first = addresses.filter((address) => isIP(address) === isIP(addresses[0] ?? ''));
  const others = addresses.filter((address) => !first.includes(address));
  return Array.from({ length: addresses.length }, (_, at) => [first[at], others[at]])
    .flat()
    .filter((address) => address !== undefined);
}

async function askSystem(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
