/** A record of what was really said, by whom and when, and who got it. The network is checked against it. */

import { limits } from '../../lib/limits.js';
import type { DirectMessage } from '../../lib/wire/messages.js';
import { normalForm } from '../../lib/wire/names.js';
import type { DirectOutcome } from './core.js';
import type { SimNode } from './sim-node.js';
import type { Simulation } from './simulation.js';

export interface Said {
  readonly id: string;
  readonly node: SimNode;
  readonly channel: string;
  /** The message's number among those said at this server in this channel. */
  readonly index: number;
  readonly atMs: number;
  /** Servers whose members knew of the speaker when it was said. */
  readonly listedAt: ReadonlySet<SimNode>;
  /** Servers whose members got it. */
  readonly receivers: Set<SimNode>;
}

/** How long before a message a way must have been in order, so that every server knows of it. */
export const settleMs = 3_000;
/** How long after a message the way must stay in order. By then the message must have arrived, by repair if need be. */
export const windowMs = 6_000;
/** How long a link that went silent is still taken for a way, until all know that it is none. [PEERING 3.3] */
const noticeMs = limits.linkDeadMs + 200;
/** The most time for repair that is promised. Links that go silent one after the other each delay it. [PEERING 9] */
const promisedMs = limits.retainedMs;

/** How long a join waits at most for the members of other servers. [PEERING 6.2] */
const barrierMs = 900;

/** How long it takes until all servers know that one has vanished without a word. */
const calmMs = 7_000;

export class Truth {
  readonly said = new Map<string, Said>();
  /** For each server: how far each speaker's server has been heard in each channel. */
  readonly #heard = new Map<SimNode, Map<string, number>>();
  readonly #indices = new Map<string, number>();
  readonly #directs = new Map<string, { readonly atMs: number; heard: number }>();
  #count = 0;

  constructor(private readonly sim: Simulation) {}

  // ---- Messages -----------------------------------------------------------------------------------------------

