/** One run of one server: the real core, its links, its users, and the turns of its event loop. */
import type { Buffer } from 'node:buffer';
import { limits } from '../../lib/limits.js';
import type { Log } from '../../lib/log.js';
import { Random } from '../helpers/random.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';
import { Connection, type ConnectionOwner } from './connection.js';
import {
  type Dial,
  goodbye,
  Mesh,
  type Parsed,
  type PeerProtocolError,
  passFrame,
  type Urgency,
} from './core.js';
import type { SimServer } from './sim-server.js';
import type { Simulation } from './simulation.js';
import { Users } from './users.js';
import type { Greeting, Side, Wire } from './wire.js';

/** The beginning of virtual time, in 2023. */
const wallBaseMs = 1.7e12;

export class SimNode implements ConnectionOwner {
  readonly id: string;
  readonly mesh: Mesh;
  readonly users: Users;
  readonly connections = new Map<number, Connection>();
  readonly startedMs: number;
  alive = true;
  /** Whether its event loop stands still. What happens meanwhile waits. */
  #paused: (() => void)[] | undefined;
  #connectionCount = 0;

  constructor(
    readonly server: SimServer,
    readonly sim: Simulation,
  ) {
    const { clock } = sim;
    this.id = sim.random.bytes(16).toString('hex');
    this.startedMs = clock.nowMs;
    const random = new Random(sim.random.below(2 ** 32));
    this.users = new Users(this);
    this.mesh = new Mesh({
      identity: testIdentity(this.id),
      crypto: testCrypto,
      name: server.name,
      discovers: sim.discovers,
      random: () => random.next(),
      nowMs: () => clock.nowMs,
      log: this.#log(),
      effects: {
        send: (link, bytes, urgency) => this.#send(link, bytes, urgency),
        waitingBytes: (link) => this.connections.get(link)?.waitingBytes ?? 0,
        rest: (link, ms) => this.#rest(link, ms),
        hangUp: (link, reason) => this.connections.get(link)?.end(reason),
        dial: (dial) => this.#dial(dial),
        dialOutcome: () => false,
      },
      receiver: {
        deliver: (_channel, events) => {
          for (const { message } of events) this.users.deliver(message);
        },
        deliverDirect: (message) => this.users.deliverDirect(message),
        membersLost: (...lost) => this.users.membersLost(...lost),
        messagesLost: (...lost) => this.sim.note(this, 'misses', lost.join(' ')),
        nameLost: (...lost) => this.users.nameLost(...lost),
      },
    });
    const tick = (): void => {
      if (!this.alive) return;
      // A timer that came due during a pause fires once, before what came in is read.
      if (!this.#paused) this.mesh.tick();
      clock.after(limits.peerTickMs, tick);
    };
    clock.after(random.next() * limits.peerTickMs, tick);
  }

  get name(): string {
    return this.server.name;
  }

  get wallMs(): number {
    return Math.round(wallBaseMs + this.sim.clock.nowMs + this.server.wallOffsetMs);
  }

  get isPaused(): boolean {
    return this.#paused !== undefined;
  }

  /** Does something in a turn of the event loop. */
  turn(task: () => void): void {
    if (!this.alive) return;
    if (this.#paused) this.#paused.push(task);
    else task();
  }

  pause(ms: number): void {
    if (this.#paused) return;
    this.#paused = [];
    this.sim.clock.after(ms, () => this.#resume());
  }

  #resume(): void {
    const waited = this.#paused ?? [];
    this.#paused = undefined;
    if (!this.alive) return;
    this.mesh.tick();
    for (const task of waited) this.turn(task);
    this.sim.touched(this.server);
  }

  /** Called when a link has spent too much, which only hostile servers do. */
  #rest(link: number, ms: number): void {
    const connection = this.connections.get(link);
    if (connection && ms > 0) this.sim.linkRests(this, connection, ms);
  }

  // ---- Connections --------------------------------------------------------------------------------------------

  accept(wire: Wire, from: Connection['remote']): void {
    this.#open(wire, 1, from, undefined, false);
  }

  up(connection: Connection, hello: Greeting): void {
    const { id, dialled } = connection;
    if (this.#probes.has(id) && dialled) {
      this.mesh.probed(dialled, { node: hello.node, name: hello.name, listensAt: dialled });
      connection.end(goodbye('duplicate'));
    } else if (hello.probe) {
      connection.end(goodbye('duplicate'));
    } else {
      this.sim.linkUp(this, connection);
      const listensAt = { host: connection.remote.address.host, port: hello.port };
      this.mesh.linkUp({ id, node: hello.node, name: hello.name, listensAt, dialled, encrypted: false });
    }
  }

  frame(connection: Connection, parsed: Parsed): void {
    if (this.#probes.has(connection.id)) return;
    this.sim.frameArrived(this, connection, parsed);
    passFrame(this.mesh, connection.id, parsed);
  }

  drained(connection: Connection): void {
    this.mesh.linkDrained(connection.id);
  }

  broken(connection: Connection, error: PeerProtocolError): void {
    this.sim.linkBroken(this, connection, error);
  }

  ended(connection: Connection): void {
    this.sim.linkEnded(this, connection);
  }

  closed(connection: Connection, why: string): void {
    const { id, hello, dialled, byeReason, remote } = connection;
    this.connections.delete(id);
    const isProbe = this.#probes.delete(id);
    this.sim.linkEnded(this, connection);
    this.sim.note(this, 'closed', `${remote.address.host} ${why}`);
    if (connection.isUp && !isProbe) this.mesh.linkDown(id, why);
    else if (dialled && !connection.isUp) {
      // A dial that made no link still counts as a success if there is another link to the same server.
      const isKnown = !isProbe && (byeReason === 'duplicate' || byeReason === 'self');
      const met = hello && {
        node: hello.node,
        name: hello.name,
        listensAt: { ...dialled, port: hello.port },
      };
      if (isKnown && met) this.mesh.probed(dialled, met);
      else this.mesh.dialFailed(dialled, why);
    }
  }

  /** Connections that only ask who is there. */
  readonly #probes = new Set<number>();

  #open(
    wire: Wire,
    side: Side,
    remote: Connection['remote'],
    dialled: Connection['dialled'],
    probe: boolean,
  ) {
    const id = ++this.#connectionCount;
    if (probe) this.#probes.add(id);
    const greeting = {
      protocol: this.server.protocol,
      node: this.id,
      name: this.name,
      port: this.server.address.port,
      probe,
    };
    const { clock } = this.sim;
    const connection = new Connection({ id, wire, side, remote, dialled, greeting, clock, owner: this });
    this.connections.set(id, connection);
    connection.open();
  }

  #dial({ address, probe }: Dial): void {
    this.sim.note(this, 'dials', `${address.host}${probe ? ' to probe' : ''}`);
    if (!this.sim.mayDial(this, address)) {
      this.sim.clock.after(1, () => this.turn(() => this.mesh.dialFailed(address, 'nothing listens there')));
      return;
    }
    this.sim.internet.dial(this.server, address, (result) => {
      if (!this.alive && 'wire' in result) result.wire.abandon(0);
      else if ('wire' in result) this.turn(() => this.#open(result.wire, 0, result.host, address, probe));
      else this.turn(() => this.mesh.dialFailed(address, result.why));
    });
  }

  #send(link: number, bytes: Buffer, urgency: Urgency): void {
    const connection = this.connections.get(link);
    if (!connection) return;
    if (this.sim.frameSent(this, connection, bytes)) connection.send(bytes, urgency);
  }

  // ---- The end ------------------------------------------------------------------------------------------------

  /** Its process is no more. */
  die(): void {
    this.alive = false;
    for (const connection of this.connections.values()) this.sim.linkEnded(this, connection);
  }

  #log(): Log {
    const note =
      (level: string) =>
      (event: string, fields: object = {}) =>
        this.sim.note(this, level, event, () => `${event} ${JSON.stringify(fields)}`);
    return { error: note('error'), warn: note('warn'), info: note('info'), debug: () => {} };
  }
}
