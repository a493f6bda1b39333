/** Servers that keep names and take direct messages for one another, joined by a post that the test empties. */
import { Answers } from '../../lib/peer/core/answers.js';
import { Directs } from '../../lib/peer/core/users/directs.js';
import { NameRing, nameHash } from '../../lib/peer/core/users/name-ring.js';
import { Names } from '../../lib/peer/core/users/names.js';
import type { DirectMessage } from '../../lib/wire/messages.js';
import { decodePeerFrame, isRoutable, type RoutableFrame } from '../../lib/wire/peer-frame.js';

export interface Letter {
  readonly from: NameServer;
  readonly to: string;
  readonly frame: RoutableFrame;
}

export class NameServer {
  /** Names that users here had to give up. */
  readonly lost: string[] = [];
  /** Users here, to whom direct messages can go. */
  readonly users = new Set<string>();
  readonly delivered: string[] = [];
  readonly names: Names;
  readonly directs: Directs;
  /** The servers in its reach; it knows all servers. */
  reach: ReadonlySet<string>;

  constructor(
    readonly node: string,
    private readonly network: NameNetwork,
  ) {
    this.reach = new Set([node]);
    const sendTo = (to: string, inner: Buffer): void => network.post(this, to, inner);
    const reaches = (other: string): boolean => this.reach.has(other);
    const answers = new Answers({ ownNode: node, reaches, sendTo, nowMs: () => network.nowMs });
    const nameLost = (name: string): number => this.lost.push(name);
    this.names = new Names({ ownNode: node, sendTo, answers, reaches, nameLost });
    const deliver = ({ to, text }: DirectMessage): boolean =>
      this.users.has(to) && this.delivered.push(text) > 0;
    this.directs = new Directs({ ownNode: node, names: this.names, sendTo, answers, reaches, deliver });
  }

  /** Claims a name. The outcome is put into `granted`. */
  claim(name: string, sinceMs = this.network.nowMs): { granted: boolean[] } {
    const outcome: { granted: boolean[] } = { granted: [] };
    this.names.claim(name, sinceMs, this.network.nowMs, (granted) => outcome.granted.push(granted));
    return outcome;
  }

  /** Sends a direct message. The outcome is put into the list that is returned. */
  send(to: string, text: string): string[] {
    const outcomes: string[] = [];
    const message: DirectMessage = { type: 'msg', id: 'x', to, from: 'sender', text, at: 1 };
    this.directs.send(message, this.network.nowMs, (outcome) => outcomes.push(outcome));
    return outcomes;
  }

  take(frame: RoutableFrame, from: string): void {
    const { nowMs } = this.network;
    if (frame.type === 'claim') this.names.receiveClaim(frame, from, nowMs);
    else if (frame.type === 'claimed') this.names.receiveClaimed(frame, from);
    else if (frame.type === 'release') this.names.receiveRelease(frame.name, frame.sinceMs, from);
    else if (frame.type === 'contest') this.names.receiveContest(frame.name, frame.sinceMs, from);
    else if (frame.type === 'find') this.directs.receiveFind(frame, from);
    else if (frame.type === 'found') this.directs.receiveFound(frame, from, nowMs);
    else if (frame.type === 'direct') this.directs.receiveDirect(frame, from);
    else if (frame.type === 'directed') this.directs.receiveDirected(frame, from, nowMs);
    else throw new Error(`a ${frame.type} frame has nothing to do with names`);
  }
}

export class NameNetwork {
  nowMs = 0;
  readonly servers: readonly NameServer[];
  /** What was sent and has not arrived. */
  readonly inPost: Letter[] = [];
  /** All that was ever sent, by type. */
  readonly sent: string[] = [];
  /** Letters for which it returns true never arrive. */
  loses: (letter: Letter) => boolean = () => false;

  constructor(count: number) {
    // Spread evenly over the ring.
    this.servers = Array.from({ length: count }, (_, i) => {
      const place = Math.floor(((i + 0.5) * 2 ** 32) / count);
      return new NameServer(place.toString(16).padStart(8, '0').padEnd(32, '0'), this);
    });
    this.join(this.servers);
  }

  /** From now on these servers reach one another, and no others. */
  join(...islands: (readonly NameServer[])[]): void {
    for (const island of islands) {
      const nodes = island.map(({ node }) => node);
      for (const server of island) {
        server.reach = new Set(nodes);
        server.names.ringChanged(new NameRing(nodes));
      }
    }
  }

  post(from: NameServer, to: string, inner: Buffer): void {
    const frame = decodePeerFrame(inner);
    if (!frame || !isRoutable(frame)) throw new Error('not a frame for another server');
    this.sent.push(frame.type);
    this.inPost.push({ from, to, frame });
  }

  /** Delivers everything in the post, and what is sent because of it, to receivers that are in reach. */
  deliver(): void {
    for (let letter = this.inPost.shift(); letter; letter = this.inPost.shift()) {
      const { from, to, frame } = letter;
      const receiver = this.servers.find(({ node }) => node === to);
      if (receiver && from.reach.has(to) && !this.loses(letter)) receiver.take(frame, from.node);
    }
  }

  /** Lets time pass, and looks at the deadlines from time to time. */
  run(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs += 50;
      for (const { names, directs } of this.servers) {
        names.tick(this.nowMs);
        directs.tick(this.nowMs);
      }
      this.deliver();
    }
  }

  /** A name whose keeper among some servers is this one. */
  nameKeptBy(keeper: NameServer, among: readonly NameServer[] = this.servers): string {
    const ring = new NameRing(among.map(({ node }) => node));
    for (let i = 0; ; i++) {
      const name = `user${i}`;
      if (ring.keeperOf(nameHash(name)) === keeper.node) return name;
    }
  }
}

/** A network of three, and its servers. */
export function threeNameServers() {
  const network = new NameNetwork(3);
  const [a, b, c] = network.servers;
  if (!a || !b || !c) throw new Error('no three servers');
  return { network, a, b, c };
}
