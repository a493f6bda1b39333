import { CuttableProxy } from '../helpers/cuttable-proxy.js';
import { lossFails, onlyByHand } from '../helpers/network-promises.js';
import { ServerProgram } from '../helpers/program.js';
import { connectRaw } from '../helpers/raw-client.js';
import { disorders, type ExpectedFrom, keepLogs, losses, Talker } from '../helpers/talker.js';

const channel = 'lobby';
const sayEveryMs = 20;
/** How many messages everybody says between two events, which takes one and a half seconds. */
const phaseMessages = 75;
/** How long the last messages may take to arrive. */
const settleMs = 8_000;

/** Servers in a ring, with a client at each door of each. All clients talk all the time. */
class Ring {
  readonly servers: ServerProgram[] = [];
  readonly talkers: Talker[] = [];
  /** Between the last server and the first. */
  #proxy: CuttableProxy | undefined;
  /** For clients that came later: the messages from which on they must hear all, and all must be heard of them. */
  readonly #since = new Map<Talker, Map<Talker, number>>();
  #timer: NodeJS.Timeout | undefined;
  #onSaid = () => {};

  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, index) => this.#startServer(index)));
    this.servers.sort((a, b) => (a.serverName < b.serverName ? -1 : 1));
    const [first] = this.servers;
    if (!first) throw new Error('a ring of none');
    const proxy = await CuttableProxy.open(first.ports.peer);
    this.#proxy = proxy;
    for (const [index, server] of this.servers.entries()) {
      const next = this.servers[index + 1];
      if (next) await server.connectTo(next);
      else await this.#connectThrough(server, proxy, first);
    }
    await Promise.all(this.servers.map((server) => this.#addTalkers(server)));
    await this.#untilAllKnowAll();
  }

  /** Lets everybody talk. Resolves when each one who is there has said that many messages more. */
  talk(messages: number): Promise<void> {
    this.#timer ??= setInterval(() => {
      for (const talker of this.talkers) talker.say();
      this.#onSaid();
    }, sayEveryMs);
    const someone = this.talkers.find(({ excused }) => !excused);
    const enough = (someone?.said ?? 0) + messages;
    return new Promise((resolve) => {
      this.#onSaid = () => {
        if (someone && someone.said >= enough) resolve();
      };
    });
  }

  async kill(index: number): Promise<void> {
    const server = this.servers[index];
    if (!server) throw new Error('no such server');
    for (const talker of this.talkers) if (talker.name.startsWith(server.serverName)) talker.excused = true;
    server.kill('SIGKILL');
    await server.exited;
  }

  /** Cuts the link between the last server and the first; resolves when they have made it again. */
  async cutAndMend(): Promise<void> {
    const [first, last] = this.#ends();
    const mark = first.mark();
    this.#proxy?.cut();
    await first.waitFor(`link down peer=${last.serverName}`, mark);
    await first.waitFor(`link up peer=${last.serverName}`, mark);
  }

  /** Makes that link go silent. Resolves when both ends have given it up, and connections can pass again. */
  async stall(): Promise<void> {
    const [first, last] = this.#ends();
    const marks = [first.mark(), last.mark()];
    this.#proxy?.stall();
    await first.waitFor(new RegExp(`link down peer=${last.serverName} .*nothing was heard`), marks[0]);
    await last.waitFor(new RegExp(`link down peer=${first.serverName} .*nothing was heard`), marks[1]);
    this.#proxy?.flow();
  }

  #ends(): readonly [ServerProgram, ServerProgram] {
    const first = this.servers[0];
    const last = this.servers.at(-1);
    if (!first || !last) throw new Error('a ring of none');
    return [first, last];
  }

  /** Adds a server that is linked with others, and two clients who talk. */
  async add(...neighbours: number[]): Promise<void> {
    const server = await this.#startServer(this.servers.length);
    for (const index of neighbours) {
      const neighbour = this.servers[index];
      if (neighbour) await server.connectTo(neighbour);
    }
    const before = [...this.talkers];
    const added = await this.#addTalkers(server);
    await this.#untilAllKnowAll();
    for (const newcomer of added) {
      this.#since.set(newcomer, new Map([...before, ...added].map((speaker) => [speaker, speaker.said + 1])));
      for (const listener of before) {
        const since = this.#since.get(listener) ?? new Map<Talker, number>();
        this.#since.set(listener, since.set(newcomer, newcomer.said + 1));
      }
    }
  }

  /** Stops the talk, and checks what everybody heard. */
  async check(): Promise<void> {
    clearInterval(this.#timer);
    await this.#untilSettled();
    const expectedFrom: ExpectedFrom = (listener, speaker) => this.#since.get(listener)?.get(speaker) ?? 1;
    const lost = losses(this.talkers, expectedFrom);
    const faults = [...disorders(this.talkers), ...(lossFails ? lost : [])];
    if (faults.length === 0) return;
    const logs = keepLogs(this.talkers);
    const told = faults.slice(0, 40).join('\n');
    throw new Error(`${faults.length} faults; all that everybody heard is in ${logs}\n${told}`);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    for (const { client } of this.talkers) client.socket.destroy();
    this.#proxy?.close();
    await Promise.all(this.servers.map((server) => server.end()));
  }

  async #startServer(index: number): Promise<ServerProgram> {
    const server = await ServerProgram.start('full-server', `s${index}`, onlyByHand);
    this.servers.push(server);
    return server;
  }

  async #connectThrough(server: ServerProgram, proxy: CuttableProxy, other: ServerProgram): Promise<void> {
    server.type(`connect 127.0.0.1 ${proxy.port}`);
    await other.waitFor(`peer=${server.serverName}`);
  }

  async #addTalkers(server: ServerProgram): Promise<Talker[]> {
    const { serverName, ports } = server;
    const added = [
      new Talker(`${serverName}-tcp`, await connectRaw('tcp', ports.client ?? 0), channel),
      new Talker(`${serverName}-ws`, await connectRaw('websocket', ports.websocket ?? 0), channel),
    ];
    for (const talker of added) await talker.join();
    this.talkers.push(...added);
    return added;
  }

  /** Waits until the last message of each has reached all, or until the time for that is over. */
  async #untilSettled(): Promise<void> {
    const present = this.talkers.filter(({ excused }) => !excused);
    const heard = present.map((listener) => {
      const others = present.filter((speaker) => speaker !== listener);
      return listener.untilHeard(new Map(others.map(({ name, said }) => [name, said])));
    });
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => {
      timer = setTimeout(resolve, settleMs);
    });
    await Promise.race([Promise.all(heard), tooLong]);
    clearTimeout(timer);
  }

  async #untilAllKnowAll(): Promise<void> {
    const present = this.talkers.filter(({ excused }) => !excused);
    await Promise.all(present.map((talker) => talker.untilAmong(present.map(({ name }) => name))));
  }
}

describe('A ring of servers in processes of their own, under steady talk of clients of both kinds', function () {
  this.timeout(30_000);
  let ring: Ring;

  beforeEach(() => {
    ring = new Ring();
  });

  afterEach(() => ring.end());

  it('loses, repeats and reorders nothing when one is killed, a link is cut, and one is added', async () => {
    await ring.start(6);
    await ring.talk(phaseMessages);
    await ring.kill(2);
    await ring.talk(phaseMessages);
    // The ring is a chain now, so the network is in two parts until the link is made again.
    await Promise.all([ring.cutAndMend(), ring.talk(phaseMessages)]);
    await ring.add(1, 3);
    await ring.talk(phaseMessages);
    await ring.check();
  });

  it('loses, repeats and reorders nothing when a link goes silent', async () => {
    await ring.start(4);
    await ring.talk(phaseMessages);
    await Promise.all([ring.stall(), ring.talk(phaseMessages)]);
    await ring.talk(phaseMessages);
    await ring.check();
  });
});
