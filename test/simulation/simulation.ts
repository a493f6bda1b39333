/**
 * A network of real cores in virtual time, for scenarios to act on and for checks to look at. How to use the simulator,
 * and what its files are, is in README.md.
 */
import type { Buffer } from 'node:buffer';
import type { Address } from '../../lib/wire/address.js';
import { Random } from '../helpers/random.js';
import { type CheckName, checks, Violation } from './checks.js';
import { VirtualClock } from './clock.js';
import type { Connection } from './connection.js';
import { describeFrame, isWanted, type Parsed, type PeerProtocolError, parse, tableSizes } from './core.js';
import type { Hostile } from './hostile.js';
import { Internet, type LaneRange } from './internet.js';
import { Reach } from './reach.js';
import type { SimNode } from './sim-node.js';
import { type ServerTraits, SimServer } from './sim-server.js';
import { Trace } from './trace.js';
import { Truth } from './truth.js';
import type { Wire } from './wire.js';

export interface SimulationOptions {
  readonly seed: number;
  /** How many of the last events are shown with a failure. */
  readonly last?: number;
  /** Whether events are traced, which is not needed for measurements. */
  readonly traced?: boolean;
  /** Checks that are switched on or off in this run, unlike in `checks`. */
  readonly checks?: Partial<Record<CheckName, boolean>>;
}

/** An event that crossed a link. */
export interface Crossing {
  readonly eventKey: string;
  readonly from: string;
  readonly to: SimNode;
}

export class Simulation {
  readonly clock = new VirtualClock();
  readonly trace: Trace;
  readonly random: Random;
  readonly internet: Internet;
  readonly truth: Truth;
  readonly reach: Reach;
  readonly servers: SimServer[] = [];
  readonly hostiles: Hostile[] = [];
  /** Whether servers link with those that they are told of. If not, the network keeps the shape that it is given. */
  discovers = true;
  /**
   * Whether links carry less than is said, or hostile members drop it. What is late or lost then is not the servers'
   * fault.
   */
  excusesLoss = false;
  /** Events that crossed links, while they are recorded. */
  crossings: Crossing[] | undefined;
  pulls = 0;
  /** Whether all frames are lost that ask for missed events, to measure what they achieve. */
  losesPulls = false;
  /** How often each check had something to look at. */
  readonly looked: Partial<Record<CheckName, number>> = {};
  /** Bytes and frames put on wires. */
  readonly sent = { frames: 0, bytes: 0, eventBytes: 0 };
  /** The events that have crossed each wire, for the check `forward-once`. */
  readonly #forwarded = new WeakMap<Wire, [Set<string>, Set<string>]>();
  readonly #traced: boolean;
  #second = { number: 0, frames: 0 };
  readonly #wishes: Partial<Record<CheckName, boolean>>;

  constructor({ seed, last = 60, traced = true, checks: wishes = {} }: SimulationOptions) {
    this.#traced = traced;
    this.trace = new Trace(last);
    this.random = new Random(seed);
    this.#wishes = wishes;
    this.internet = new Internet(this.clock, new Random(this.random.below(2 ** 32)), (a, b) => {
      if (a instanceof SimServer && b instanceof SimServer) this.reach.touched(a, b, this.clock.nowMs);
    });
    this.truth = new Truth(this);
    this.reach = new Reach(this.internet);
  }

  // ---- Building and time --------------------------------------------------------------------------------------

  /** Sets the delays between servers that have not spoken yet. */
  set distances(range: LaneRange) {
    this.internet.range = range;
  }

  /** Adds a server and starts it. */
  add(traits: ServerTraits = {}): SimServer {
    const server = new SimServer(`s${this.servers.length}`, this.servers.length, this, traits);
    this.servers.push(server);
    server.start();
    return server;
  }

  /** Servers that run. */
  get running(): SimServer[] {
    return this.servers.filter(({ node }) => node);
  }

  get nodes(): SimNode[] {
    return this.servers.flatMap(({ node }) => node ?? []);
  }

