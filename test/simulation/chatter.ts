/** Users who come, talk, change their names and go, at random, for as long as a scenario wants. */
import { limits } from '../../lib/limits.js';
import type { SimNode } from './sim-node.js';
import type { Simulation } from './simulation.js';

export interface Habits {
  readonly channels: readonly string[];
  /** What all users together do in a second, as a number of deeds. */
  readonly perSecond: number;
  /** The share of deeds in which somebody comes or goes; in the others something is said. */
  readonly restless: number;
  /** The most characters that a message has after its mark. */
  readonly longest: number;
}

export const lively: Habits = {
  channels: ['lobby', 'tea', 'zürich'],
  perSecond: 25,
  restless: 0.25,
  longest: 300,
};

export class Chatter {
  #named = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly habits: Habits = lively,
  ) {}

  /** Lets time pass, with deeds in it. */
  run(ms: number): void {
    const { random, clock } = this.sim;
    const endMs = clock.nowMs + ms;
    while (clock.nowMs < endMs) {
      const pauseMs = Math.min((2_000 / this.habits.perSecond) * random.next(), endMs - clock.nowMs);
      this.sim.run(pauseMs);
      this.deed();
    }
  }

  deed(): void {
    const { random } = this.sim;
    const nodes = this.sim.nodes;
    if (nodes.length > 0) this.deedAt(random.pick(nodes));
  }

  deedAt(node: SimNode): void {
    if (node.isPaused) return;
    const { random } = this.sim;
    const channel = random.pick(this.habits.channels);
    const members = node.users.membersOf(channel);
    const users = node.users.all;
    if (members.length === 0 || random.chance(this.habits.restless)) {
      const deed = random.below(8);
      if (deed < 2 && members.length > 0) node.users.leave(random.pick(members), channel);
      else if (deed === 2 && members.length > 0) node.users.rename(random.pick(members), this.name(node));
      else if (deed < 5 && users.length > 0) node.users.join(random.pick(users), channel);
      else if (users.length < 12) node.users.enter(this.name(node), channel);
    } else if (random.chance(0.05)) {
      const others = this.sim.nodes.flatMap((other) => other.users.all);
      node.users.tell(random.pick(members), random.pick(others).name);
    } else {
      const filler = (): number => random.below(this.habits.longest + 1);
      node.users.sayAll(random.pick(members), channel, Array.from({ length: this.#breath() }, filler));
    }
  }

  /** How many messages are said in one turn: mostly one, and sometimes more than fit into a run. */
  #breath(): number {
    const { random } = this.sim;
    if (random.chance(0.7)) return 1;
    return random.chance(0.01) ? limits.runEvents + random.below(200) : 2 + random.below(6);
  }

  /** Puts everybody into a channel, so that all are told of all. */
  gather(channel: string): void {
    for (const node of this.sim.nodes) {
      if (node.users.membersOf(channel).length > 0) continue;
      // A server that is held up takes nothing from its users either.
      node.turn(() => node.users.enter(this.name(node), channel));
    }
  }

  name(node: SimNode): string {
    return `${node.name}_${node.id.slice(0, 3)}_${this.#named++}`;
  }
}
