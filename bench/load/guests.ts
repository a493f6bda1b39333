/**
 * Guests who come for a visit. Each is in a channel of all others, and in one aside, where he alone is told so much
 * before it begins that, if he does not read, bytes wait for him in the server: what a connection holds by itself is
 * full.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import type { GuestKind, Plan } from './plan.js';
import { Script } from './script.js';

const aside = 'aside';
/** The server hands them on in writes of some 50 kB. */
const textsAtOnce = 2_500;
/** The most that one guest is told, whatever happens. */
const mostTexts = 200_000;
/** Of what a guest who does not read is told until the server gives him up: far from nothing, and from too much. */
const share = 0.6;
/** Slow ones read 400 kB/s: enough that the server writes to them again at times, and they stay behind. */
const slowly = { bytes: 8_192, everyMs: 20 };
/** For what a guest's coming and going causes. */
const settleMs = 20;

export class Guests {
  readonly #script: Script;
  #present: Connection[] = [];
  #count = 0;
  #hasLeft = false;
  /** What each is told before his visit. */
  #texts = mostTexts;

  private constructor(
    private readonly plan: Plan,
    private readonly teller: Connection,
  ) {
    this.#script = Script.of(teller, textsAtOnce, plan.textBytes);
    teller.onBytes = (bytes, length) => {
      if (bytes.toString('latin1', 0, length).includes('"type":"leave"')) this.#hasLeft = true;
    };
  }

  /** Finds out, with a guest who does not read, when the server gives one up. */
  static async prepare(plan: Plan): Promise<Guests> {
    const teller = await Connection.open(plan.speakers, {
      name: 'teller',
      channels: [aside],
      listens: false,
    });
    const guests = new Guests(plan, teller);
    const told = await guests.welcome('stuck', 'c0x0', 'c0x1');
    if (await guests.dismiss()) throw new Error(`nobody who does not read is given up within ${told} texts`);
    guests.#texts = Math.round(told * share);
    return guests;
  }

  /**
   * Has a guest come to one channel, and somebody who reads to another.
   *
   * @returns how many texts the guest was told aside
   */
  async welcome(kind: GuestKind, channel = '', elsewhere = ''): Promise<number> {
    this.#hasLeft = false;
    await this.#come([elsewhere]);
    const guest = await this.#come([channel, aside], kind === 'slow' ? slowly.bytes : undefined);
    if (kind === 'stuck') guest.getStuck();
    if (kind === 'slow') guest.getSlow(slowly.everyMs);
    for (let more = kind === 'fifty' ? 50 : 0; more > 0; more--) await this.#come([channel]);
    let told = 0;
    for (; told < this.#texts && !this.#hasLeft; told += textsAtOnce) {
      this.teller.write(this.#script.fill(told, 0));
      await this.catchUp();
    }
    await sleep(settleMs);
    return told;
  }

  /** @returns whether the guest has been there all the time; the server may have given him up */
  async dismiss(): Promise<boolean> {
    await this.catchUp();
    const wasThere = !this.#hasLeft;
    for (const guest of this.#present.splice(0)) guest.close();
    await sleep(settleMs);
    await this.catchUp();
    return wasThere;
  }

  async #come(channels: readonly string[], readBytes?: number): Promise<Connection> {
    const person = { name: `guest${this.#count++}`, channels, listens: true };
    const guest = await Connection.open(this.plan.listeners, person, readBytes);
    this.#present.push(guest);
    return guest;
  }

  /** Resolves when the server has done with all that was said. */
  async catchUp(): Promise<void> {
    const { ping } = this.teller.dialect;
    if (!ping) throw new Error('nobody can ask for an answer there');
    await this.teller.ask(ping);
  }
}
