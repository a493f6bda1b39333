/**
 * The users of one server, in place of its relay: their names and channels, and what they are told. It does as the
 * relay does: a name is claimed and a channel made ready, and then the rest of a join is one step.
 */
import type { ChannelEvent, DirectMessage } from '../../lib/wire/messages.js';
import { normalForm } from '../../lib/wire/names.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import type { SimNode } from './sim-node.js';

export interface User {
  name: string;
  /** The moment of the claim to that name. */
  sinceMs: number;
  /** When the user took that name, in virtual time. */
  namedMs: number;
  /** Undefined until the network has granted the name. */
  isGranted: boolean | undefined;
  /** Channels, and when the user was told to have `joined`. */
  readonly channels: Map<string, number>;
}

/** The names in a channel of which its members here were told, each with how many members have it. */
export type Told = Map<string, number>;

export class Users {
  readonly #users = new Set<User>();
  readonly #members = new Map<string, Set<User>>();
  /** What was said in this turn, and has yet to be sent to other servers. */
  readonly #untold = new Map<string, ChannelEvent[]>();
  readonly #told = new Map<string, Told>();
  /** Channels that are being made ready. */
  readonly #preparing = new Map<string, number>();
  /** When a channel was last used: made ready for somebody who may not have come, or left by its last member. */
  readonly #usedAtMs = new Map<string, number>();
  #directs = 0;

  constructor(private readonly node: SimNode) {}

