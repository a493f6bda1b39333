/** Starts servers in this process, each for one test, and stops them after it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../lib/clock.js';
import { createLog } from '../../lib/log.js';
import type { ServerOptions } from '../../lib/options.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { connectRaw, type RawClient, type TransportName } from './raw-client.js';

/** The three programs, by the doors that they have. */
const doorsOf = {
  'cli-server': { clientPort: 0, webSocketPort: undefined },
  'websock-server': { clientPort: undefined, webSocketPort: 0 },
  'full-server': { clientPort: 0, webSocketPort: 0 },
} as const;

export type ServerKind = keyof typeof doorsOf;

const combinations: readonly { kind: ServerKind; transport: TransportName }[] = [
  { kind: 'cli-server', transport: 'tcp' },
  { kind: 'websock-server', transport: 'websocket' },
  { kind: 'full-server', transport: 'tcp' },
  { kind: 'full-server', transport: 'websocket' },
];

/** One client for each name. */
type Members<N extends readonly string[]> = { [K in keyof N]: RawClient };

export class TestServer {
  readonly logLines: string[] = [];
  readonly #sockets: Socket[] = [];
  #running: RunningServer | undefined;
  #onLog: () => void = () => {};

  constructor(
    private readonly kind: ServerKind,
    private readonly transport: TransportName,
    private readonly options: Partial<ServerOptions>,
    private readonly clock: Clock = systemClock,
  ) {}

  async start(): Promise<void> {
    const sink = (line: string): void => {
      this.logLines.push(line);
      this.#onLog();
    };
    this.#running = await startServer(
      { host: '127.0.0.1', name: 'alpha', peerPort: 0, ...doorsOf[this.kind], ...this.options },
      createLog('debug', sink, systemClock),
      this.clock,
    );
  }

  get running(): RunningServer {
    if (!this.#running) throw new Error('the server has not been started');
    return this.#running;
  }

  port(transport: TransportName = this.transport): number {
    const { client, websocket } = this.running.ports;
    const port = transport === 'tcp' ? client : websocket;
    if (port === undefined) throw new Error(`a ${this.kind} has no door for ${transport}`);
    return port;
  }

  async connect(
    transport = this.transport,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawClient> {
    const client = await connectRaw(transport, this.port(transport), headers);
    this.#sockets.push(client.socket);
    return client;
  }

  /** Connects, says nothing, and keeps its half open when the server closes the other half. */
  async connectSocket(): Promise<Socket> {
    const socket = connect({ port: this.port(), host: '127.0.0.1', allowHalfOpen: true });
    this.#sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** Connects clients, one for each name, that have all joined a channel and know of one another. */
  async connectMembers<const N extends readonly string[]>(channel: string, ...names: N): Promise<Members<N>> {
    const members: RawClient[] = [];
    for (const name of names) {
      const member = await this.connect();
      await member.enter(channel, name);
      members.push(member);
    }
    for (const member of members) await member.settle();
    return members as Members<N>;
  }

  /** Waits for a line of the log. */
  async logged(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.logLines.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        this.#onLog = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#running?.stop();
  }
}

/** A server for each test of the suite that calls this. */
export function useServer(
  kind: ServerKind,
  transport: TransportName,
  options: Partial<ServerOptions> = {},
): () => TestServer {
  let server: TestServer;
  beforeEach(async () => {
    server = new TestServer(kind, transport, options);
    await server.start();
  });
  afterEach(() => server.stop());
  return () => server;
}

/** Runs one suite over every kind of server and each of its transports, so that they cannot come to differ. */
export function forEachCombination(
  suite: (server: () => TestServer, transport: TransportName) => void,
  options: Partial<ServerOptions> = {},
): void {
  for (const { kind, transport } of combinations) {
    describe(`(${kind}, ${transport})`, () => suite(useServer(kind, transport, options), transport));
  }
}
