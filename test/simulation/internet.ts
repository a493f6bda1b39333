/** The network beneath the servers: hosts, the lanes between them, and connections that are being made. */
import { limits } from '../../lib/limits.js';
import type { Address } from '../../lib/wire/address.js';
import type { Random } from '../helpers/random.js';
import type { VirtualClock } from './clock.js';
import { type Lane, type Side, Wire } from './wire.js';

/** Something at an address. */
export interface Host {
  readonly address: Address;
  /** Whether it takes connections. */
  listens(): boolean;
  /** Called when somebody has connected to it; it has end 1. */
  accept(wire: Wire, from: Host): void;
}

export type DialResult = { readonly wire: Wire; readonly host: Host } | { readonly why: string };

/** The ranges from which the values of each lane are drawn. */
export interface LaneRange {
  readonly delayMs: readonly [number, number];
  readonly jitterMs: readonly [number, number];
  readonly bytesPerMs: number;
}

export const nearby: LaneRange = { delayMs: [0.2, 5], jitterMs: [0, 1], bytesPerMs: 100_000 };
export const farAway: LaneRange = { delayMs: [5, 120], jitterMs: [0, 20], bytesPerMs: 5_000 };

interface OpenWire {
  readonly wire: Wire;
  readonly hosts: readonly [Host, Host];
}

export class Internet {
  range: LaneRange = nearby;
  readonly #hosts = new Map<string, Host>();
  readonly #lanes = new Map<string, Lane>();
  readonly #wires = new Set<OpenWire>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    /** Called when something has changed between two hosts. */
    private readonly onChange: (a: Host, b: Host) => void,
  ) {}

  add(host: Host): void {
    this.#hosts.set(host.address.host, host);
  }

  /** From one host to another. */
  lane(from: Host, to: Host): Lane {
    const key = `${from.address.host}>${to.address.host}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const { delayMs, jitterMs, bytesPerMs } = this.range;
      const between = ([low, high]: readonly [number, number]) => low + (high - low) * this.random.next();
      lane = { delayMs: between(delayMs), jitterMs: between(jitterMs), bytesPerMs, blocked: false };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Blocks everything from one host to another, or lets it through again. */
  block(from: Host, to: Host, isBlocked: boolean): void {
    const lane = this.lane(from, to);
    if (lane.blocked === isBlocked) return;
    lane.blocked = isBlocked;
    for (const { wire, hosts } of this.#between(from, to)) wire.pipes[hosts[1] === to ? 1 : 0].goOn();
    this.onChange(from, to);
  }

  /** Ends all connections between two hosts, which both learn at once. */
  cut(a: Host, b: Host): void {
    for (const { wire } of this.#between(a, b)) wire.cut('connection reset');
    this.onChange(a, b);
  }

  /** Lets the present connections between two hosts carry nothing more, without telling them. New ones can be made. */
  freeze(a: Host, b: Host): void {
    for (const { wire } of this.#between(a, b)) wire.freeze(true);
    this.onChange(a, b);
  }

  thaw(): void {
    for (const { wire, hosts } of [...this.#wires]) {
      if (!wire.pipes.some(({ stalled }) => stalled)) continue;
      wire.freeze(false);
      this.onChange(...hosts);
    }
  }

  /** Lets everything through everywhere. */
  unblockAll(): void {
    for (const from of this.#hosts.values())
      for (const to of this.#hosts.values()) if (from !== to) this.block(from, to, false);
  }

  wiresOf(host: Host): { readonly wire: Wire; readonly side: Side }[] {
    return [...this.#wires].flatMap(({ wire, hosts }) =>
      hosts.includes(host) ? [{ wire, side: hosts[0] === host ? (0 as const) : (1 as const) }] : [],
    );
  }

  /** Makes a connection, which takes the time there and back. The dialler has end 0. */
  dial(from: Host, { host, port }: Address, done: (result: DialResult) => void): void {
    const to = this.#hosts.get(host);
    if (!to || to.address.port !== port) {
      this.clock.after(limits.handshakeMs, () => done({ why: 'no answer' }));
      return;
    }
    if (to === from) {
      this.clock.after(0.1, () => this.#connect(from, to, done));
      return;
    }
    const [there, back] = [this.lane(from, to), this.lane(to, from)];
    if (there.blocked || back.blocked) {
      this.clock.after(limits.handshakeMs, () => done({ why: 'no answer' }));
      return;
    }
    this.clock.after(there.delayMs + back.delayMs, () => this.#connect(from, to, done));
  }

  #connect(from: Host, to: Host, done: (result: DialResult) => void): void {
    if (!to.listens()) {
      done({ why: 'nothing listens there' });
      return;
    }
    const wire = new Wire(this.clock, this.random, [this.lane(to, from), this.lane(from, to)]);
    for (const open of this.#wires) if (open.wire.isOver) this.#wires.delete(open);
    this.#wires.add({ wire, hosts: [from, to] });
    done({ wire, host: to });
    to.accept(wire, from);
  }

  #between(a: Host, b: Host): OpenWire[] {
    return [...this.#wires].filter(({ hosts }) => hosts.includes(a) && hosts.includes(b));
  }
}
