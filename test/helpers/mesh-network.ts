/**
 * Several meshes in one place, joined by links in memory and driven by a virtual clock: what the core does, without
 * sockets and without waiting.
 */

import { limits } from '../../lib/limits.js';
import { silentLog } from '../../lib/log.js';
import { Mesh } from '../../lib/peer/core/mesh.js';
import type { DialOutcome } from '../../lib/peer/core/mesh-options.js';
import type { Address } from '../../lib/wire/address.js';
import type { ChannelEvent, DirectMessage } from '../../lib/wire/messages.js';
import { PeerProtocolError } from '../../lib/wire/peer-error.js';
import { decodePeerFrame, type PeerFrame } from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import { testCrypto, testIdentity } from './test-crypto.js';

interface Wire {
  readonly ends: readonly [TestNode, TestNode];
  readonly ids: readonly [number, number];
  /** What is in flight towards end 0 and towards end 1, with its time of arrival. */
  readonly inFlight: readonly [Arrival[], Arrival[]];
  readonly decoders: readonly [PeerFrameDecoder, PeerFrameDecoder];
  readonly delayMs: number;
  open: boolean;
  /** Whether the wire neither delivers anything nor is closed. */
  stalled: boolean;
}

interface Arrival {
  readonly atMs: number;
  /** Undefined for the end of the connection. */
  readonly bytes: Buffer | undefined;
}

export interface Lost {
  readonly channel: string;
  readonly names: readonly string[];
  readonly server: string;
  readonly cause: string;
}

export class TestNode {
  readonly delivered: ChannelEvent[] = [];
  readonly lost: Lost[] = [];
  readonly missed: string[] = [];
  /** How long each link was not to be read, in the order of the calls. */
  readonly rests: number[] = [];
  readonly outcomes: DialOutcome[] = [];
  /** Users here, to whom direct messages can go. */
  readonly users = new Set<string>();
  readonly directs: DirectMessage[] = [];
  readonly namesLost: string[] = [];
  readonly mesh: Mesh;
  readonly address: Address;
  alive = true;

  constructor(
    readonly id: string,
    readonly name: string,
    port: number,
    network: TestNetwork,
  ) {
    this.address = { host: '127.0.0.1', port };
    this.mesh = new Mesh({
      identity: testIdentity(id),
      crypto: testCrypto,
      name,
      random: () => 0.5,
      nowMs: () => network.nowMs,
      log: silentLog,
      effects: {
        send: (link, bytes) => network.send(this, link, bytes),
        waitingBytes: () => 0,
        rest: (_link, ms) => this.rests.push(ms),
        hangUp: (link) => network.hangUp(this, link),
        dial: ({ address, probe }) => network.dial(this, address, probe),
        dialOutcome: (_address, outcome) => this.outcomes.push(outcome) > 0,
      },
      receiver: {
        deliverDirect: (message) => this.users.has(message.to) && this.directs.push(message) > 0,
        nameLost: (name) => this.namesLost.push(name),
        deliver: (_channel, events) => this.delivered.push(...events.map(({ message }) => message)),
        membersLost: (channel, names, server, cause) => this.lost.push({ channel, names, server, cause }),
        messagesLost: (channel, count, server) =>
          this.missed.push(`${channel} ${count ?? 'some'} of ${server}`),
      },
    });
  }

  /** Users who are about to join, each with a channel. */
  readonly #joining = new Set<string>();