  get all(): readonly User[] {
    return [...this.#users];
  }

  /** Channels that somebody here is in. */
  get channels(): readonly string[] {
    return [...this.#members.keys()];
  }

  membersOf(channel: string): readonly User[] {
    return [...(this.#members.get(channel) ?? [])];
  }

  namesIn(channel: string): string[] {
    return this.membersOf(channel).map(({ name }) => name);
  }

  /** Names that the members here were told of, all servers together. */
  told(channel: string): string[] {
    return [...(this.#told.get(channel) ?? [])].flatMap(([name, count]) => Array(count).fill(name)).sort();
  }

  /** Whether the members of a channel here were told of somebody. */
  knows(channel: string, name: string): boolean {
    return this.#told.get(channel)?.has(name) ?? false;
  }

  usedAtMs(channel: string): number {
    return this.#usedAtMs.get(channel) ?? Number.NEGATIVE_INFINITY;
  }

  // ---- What users do ------------------------------------------------------------------------------------------

  /**
   * Has a new user come, and join a channel when the name is granted and the channel is ready.
   *
   * @returns undefined if somebody here has the name
   */
  enter(name: string, channel: string): User | undefined {
    if (this.#has(name)) return undefined;
    const user: User = {
      name,
      sinceMs: this.node.wallMs,
      namedMs: this.node.sim.clock.nowMs,
      isGranted: undefined,
      channels: new Map(),
    };
    this.#users.add(user);
    this.node.sim.note(this.node, 'wants to be', name);
    this.node.mesh.claimName(normalForm(name), user.sinceMs, (granted) => {
      user.isGranted = granted;
      this.node.sim.note(this.node, granted ? 'is granted' : 'is refused', name);
      if (!granted) this.#users.delete(user);
    });
    this.join(user, channel);
    return user;
  }

  join(user: User, channel: string): void {
    if (user.channels.has(channel)) return;
    const beganMs = this.node.sim.clock.nowMs;
    this.#usedAtMs.set(channel, beganMs);
    this.#preparing.set(channel, (this.#preparing.get(channel) ?? 0) + 1);
    this.node.mesh.prepare(channel, () => this.#arrive(user, channel, beganMs));
  }

  #arrive(user: User, channel: string, beganMs: number): void {
    if (user.isGranted === undefined) {
      // The name is granted later than the channel is ready.
      this.node.sim.clock.after(10, () => this.node.turn(() => this.#arrive(user, channel, beganMs)));
      return;
    }
    this.#preparing.set(channel, (this.#preparing.get(channel) ?? 1) - 1);
    if (!this.#users.has(user) || user.channels.has(channel)) return;
    const { sim, mesh } = this.node;
    if (!this.#members.has(channel)) {
      this.#members.set(channel, new Set());
      this.#told.set(channel, countNames(mesh.membersElsewhere(channel)));
    }
    this.#publish({ type: 'join', channel, name: user.name });
    this.#members.get(channel)?.add(user);
    user.channels.set(channel, sim.clock.nowMs);
    sim.truth.joined(this.node, channel, beganMs);
  }

  leave(user: User, channel: string): void {
    const members = this.#members.get(channel);
    if (!members?.delete(user)) return;
    user.channels.delete(channel);
    this.#publish({ type: 'leave', channel, name: user.name });
    if (members.size === 0) {
      this.#members.delete(channel);
      this.#told.delete(channel);
      this.#usedAtMs.set(channel, this.node.sim.clock.nowMs);
    }
    if (user.channels.size > 0) return;
    this.#users.delete(user);
    this.node.mesh.releaseName(normalForm(user.name));
  }

  allLeave(): void {
    for (const user of this.all) for (const channel of [...user.channels.keys()]) this.leave(user, channel);
  }

  /** @param filler how many characters the text has after its mark */
  say(user: User, channel: string, filler = 0): string {
    const event = this.#msg(user, channel, filler);
    this.#publish(event);
    return event.id;
  }

  /** Says several things in one turn. */
  sayAll(user: User, channel: string, fillers: readonly number[]): void {
    const events = fillers.map((filler) => this.#msg(user, channel, filler));
    this.#publish(...events);
  }

  #msg(user: User, channel: string, filler: number): Extract<ChannelEvent, { type: 'msg' }> {
    const { id } = this.node.sim.truth.says(this.node, channel, user.name);
    const text = `${id}${'.'.repeat(filler)}`;
    return { type: 'msg', id, channel, from: user.name, text, at: this.node.wallMs };
  }

  #has(name: string): boolean {
    return this.all.some((user) => normalForm(user.name) === normalForm(name));
  }

  rename(user: User, name: string): void {
    if (this.#has(name)) return;
    const sinceMs = this.node.wallMs;
    this.node.mesh.claimName(normalForm(name), sinceMs, (granted) => {
      if (!granted) return;
      if (this.#users.has(user)) this.#takeName(user, name, sinceMs);
      else this.node.mesh.releaseName(normalForm(name));
    });
  }

  tell(user: User, to: string): void {
    const { sim, mesh, server } = this.node;
    const id = `${server.name}-${this.node.id.slice(0, 4)}-d${this.#directs++}`;
    const message: DirectMessage = { type: 'msg', id, to, from: user.name, text: id, at: this.node.wallMs };
    const isHere = this.deliverDirect(message);
    if (!isHere) {
      sim.truth.directs(this.node, message);
      mesh.sendDirect(message, (outcome) => sim.truth.directAnswered(this.node, message, outcome));
    }
  }

  #takeName(user: User, name: string, sinceMs: number): void {
    const from = user.name;
    if (normalForm(from) !== normalForm(name)) this.node.mesh.releaseName(normalForm(from));
    user.name = name;
    user.sinceMs = sinceMs;
    user.namedMs = this.node.sim.clock.nowMs;
    for (const channel of user.channels.keys()) this.#publish({ type: 'nick', channel, name, from });
  }

  /** @param events of one channel */
  #publish(...events: readonly ChannelEvent[]): void {
    const [first] = events;
    if (!first) return;
    const { channel } = first;
    const told = this.#told.get(channel);
    for (const event of events) {
      this.node.sim.note(this.node, event.type, `${channel} ${event.type === 'msg' ? event.id : event.name}`);
      if (told) applyTo(told, event);
    }
    for (const event of events) if (event.type !== 'msg') this.node.mesh.noteMember(event);
    const untold = this.#untold.get(channel);
    if (untold) {
      untold.push(...events);
      return;
    }
    this.#untold.set(channel, [...events]);
    this.node.sim.clock.after(0, () => this.#endTurn(channel));
  }

  /** Sends what was said in a turn to the other servers at the end of the turn, in one go, as a relay does. */
  #endTurn(channel: string): void {
    const untold = this.#untold.get(channel) ?? [];
    this.#untold.delete(channel);
    if (!this.node.alive) return;
    this.node.mesh.publish(
      channel,
      untold.map((event) => new PublishedMessage(event)),
    );
  }

  // ---- What they are told -------------------------------------------------------------------------------------

  deliver(event: ChannelEvent): void {
    const { sim } = this.node;
    const { channel } = event;
    sim.note(this.node, 'hears', event.type === 'msg' ? event.id : `${event.type} ${channel} ${event.name}`);
    const told = this.#told.get(channel);
    if (!told) {
      const isDue = (this.#preparing.get(channel) ?? 0) > 0;
      sim.expect('membership', isDue, () => `${this.node.name} is told of ${channel}, where it has nobody`);
      return;
    }
    if (event.type === 'msg') {
      sim.expect(
        'speaker-listed',
        told.has(event.from) || sim.isHostile(event.id),
        () => `${event.from} speaks in ${channel} and is not listed`,
      );
      sim.truth.heard(this.node, event.id, channel);
    } else {
      applyTo(told, event);
    }
  }

  deliverDirect(message: DirectMessage): boolean {
    const isHere = this.all.some(
      ({ name, isGranted }) => isGranted && normalForm(name) === normalForm(message.to),
    );
    if (isHere) this.node.sim.truth.directHeard(this.node, message);
    return isHere;
  }

  membersLost(channel: string, names: readonly string[], server: string, cause: string): void {
    this.node.sim.note(this.node, 'loses', `${channel} ${names.length} with ${server}: ${cause}`);
    const told = this.#told.get(channel);
    if (told) for (const name of names) applyTo(told, { type: 'leave', channel, name });
  }

  nameLost(nameKey: string, sinceMs: number): void {
    const user = this.all.find((one) => normalForm(one.name) === nameKey && one.sinceMs === sinceMs);
    if (!user) return;
    this.node.sim.note(this.node, 'loses the name', nameKey);
    const substitute = `${user.name}-${this.node.sim.random.below(65_536).toString(16)}`;
    this.rename(user, substitute);
  }
}

function applyTo(told: Told, event: ChannelEvent): void {
  if (event.type === 'msg') return;
  if (event.type === 'leave') count(told, event.name, -1);
  else if (event.type === 'nick') count(told, event.from, -1);
  if (event.type !== 'leave') count(told, event.name, 1);
}

function count(told: Told, name: string, change: 1 | -1): void {
  const after = (told.get(name) ?? 0) + change;
  if (after > 0) told.set(name, after);
  else told.delete(name);
}

function countNames(names: Iterable<string>): Told {
  const told: Told = new Map();
  for (const name of names) count(told, name, 1);
  return told;
}
