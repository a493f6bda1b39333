/** The contestants: how each server is found on this machine, started, and spoken to. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServerProgram } from '../test/helpers/program.js';
import type { Door } from './load/plan.js';

/** Running servers; several of them are one network. */
export interface Running {
  /** Where speakers connect (the first server), and where listeners do (the last). */
  readonly speakers: Door;
  readonly listeners: Door;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export interface Contestant {
  readonly name: string;
  /** Its name and version; undefined if it is not on this machine. */
  readonly version: () => string | undefined;
  readonly howToGet: string;
  /** The most servers that can be linked to a chain, in which each knows only the next. */
  readonly longestChain: number;
  /** How long it is slower at first, because frequently used functions are compiled while it runs. */
  readonly coldMs: number;
  /** By how many bytes its texts are longer than those of the others. */
  readonly moreBytes: number;
  /** @param servers how many, linked in a chain; @param pin words of a command that runs another one where it should */
  start(servers: number, pin: readonly string[]): Promise<Running>;
}

/** The processes that are running; none of them outlives this one. */
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const root = fileURLToPath(new URL('../..', import.meta.url));
const patienceMs = 10_000;

/** How long Node and Bun take until the functions on the way of a message are fully compiled. */
const compilesMs = 2_000;

const hearsay = (
  name: string,
  [speak, listen]: readonly ['tcp' | 'websocket', 'tcp' | 'websocket'],
  workers = 1,
): Contestant => ({
  name,
  version: () => `this version, Node ${process.version}`,
  howToGet: '',
  longestChain: 3,
  coldMs: compilesMs,
  moreBytes: 0,
  async start(servers, pin) {
    const programs: ServerProgram[] = [];
    const stop = async (): Promise<void> => {
      await Promise.all(programs.map((program) => program.end()));
      for (const { pid } of programs) running.delete(pid ?? 0);
    };
    try {
      for (let i = 0; i < servers; i++) {
        const options = ['--no-discovery', '--workers', String(workers)];
        const program = await ServerProgram.start('full-server', `bench${i}`, { options, within: pin });
        programs.push(program);
        if (program.pid !== undefined) running.add(program.pid);
        const before = programs[i - 1];
        if (before) await before.connectTo(program);
      }
    } catch (error) {
      await stop();
      throw error;
    }
    const door = (at: ServerProgram | undefined, transport: 'tcp' | 'websocket'): Door =>
      transport === 'tcp'
        ? { dialect: 'json-tcp', port: at?.ports.client ?? 0 }
        : { dialect: 'json-websocket', port: at?.ports.websocket ?? 0 };
    return {
      speakers: door(programs[0], speak),
      listeners: door(programs.at(-1), listen),
      pids: programs.flatMap((program) => [program.pid ?? 0, ...workersOf(program)]),
      stop,
    };
  },
});

/** The process ids of a server's workers, as its log has them. */
function workersOf({ output }: ServerProgram): number[] {
  return [...output.matchAll(/worker works worker=\d+ pid=(\d+)/g)].map(([, pid]) => Number(pid));
}

/** A contestant of a single process that is told on which port to listen. */
function single(
  about: Pick<Contestant, 'name' | 'version' | 'howToGet'> & Partial<Contestant>,
  dialect: Door['dialect'],
  command: (port: number) => string[],
): Contestant {
  return {
    longestChain: 1,
    coldMs: 0,
    moreBytes: 0,
    ...about,
    async start(_servers, pin) {
      const port = await freePort();
      const { pid, stop } = await run([...pin, ...command(port)], port);
      return { speakers: { dialect, port }, listeners: { dialect, port }, pids: [pid], stop };
    },
  };
}

const nats: Contestant = {
  name: 'nats-server',
  version: () => versionOf(['nats-server', '--version'])?.replace(/^nats-server: /, ''),
  howToGet: 'apt install nats-server, or nats.io',
  longestChain: 2,
  coldMs: 0,
  moreBytes: 0,
  async start(servers, pin) {
    const started: { port: number; pid: number; stop: () => Promise<void> }[] = [];
    const [routeA, routeB] = [await freePort(), await freePort()];
    for (let i = 0; i < servers; i++) {
      const port = await freePort();
      const cluster =
        servers > 1
          ? [
              '--cluster',
              `nats://127.0.0.1:${i === 0 ? routeA : routeB}`,
              '--cluster_name',
              'bench',
              '--routes',
              `nats://127.0.0.1:${routeA}`,
            ]
          : [];
      const words = ['nats-server', '-a', '127.0.0.1', '-p', String(port), ...cluster];
      started.push({ port, ...(await run([...pin, ...words], port)) });
    }
    // Waits until the two know each other, and then until each knows the other's members.
    if (servers > 1) await sleep(2_000);
    const door = (at: number): Door => ({ dialect: 'nats', port: started.at(at)?.port ?? 0 });
    return {
      speakers: door(0),
      listeners: door(-1),
      pids: started.map(({ pid }) => pid),
      stop: async () => {
        await Promise.all(started.map(({ stop }) => stop()));
      },
    };
  },
};

/** How many bytes Hearsay sends with a message besides its text: id, channel, speaker and time, as JSON. */
const jsonBytes = 97;

function floor(name: string, what: string, moreBytes: number): Contestant {
  const version = (): string | undefined => (buildFloor() ? what : undefined);
  const about = { name, version, howToGet: 'a C compiler (cc)', moreBytes };
  return single(about, 'raw-tcp', (port) => [floorPath, String(port)]);
}

export const contestants: readonly Contestant[] = [
  hearsay('hearsay', ['tcp', 'tcp']),
  hearsay('hearsay-ws', ['websocket', 'websocket']),
  hearsay('hearsay-tcp-to-ws', ['tcp', 'websocket']),
  hearsay('hearsay-2-workers', ['tcp', 'tcp'], 2),
  floor('floor', 'C, reads and sends only', 0),
  floor('floor-as-long', 'the same, with lines as long as those that Hearsay sends', jsonBytes),
  nats,
  single(
    {
      name: 'uwebsockets',
      version: () => versionOf([bunPath(), '--version'], 'Bun '),
      howToGet: 'Bun: npm install -g bun, or set BUN to where it is',
      coldMs: compilesMs,
    },
    'raw-websocket',
    (port) => [bunPath(), join(root, 'bench/rivals/publish.mjs'), String(port)],
  ),
  single(
    {
      name: 'ws',
      version: () => `ws with a send for each, Node ${process.version}`,
      howToGet: '',
      coldMs: compilesMs,
    },
    'raw-websocket',
    (port) => [process.execPath, join(root, 'bench/rivals/send-each.mjs'), String(port)],
  ),
  single(
    {
      name: 'mosquitto',
      version: () =>
        versionOf(['mosquitto', '-h'])
          ?.split('\n', 1)[0]
          ?.replace(/^mosquitto version /, ''),
      howToGet: 'apt install mosquitto',
    },
    'mqtt',
    (port) => ['mosquitto', '-c', mosquittoConfig(port)],
  ),
];

// ---- Finding and starting them --------------------------------------------------------------------------------

const cache = join(root, 'dist', 'bench-cache');
const floorPath = join(cache, 'floor');

/** @returns whether it could be built */
function buildFloor(): boolean {
  if (existsSync(floorPath)) return true;
  mkdirSync(cache, { recursive: true });
  const source = join(root, 'bench/rivals/floor.c');
  return spawnSync('cc', ['-O2', '-o', floorPath, source]).status === 0;
}

function bunPath(): string {
  return process.env.BUN ?? 'bun';
}

/** The folder for configuration files; it is removed when this process ends. */
const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function mosquittoConfig(port: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-bench-'));
  folders.push(folder);
  const path = join(folder, 'mosquitto.conf');
  const lines = [
    'allow_anonymous true',
    'max_queued_messages 0',
    'max_inflight_messages 0',
    'set_tcp_nodelay true',
  ];
  writeFileSync(path, [`listener ${port} 127.0.0.1`, ...lines, ''].join('\n'));
  return path;
}

function versionOf(command: readonly string[], prefix = ''): string | undefined {
  const [program = '', ...args] = command;
  const { error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}${delimiter}/usr/sbin` },
  });
  return error ? undefined : prefix + (stdout || stderr).trim();
}

interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program, and waits until it listens. */
async function run(words: readonly string[], port: number): Promise<Started> {
  const [command = '', ...args] = words;
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}${delimiter}/usr/sbin` },
  });
  child.on('error', () => {});
  const stop = async (): Promise<void> => {
    running.delete(child.pid ?? 0);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  if (child.pid !== undefined) running.add(child.pid);
  try {
    await untilListens(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilListens(port: number): Promise<void> {
  const giveUpMs = performance.now() + patienceMs;
  while (!(await accepts(port))) {
    if (performance.now() > giveUpMs) throw new Error(`nothing came to listen on port ${port}`);
    await sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