  join(channel: string, name: string): void {
    const key = `${channel} ${name}`;
    this.#joining.add(key);
    this.mesh.prepare(channel, () => {
      if (this.#joining.delete(key)) this.#publish({ type: 'join', channel, name });
    });
  }

  leave(channel: string, name: string): void {
    // A user who leaves before the join was finished was never there.
    if (!this.#joining.delete(`${channel} ${name}`)) this.#publish({ type: 'leave', channel, name });
  }

  say(channel: string, from: string, text: string): void {
    this.#publish(this.#msg(channel, from, text));
  }

  /** Says several things in one turn. */
  sayAll(channel: string, from: string, texts: readonly string[]): void {
    const all = texts.map((text) => new PublishedMessage(this.#msg(channel, from, text)));
    this.mesh.publish(channel, all);
  }

  #msg(channel: string, from: string, text: string): ChannelEvent {
    return { type: 'msg', id: `${this.name}-${text}`, channel, from, text, at: 0 };
  }

  /** Texts of the messages that were delivered here, in their order. */
  get heard(): string[] {
    return this.delivered.flatMap((event) => (event.type === 'msg' ? [event.text] : []));
  }

  members(channel: string): string[] {
    return [...this.mesh.membersElsewhere(channel)].sort();
  }

  get neighbours(): string[] {
    return [...this.mesh.neighbours.links.active()].map((link) => link.name).sort();
  }

  #publish(event: ChannelEvent): void {
    if (event.type !== 'msg') this.mesh.noteMember(event);
    this.mesh.publish(event.channel, [new PublishedMessage(event)]);
  }
}

export class TestNetwork {
  nowMs = 1_000_000;
  /** Whether servers can reach one another by dialling. Tests of a fixed shape switch this off. */
  canDial = true;
  readonly nodes: TestNode[] = [];
  readonly #wires: Wire[] = [];
  #linkCount = 0;
  /** Event frames put on wires, each counted once for each wire. */
  eventsSent = 0;
  /** Sees each frame that is put on a wire; those for which it returns true are lost on the way. */
  loses: ((frame: PeerFrame | undefined, from: TestNode, to: TestNode) => boolean) | undefined;

  /** Adds a server. Its node id begins with `idPrefix`, so that a test can decide which of two is lower. */
  add(name: string, { port = 1000 + this.nodes.length, idPrefix = '' } = {}): TestNode {
    const id = `${idPrefix}${(this.nodes.length + 1).toString(16)}`.padEnd(32, '0');
    const node = new TestNode(id, name, port, this);
    this.nodes.push(node);
    return node;
  }

  /** Lets time pass, in steps of a millisecond, with a tick of each node as often as a real one has. */
  run(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs++;
      this.#deliverDue();
      if (this.nowMs % limits.peerTickMs === 0)
        for (const node of this.nodes) if (node.alive) node.mesh.tick();
    }
  }

  /** Kills a process: its connections end, and nothing of it is left. */
  kill(node: TestNode): void {
    node.alive = false;
    for (const wire of this.#wires)
      if (wire.open && wire.ends.includes(node)) this.#close(wire, 'connection reset');
  }

  /** Ends the connections between two nodes. What is in flight is lost. */
  cut(a: TestNode, b: TestNode): void {
    for (const wire of this.#between(a, b)) this.#close(wire, 'cut');
  }

  /** Lets nothing pass between two nodes from now on; neither notices at once. */
  stall(a: TestNode, b: TestNode): void {
    for (const wire of this.#between(a, b)) wire.stalled = true;
  }

  /** Makes a link between two nodes; `delayMs` is the time a frame takes. */
  link(dialler: TestNode, listener: TestNode, delayMs = 1): void {
    this.#linkUp(dialler, listener, delayMs, listener.address);
  }

  /** @returns what the first of two linked nodes calls the link */
  linkBetween(from: TestNode, to: TestNode): number {
    for (const { open, ends, ids } of this.#wires) {
      if (open && ends.includes(from) && ends.includes(to)) return ids[ends[0] === from ? 0 : 1];
    }
    throw new Error(`there is no link between ${from.name} and ${to.name}`);
  }

  send(from: TestNode, link: number, bytes: Buffer): void {
    const wire = this.#wires.find((candidate) => candidate.open && candidate.ids.includes(link));
    if (!wire) return;
    if (bytes[4] === 16) this.eventsSent++;
    const [one, other] = wire.ends;
    if (this.loses?.(decodePeerFrame(bytes), from, one === from ? other : one)) return;
    this.#put(wire, from, bytes);
  }

  hangUp(from: TestNode, link: number): void {
    const wire = this.#wires.find((candidate) => candidate.open && candidate.ids.includes(link));
    if (wire) this.#put(wire, from, undefined);
  }

  dial(from: TestNode, address: Address, probe: boolean): void {
    const to = this.nodes.find((node) => this.canDial && node.alive && node.address.port === address.port);
    // The outcome of a dial is never known at once.
    this.#later.push(() => {
      if (!to) from.mesh.dialFailed(address, 'nothing listens there');
      else if (probe || to === from)
        from.mesh.probed(address, { node: to.id, name: to.name, listensAt: to.address });
      else this.#linkUp(from, to, 1, address);
    });
  }

  readonly #later: (() => void)[] = [];

  #linkUp(dialler: TestNode, listener: TestNode, delayMs: number, dialled: Address): void {
    const ids = [++this.#linkCount, ++this.#linkCount] as const;
    this.#wires.push({
      ends: [dialler, listener],
      ids,
      inFlight: [[], []],
      decoders: [new PeerFrameDecoder(limits.peerFrameBytes), new PeerFrameDecoder(limits.peerFrameBytes)],
      delayMs,
      open: true,
      stalled: false,
    });
    listener.mesh.linkUp({
      id: ids[1],
      node: dialler.id,
      name: dialler.name,
      listensAt: dialler.address,
      dialled: undefined,
      encrypted: false,
    });
    dialler.mesh.linkUp({
      id: ids[0],
      node: listener.id,
      name: listener.name,
      listensAt: listener.address,
      dialled,
      encrypted: false,
    });
  }

