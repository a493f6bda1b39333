/** A server at an address: a place where one run after the other takes part in the network. */
import { peerProtocolVersion } from './core.js';
import type { Host } from './internet.js';
import { SimNode } from './sim-node.js';
import type { Simulation } from './simulation.js';
import { other, type Wire } from './wire.js';

/**
 * How a process ends. `killed`: its kernel still sends what it has, and closes the connections. `reset`: the
 * connections end at once at both ends. `silent`: the machine is gone, and nobody is told.
 */
export const crashes = ['killed', 'reset', 'silent'] as const;
export type Crash = (typeof crashes)[number];

export interface ServerTraits {
  /** Whether it can dial but cannot be dialled. */
  readonly nat?: boolean;
  /** How far its clock is ahead of the true time. */
  readonly wallOffsetMs?: number;
  readonly protocol?: number;
}

export class SimServer implements Host {
  readonly address: { readonly host: string; readonly port: number };
  readonly nat: boolean;
  wallOffsetMs: number;
  protocol: number;
  /** The present run; undefined while there is none. */
  node: SimNode | undefined;
  /** Servers that its operator told it to connect to, at every start. */
  readonly wanted = new Set<SimServer>();

  constructor(
    readonly name: string,
    index: number,
    private readonly sim: Simulation,
    { nat = false, wallOffsetMs = 0, protocol = peerProtocolVersion }: ServerTraits = {},
  ) {
    this.address = { host: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, port: 30_303 };
    this.nat = nat;
    this.wallOffsetMs = wallOffsetMs;
    this.protocol = protocol;
    sim.internet.add(this);
  }

  /** The present run. */
  get running(): SimNode {
    if (!this.node) throw new Error(`${this.name} does not run`);
    return this.node;
  }

  start(): SimNode {
    if (this.node) throw new Error(`${this.name} runs already`);
    const node = new SimNode(this, this.sim);
    this.node = node;
    this.sim.note(node, 'starts', node.id);
    for (const other of this.wanted) node.mesh.connect(other.address);
    return node;
  }

  connect(server: SimServer): void {
    this.wanted.add(server);
    if (!this.node) return;
    this.sim.note(this.node, 'is told to connect to', server.name);
    this.node.turn(() => this.node?.mesh.connect(server.address));
  }

  crash(how: Crash): void {
    const { node } = this;
    if (!node) return;
    this.sim.note(node, 'crashes', how);
    this.node = undefined;
    node.die();
    if (how === 'silent') this.sim.reach.silenced(this.sim.clock.nowMs);
    for (const { wire, side } of this.sim.internet.wiresOf(this)) {
      if (how === 'killed') wire.orphan(side);
      else if (how === 'silent') wire.vanish(side, () => this.node !== undefined);
      else wire.cut('connection reset');
    }
  }

  /** Says goodbye and ends. */
  stop(): void {
    const { node } = this;
    if (!node) return;
    this.sim.note(node, 'stops');
    this.node = undefined;
    node.users.allLeave();
    node.mesh.stop();
    this.sim.clock.after(1_000, () => {
      node.die();
      for (const connection of node.connections.values()) connection.wire.orphan(connection.side);
    });
  }

  listens(): boolean {
    return !this.nat && this.node !== undefined;
  }

  accept(wire: Wire, from: Host): void {
    const { node } = this;
    if (node) node.turn(() => node.accept(wire, from));
    else wire.abandon(other(0));
  }
}
