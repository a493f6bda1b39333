/**
 * Guests who come for a visit. Each is in a channel with all others, and in one of its own. Before the visit begins, it
 * is told so much in its own channel that, if it does not read, bytes wait for it in the server, because the buffers of
 * the connection are full.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import type { GuestKind, Plan } from './plan.js';
import { Script } from './script.js';

const aside = 'aside';
/** Texts that are told in one write; the server hands them on in writes of some 50 kB. */
const textsAtOnce = 2_500;
/** The most that one guest is ever told. */
const mostTexts = 200_000;
/**
 * The share that is told of what makes the server give up a guest who does not read: far from nothing and from too
 * much.
 */
const share = 0.6;
/**
 * Slow guests read 400 kB/s: so much that the server writes to them again at times, and so little that they stay
 * behind.
 */
const slowly = { bytes: 8_192, everyMs: 20 };
/** A pause for what the coming and going of a guest causes. */
const settleMs = 20;

export class Guests {
  readonly #script: Script;
  #present: Connection[] = [];
  #count = 0;
  #hasLeft = false;
  /** What each guest is told before its visit. */
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

  /** Finds out, with a guest who does not read, how much makes the server give up a guest. */
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
   * Lets a guest come to one channel, and a member who reads to another.
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

  /** @returns whether the guest was there all the time; the server may have given it up */
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

  /** Resolves when the server has dealt with all that was said. */
  async catchUp(): Promise<void> {
    const { ping } = this.teller.dialect;
    if (!ping) throw new Error('nobody can ask for an answer there');
    await this.teller.ask(ping);
  }
}
