/**
 * Measures what a guest costs all others. The others are in two channels. The guest is in one of these, and a member
 * who reads is in the other instead. Rounds in the two channels take turns (ABBA); each begins when all have heard the
 * one before. So the rounds that are compared are milliseconds apart, on the same connections of the same server, and
 * the server does the same work for each, however often it is interrupted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, mainThreadSecondsOf } from '../processor.js';
import type { Connection } from './connection.js';
import { Guests } from './guests.js';
import { Listener } from './listener.js';
import { gather, type People } from './people.js';
import type { GuestKind, Outcome, Pair, Plan, Round, Visit } from './plan.js';
import { Script } from './script.js';

/** The kinds of guests. `reads` and `fifty` are controls: for them it is known what the measurement should find. */
const kinds: readonly GuestKind[] = ['stuck', 'slow', 'reads', 'fifty'];
/** Pairs of rounds in a visit: as many as the server has room for when a guest does not read and was told much before. */
const pairsOfVisit = 80;
const warmUpPairs = 40;
/** Time after which no further visits are begun. */
const mostMs = 90_000;

/** @param visits the most visits of each kind */
export async function compareGuests(plan: Plan, visits: number): Promise<Outcome> {
  const [people] = await gather(plan, () => {});
  if (!people) throw new Error('there is nobody to visit');
  const comparison = new Comparison(plan, people, await Guests.prepare(plan));
  return comparison.run(visits);
}

class Comparison {
  readonly #visits: Visit[] = [];
  /** One for each of the two channels. */
  readonly #scripts: readonly Script[];
  readonly #speaker: Connection;
  #said = 0;
  /** The members who have yet to hear the round. */
  #missing = 0;
  #onHeardByAll: () => void = () => {};

  constructor(
    private readonly plan: Plan,
    private readonly people: People,
    private readonly guests: Guests,
  ) {
    const { pressure, textBytes } = plan;
    const [speaker] = people.speakers;
    if (!speaker || pressure.kind !== 'closed') throw new Error('one speaks, as fast as it goes');
    this.#speaker = speaker;
    this.#scripts = speaker.person.channels.map((channel) => {
      const inOne = { dialect: speaker.dialect, person: { ...speaker.person, channels: [channel] } };
      return Script.of(inOne, pressure.depth, textBytes);
    });
    for (const { connection } of people.hearers) this.#follow(connection);
  }

  async run(visits: number): Promise<Outcome> {
    for (let i = 0; i < warmUpPairs; i++) await this.#pair(0, 1, false);
    const before = this.#reading();
    for (let i = 0; i < visits; i++) {
      for (const guest of kinds) {
        if (performance.now() > mostMs || this.#said > this.plan.mostMessages) break;
        // The guest is in each channel in turn, because the channels may differ by themselves.
        await this.#visit(guest, i % 2);
      }
    }
    const after = this.#reading();
    const said = after.said - before.said;
    return {
      seconds: (after.ms - before.ms) / 1000,
      said,
      heard: said * this.people.hearers.length,
      cpuSeconds: [after.cpu - before.cpu],
      loadCpuSeconds: after.ownCpu - before.ownCpu,
      residentBytes: { empty: 0, full: 0, end: 0 },
      visits: this.#visits,
    };
  }

  async #visit(guest: GuestKind, where: number): Promise<void> {
    const elsewhere = 1 - where;
    const { channels } = this.#speaker.person;
    await this.guests.welcome(guest, channels[where], channels[elsewhere]);
    const pairs: Pair[] = [];
    for (let i = 0; i < pairsOfVisit; i++) pairs.push(await this.#pair(where, elsewhere, i % 2 === 0));
    if (await this.guests.dismiss()) this.#visits.push({ guest, pairs });
    else console.error(`left out: the server gave up a guest (${guest}) during his visit`);
  }

  async #pair(where: number, elsewhere: number, guestFirst: boolean): Promise<Pair> {
    const early = await this.#round(guestFirst ? where : elsewhere);
    const late = await this.#round(guestFirst ? elsewhere : where);
    return guestFirst ? { withGuest: early, without: late } : { withGuest: late, without: early };
  }

  async #round(channel: number): Promise<Round> {
    const script = this.#scripts[channel];
    const { pressure } = this.plan;
    if (!script || pressure.kind !== 'closed') throw new Error('there are two channels');
    const before = { ms: performance.now(), cpu: this.#mainThreadSeconds() };
    await this.#sayToAll(script.fill(this.#said + 1, 0), pressure.depth);
    const heardMs = performance.now() - before.ms;
    // The guest came last, and so may be told after all others.
    await this.guests.catchUp();
    const doneMs = performance.now() - before.ms;
    // The kernel's account of the server's time is up to date when the server has gone to sleep.
    await sleep(1);
    return { heardMs, doneMs, cpuMs: 1000 * (this.#mainThreadSeconds() - before.cpu) };
  }

  /** Resolves when all have heard it. */
  #sayToAll(bytes: Buffer, texts: number): Promise<void> {
    this.#missing = this.people.hearers.length;
    this.#said += texts;
    this.#speaker.write(bytes);
    return new Promise((resolve) => {
      this.#onHeardByAll = resolve;
    });
  }

  #follow(connection: Connection): void {
    const listener = new Listener(connection, 'number of the last');
    let through = 0;
    listener.onHeard = () => {
      if (through === this.#said || listener.heard < this.#said) return;
      through = this.#said;
      if (--this.#missing === 0) this.#onHeardByAll();
    };
  }

  #mainThreadSeconds(): number {
    return this.plan.pids.reduce((sum, pid) => sum + mainThreadSecondsOf(pid), 0);
  }

  #reading() {
    return {
      ms: performance.now(),
      said: this.#said,
      cpu: this.plan.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
      ownCpu: cpuSecondsOf(process.pid),
    };
  }
}
