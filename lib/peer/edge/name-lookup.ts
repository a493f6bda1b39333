/** The addresses that a host stands for, at this moment. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../limits.js';
import { withSystemZone } from '../../zone.js';

/** Looks a host name up, in the order in which the system would have its addresses tried. */
export type LookUp = (name: string) => Promise<readonly string[]>;

export class NameLookup {
  /** One at a time for each name: the system has few threads for them, and one may take it very long. */
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
   * @param host an IP address or a host name
   * @returns at least one address and `limits.addressesPerName` at most, each once, those of IPv4 and IPv6 by turns
   * @throws Error of `node:dns`, or one that it took too long
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

  /** Others the next time, so that in the end all are tried. */
  #someOf(addresses: readonly string[]): readonly string[] {
    const left = [...addresses];
    while (left.length > limits.addressesPerName) left.splice(Math.floor(this.random() * left.length), 1);
    return left;
  }
}

/** Where one of the two protocols leads nowhere, the other one is not kept waiting for all its addresses. (RFC 8305, 4) */
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