  #between(a: TestNode, b: TestNode): Wire[] {
    return this.#wires.filter((wire) => wire.open && wire.ends.includes(a) && wire.ends.includes(b));
  }

  #put(wire: Wire, from: TestNode, bytes: Buffer | undefined): void {
    const to = wire.ends[0] === from ? 1 : 0;
    wire.inFlight[to].push({ atMs: this.nowMs + wire.delayMs, bytes });
  }

  #deliverDue(): void {
    for (const task of this.#later.splice(0)) task();
    for (const wire of [...this.#wires]) {
      for (const side of [0, 1] as const) if (wire.open && !wire.stalled) this.#deliverTo(wire, side);
    }
  }

  #deliverTo(wire: Wire, side: 0 | 1): void {
    const node = wire.ends[side];
    const queue = wire.inFlight[side];
    while (wire.open && queue[0] && queue[0].atMs <= this.nowMs) {
      const { bytes } = queue.shift() ?? {};
      if (!bytes) {
        this.#close(wire, 'closed at the other end');
        return;
      }
      try {
        wire.decoders[side].push(bytes, (frame, bytes) => node.mesh.frame(wire.ids[side], frame, bytes));
      } catch (error) {
        if (!(error instanceof PeerProtocolError)) throw error;
        this.#close(wire, error.message);
      }
    }
  }

  #close(wire: Wire, why: string): void {
    wire.open = false;
    for (const side of [0, 1] as const)
      if (wire.ends[side].alive) wire.ends[side].mesh.linkDown(wire.ids[side], why);
  }
}

/** Nodes named a, b, c, …, linked as `edges` say ('ab bc'). */
export function networkOf(edges: string): { network: TestNetwork; nodes: Record<string, TestNode> } {
  const network = new TestNetwork();
  network.canDial = false;
  const nodes: Record<string, TestNode> = {};
  for (const name of [...new Set(edges.replaceAll(' ', ''))].sort()) nodes[name] = network.add(name);
  for (const [from, to] of edges.split(' ')) {
    const [a, b] = [nodes[from ?? ''], nodes[to ?? '']];
    if (a && b) network.link(a, b);
  }
  network.run(500);
  return { network, nodes };
}

/** The same with just a, b and c. */
export function threeNodes(edges: string) {
  const { network, nodes } = networkOf(edges);
  const { a, b, c } = nodes;
  if (!a || !b || !c) throw new Error('no three nodes');
  return { network, a, b, c };
}