  run(ms: number): void {
    try {
      this.clock.runUntil(this.clock.nowMs + ms);
    } catch (error) {
      if (error instanceof Violation || !this.isOn('no-crash')) throw error;
      throw new Violation(
        'no-crash',
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
    this.#checkCaps();
  }

  pause(server: SimServer, ms: number): void {
    const { node } = server;
    if (!node) return;
    this.note(node, 'pauses', ms);
    node.pause(ms);
    this.touched(server);
  }

  touched(server: SimServer): void {
    this.reach.touched(server, undefined, this.clock.nowMs);
  }

  /** Whether the shape of the network allows a dial. */
  mayDial(node: SimNode, address: Address): boolean {
    return this.discovers || isWanted(node.mesh, address);
  }

  // ---- What is seen of it -------------------------------------------------------------------------------------

  note(node: SimNode | SimServer, what: string, detail: string | number = '', inWords?: () => string): void {
    if (this.#traced) this.trace.note(this.clock.nowMs, node.name, what, detail, inWords);
  }

  fault(what: string, detail = ''): void {
    this.trace.note(this.clock.nowMs, '*', what, detail);
  }

  isOn(name: CheckName): boolean {
    return this.#wishes[name] ?? checks[name].on;
  }

  /** @throws Violation */
  expect(name: CheckName, holds: boolean, words: () => string): void {
    this.looked[name] = (this.looked[name] ?? 0) + 1;
    if (!holds && this.isOn(name)) throw new Violation(name, words());
  }

  isHostile(messageId: string): boolean {
    return messageId.startsWith('hostile');
  }

  linkUp(node: SimNode, connection: Connection): void {
    this.note(node, 'up', connection.remote.address.host);
    this.reach.up(node, connection, this.clock.nowMs);
  }

  linkEnded(node: SimNode, connection: Connection): void {
    this.reach.ended(node, connection, this.clock.nowMs);
  }

  linkBroken(node: SimNode, { remote }: Connection, error: PeerProtocolError): void {
    this.note(node, 'breaks with', remote.address.host, () => `${remote.address.host}: ${error.message}`);
    const isHonest = remote instanceof SimServer && remote.protocol === node.server.protocol;
    this.expect('honest-link', !isHonest, () => `${node.name} of ${remote.address.host}: ${error.message}`);
  }

  linkRests(node: SimNode, { remote }: Connection, ms: number): void {
    this.note(node, 'rests from', remote.address.host, () => `${remote.address.host}: ${ms} ms`);
    this.expect(
      'no-rest',
      !(remote instanceof SimServer),
      () => `${node.name} of ${remote.address.host}: ${ms} ms`,
    );
  }

  /** @returns whether the frame is to go on its way */
  frameSent(node: SimNode, { wire, side, isEnded }: Connection, bytes: Buffer): boolean {
    this.sent.frames++;
    this.#checkStorm();
    this.sent.bytes += bytes.length;
    if (isEnded) return true;
    const { eventKey, isPull } = parse(bytes);
    if (isPull) this.pulls++;
    if (eventKey === undefined) return !(isPull && this.losesPulls);
    this.sent.eventBytes += bytes.length;
    if (!this.isOn('forward-once')) return true;
    const forwarded = this.#forwarded.get(wire) ?? [new Set(), new Set()];
    this.#forwarded.set(wire, forwarded);
    this.expect('forward-once', !forwarded[side].has(eventKey), () => `${node.name} sends ${eventKey} again`);
    forwarded[side].add(eventKey);
    return true;
  }

  frameArrived(node: SimNode, { remote, hello }: Connection, parsed: Parsed): void {
    this.note(node, 'gets', parsed.hash, () => `from ${remote.address.host}: ${describeFrame(parsed)}`);
    const { eventKey } = parsed;
    if (eventKey !== undefined && hello) this.crossings?.push({ eventKey, from: hello.node, to: node });
  }

  /** In each virtual second. */
  #checkStorm(): void {
    const second = Math.floor(this.clock.nowMs / 1000);
    if (second !== this.#second.number) this.#second = { number: second, frames: 0 };
    const most = 100_000 + 50_000 * this.servers.length;
    if (++this.#second.frames > most)
      this.expect('no-storm', false, () => `more than ${most} frames in a second`);
  }

  #checkCaps(): void {
    if (!this.isOn('caps')) return;
    for (const node of this.nodes) {
      for (const { table, size, cap } of tableSizes(node.mesh))
        this.expect('caps', size <= cap, () => `${node.name} has ${size} ${table}, and ${cap} is the most`);
    }
  }
}