  /** Notes that something is about to be said. */
  says(node: SimNode, channel: string, from: string): Said {
    const key = `${node.id} ${channel}`;
    const index = (this.#indices.get(key) ?? 0) + 1;
    this.#indices.set(key, index);
    const id = `${node.name}-${this.#count++}`;
    const isDue = this.sim.isOn('steady-path') && !this.sim.excusesLoss;
    const listedAt = new Set(isDue ? this.sim.nodes.filter(({ users }) => users.knows(channel, from)) : []);
    const atMs = this.sim.clock.nowMs;
    const said = { id, node, channel, index, atMs, listedAt, receivers: new Set<SimNode>() };
    this.said.set(id, said);
    if (this.sim.isOn('steady-path') && !this.sim.excusesLoss)
      this.sim.clock.after(windowMs, () => this.#mustHaveArrived(said));
    return said;
  }

  heard(node: SimNode, id: string, channel: string): void {
    const { sim } = this;
    const said = this.said.get(id);
    sim.expect('genuine', said !== undefined || sim.isHostile(id), () => `nobody said ${id}`);
    if (!said) return;
    sim.expect(
      'genuine',
      said.channel === channel,
      () => `${id} was said in ${said.channel}, not in ${channel}`,
    );
    const where = `${id} in ${channel} at ${node.name}`;
    sim.expect('no-duplicate', !said.receivers.has(node), () => `${where}, which had it before`);
    said.receivers.add(node);
    const key = `${said.node.id} ${channel}`;
    const heard = this.#heard.get(node) ?? new Map<string, number>();
    this.#heard.set(node, heard);
    const last = heard.get(key) ?? 0;
    sim.expect('order', said.index > last, () => `${where} is number ${said.index}, and comes after ${last}`);
    heard.set(key, said.index);
  }

  /** The servers that must have a message by now, because there was a way to them all the time. */
  #mustHaveArrived(said: Said): void {
    const { node, channel, atMs, listedAt, receivers } = said;
    if (!node.alive) return;
    const dueMs = this.#dueMs(atMs);
    let isLate = false;
    for (const [server, sinceMs] of this.sim.reach.steadySince(node)) {
      if (server === node || sinceMs + settleMs > atMs || !listedAt.has(server)) continue;
      const isDue = server.users.membersOf(channel).some((user) => {
        const joinedMs = user.channels.get(channel) ?? Number.POSITIVE_INFINITY;
        // The member joined long before, or by a join that waited until everybody knew of it.
        return joinedMs <= atMs - settleMs || (joinedMs <= atMs && joinedMs >= sinceMs + settleMs);
      });
      if (!isDue) continue;
      const hasCome = receivers.has(server);
      isLate ||= !hasCome;
      const words = () =>
        `${said.id} in ${channel} was said at ${node.name} and never came to ${server.name}`;
      this.sim.expect('steady-path', hasCome || this.sim.clock.nowMs < dueMs, words);
    }
    if (isLate) this.sim.clock.at(dueMs, () => this.#mustHaveArrived(said));
  }

  /** When a message of a moment must have arrived if some way was in order all the time. */
  #dueMs(atMs: number): number {
    const silences = this.sim.reach.silencesSince(atMs - noticeMs);
    return atMs + Math.min(promisedMs, windowMs + noticeMs * Math.max(0, silences - 1));
  }

  // ---- Joining ------------------------------------------------------------------------------------------------

  /** Notes that a user was told `joined`. All who joined long ago at servers that can be reached must be listed. */
  joined(node: SimNode, channel: string, beganMs: number): void {
    // The join waits no longer, even for servers that have not answered.
    const hasWaitedMs = this.sim.clock.nowMs - beganMs;
    if (hasWaitedMs >= barrierMs || !this.#isCalm(beganMs)) return;
    const told = new Set(node.users.told(channel));
    for (const [server, sinceMs] of this.sim.reach.steadySince(node)) {
      if (server === node || sinceMs + settleMs > beganMs) continue;
      for (const user of server.users.membersOf(channel)) {
        const knownMs = Math.max(user.namedMs, user.channels.get(channel) ?? Number.POSITIVE_INFINITY);
        const isDue = knownMs + settleMs <= beganMs;
        const words = () =>
          `${user.name} of ${server.name} is not listed to who joins ${channel} at ${node.name}`;
        if (isDue) this.sim.expect('barrier', told.has(user.name), words);
      }
    }
  }

  // ---- Direct messages ----------------------------------------------------------------------------------------

  directs(node: SimNode, message: DirectMessage): void {
    this.#directs.set(message.id, { atMs: this.sim.clock.nowMs, heard: 0 });
    this.sim.note(node, 'tells', message.to);
  }

  directHeard(node: SimNode, message: DirectMessage): void {
    const known = this.#directs.get(message.id);
    if (!known) return;
    this.sim.note(node, 'is told', message.id);
    known.heard++;
    this.sim.expect('direct-once', known.heard === 1, () => `${message.id} came to ${node.name} once more`);
  }

  directAnswered(node: SimNode, message: DirectMessage, outcome: DirectOutcome): void {
    const known = this.#directs.get(message.id);
    this.sim.note(node, 'direct', `${message.id} ${outcome}`);
    if (outcome === 'delivered')
      this.sim.expect('direct-once', known?.heard === 1, () => `${message.id} is said to have arrived`);
    if (outcome !== 'no-such-user' || !known || !this.#isCalm(known.atMs)) return;
    for (const [server, sinceMs] of this.sim.reach.steadySince(node)) {
      const user = server.users.all.find(({ name }) => normalForm(name) === normalForm(message.to));
      // A name is known in the network some time after it was claimed.
      const isDue =
        user?.isGranted &&
        Math.max(sinceMs, user.namedMs, ...user.channels.values()) + settleMs <= known.atMs;
      this.sim.expect(
        'direct-found',
        !isDue,
        () => `${message.to} is at ${server.name}, and ${node.name} did not find out`,
      );
    }
  }

  /** Whether nothing has happened to any link for long enough that all servers have noticed what happened before. */
  #isCalm(atMs: number): boolean {
    return !this.sim.excusesLoss && this.sim.reach.calmSinceMs() + calmMs <= atMs;
  }
}
