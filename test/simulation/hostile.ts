/** A hostile server. It makes its frames itself, and says what our servers never would. */
import { Buffer } from 'node:buffer';
import type { Random } from '../helpers/random.js';
import { testIdentity } from '../helpers/test-crypto.js';
import {
  type Advertisement,
  encodeOwnAdvert,
  encodeOwnEvents,
  encodePeerFrame,
  encodeRaw,
  type Identity,
  parse,
} from './core.js';
import type { Host } from './internet.js';
import type { SimServer } from './sim-server.js';
import type { Simulation } from './simulation.js';
import type { Greeting, Side, Wire } from './wire.js';

const mostHeard = 300;
const versions = [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1, 2 ** 48 - 1];

export class Hostile implements Host {
  readonly address: { readonly host: string; readonly port: number };
  readonly identity: Identity;
  isThere = true;
  readonly #wires = new Map<Wire, Side>();
  readonly #heard: Buffer[] = [];
  readonly #adverts = new Map<string, Advertisement>();

  constructor(
    private readonly sim: Simulation,
    readonly protocol: number,
  ) {
    const index = sim.hostiles.length;
    this.address = { host: `10.66.0.${index + 1}`, port: 30_303 };
    this.identity = testIdentity(sim.random.bytes(16).toString('hex'));
    sim.internet.add(this);
    sim.hostiles.push(this);
  }

  listens(): boolean {
    return this.isThere;
  }

  accept(wire: Wire): void {
    this.#take(wire, 1);
  }

  dial(server: SimServer): void {
    this.sim.internet.dial(this, server.address, (result) => {
      if ('wire' in result) this.#take(result.wire, 0);
    });
  }

  /** Leaves without a word. */
  leave(): void {
    this.isThere = false;
    for (const [wire, side] of this.#wires) wire.abandon(side);
    this.#wires.clear();
  }

  /** Says something bad on one of its links. */
  act(): void {
    const { random } = this.sim;
    if (this.#wires.size === 0) return;
    const [wire, side] = random.pick([...this.#wires]);
    for (const bytes of this.#evil(random)) wire.send(side, bytes, 'control');
  }

  #take(wire: Wire, side: Side): void {
    if (!this.isThere) {
      wire.abandon(side);
      return;
    }
    this.#wires.set(wire, side);
    const greeting: Greeting = {
      protocol: this.protocol,
      node: this.identity.node,
      name: 'hostile',
      port: this.address.port,
      probe: this.sim.random.chance(0.1),
    };
    wire.attach(side, {
      take: (parcel) => {
        if (parcel === 'end') this.#wires.delete(wire);
        else if (!('node' in parcel)) this.#listen(parcel);
      },
      drained: () => {},
      reset: () => this.#wires.delete(wire),
    });
    wire.send(side, greeting, 'control');
    // Its first frame lets it in.
    wire.send(side, encodePeerFrame({ type: 'peers', addresses: [] }), 'control');
  }

  #listen(bytes: Buffer): void {
    const { frame } = parse(bytes);
    if (frame?.type === 'advert') this.#adverts.set(frame.node, frame);
    if (frame?.type === 'ping') this.#say(encodePeerFrame({ type: 'pong', view: 2, interest: 3 }));
    if (this.#heard.length < mostHeard) this.#heard.push(bytes);
    else this.#heard[this.sim.random.below(mostHeard)] = bytes;
  }

  #say(bytes: Buffer): void {
    for (const [wire, side] of this.#wires) wire.send(side, bytes, 'control');
  }

  #event(random: Random): Buffer {
    const channel = random.pick(['lobby', 'tea', 'zürich', 'nowhere', '#bad name']);
    const id = `hostile-${random.below(1e9)}`;
    const event = random.pick([
      { type: 'msg', id, channel, from: 'hostile', text: id, at: 0 },
      { type: 'join', channel, name: 'hostile' },
      { type: 'join', channel, name: 'no name' },
      { type: 'leave', channel, name: random.pick(['hostile', 's0_1']) },
      { type: 'nick', channel, name: 'hostile', from: 'nobody' },
      { type: 'dance', channel },
    ]);
    // Runs that overlap, and some that have fewer events than they say.
    const seq = random.pick([1, 2, 3, random.below(100), 2 ** 47]);
    const lines = Array.from({ length: random.pick([1, 1, 2, 5, 40]) }, () => JSON.stringify(event));
    const count = random.chance(0.9) ? lines.length : random.below(700);
    return encodeOwnEvents(this.identity, channel, seq, lines, count);
  }

  #evil(random: Random): Buffer[] {
    const forged = (): Buffer[] => {
      if (this.#adverts.size === 0) return [];
      const advert = random.pick([...this.#adverts.values()]);
      const version = random.pick([0, advert.version, advert.version + 1, 2 ** 32 - 1, 2 ** 48 - 1]);
      return [
        encodePeerFrame({
          ...advert,
          version,
          neighbours: random.chance(0.5) ? [] : [this.identity.node],
          leaving: random.chance(0.3),
        }),
      ];
    };
    const deeds: (() => Buffer[])[] = [
      // Frames that it has received, once more and out of order.
      () => (this.#heard.length > 0 ? Array.from({ length: 20 }, () => random.pick(this.#heard)) : []),
      forged,
      forged,
      // ADVERTs of itself, with versions in order or not, and with neighbours that do not exist.
      () => {
        const neighbours = [...this.#adverts.keys()].filter(() => random.chance(0.5)).slice(0, 64);
        return [encodeOwnAdvert(this.identity, random.pick(versions), neighbours)];
      },
      () => Array.from({ length: 10 }, () => this.#event(random)),
      () => [encodeRaw(random.below(256), random.bytes(random.below(200)))],
      () => [random.bytes(random.below(60))],
      () => [encodeRaw(random.below(48), Buffer.from('{"node":"__proto__","version":-1,"channel":{}}'))],
      () => [
        encodePeerFrame({
          type: 'peers',
          addresses: Array.from({ length: 64 }, () => ({
            host: `10.77.${random.below(256)}.${random.below(256)}`,
            port: 1,
          })),
        }),
      ],
      () => [encodePeerFrame({ type: 'peers', addresses: this.sim.servers.map(({ address }) => address) })],
    ];
    return random.pick(deeds)();
  }
}
