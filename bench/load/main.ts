/** The load generator: a process of its own that carries out one plan and prints one outcome, both as JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../processor.js';
import { Connection } from './connection.js';
import { Group, type Hearer } from './group.js';
import { type Attention, Listener } from './listener.js';
import type { Outcome, Plan } from './plan.js';
import { Stream } from './stream.js';

const connectingAtOnce = 50;
/** Of open runs, listeners whose every text is timed. */
const timedListeners = 20;

interface People {
  readonly speakers: readonly Connection[];
  readonly hearers: readonly Hearer[];
}

const plan: Plan = JSON.parse(process.argv[2] ?? '');
console.log(JSON.stringify(await carryOut(plan)));
process.exit();

async function carryOut(plan: Plan): Promise<Outcome> {
  const latencies: number[] = [];
  const groups = await gather(plan, latencies);
  const load = plan.pressure.kind === 'closed' ? closedLoad(plan, groups, latencies) : openLoad(plan, groups);
  load.start();
  await during(plan.warmUpMs, () => load.said >= plan.mostMessages / 4);
  latencies.length = 0;
  const before = reading();
  await during(plan.measureMs, () => load.said >= plan.mostMessages);
  const after = reading();
  const measured = [...latencies].sort((a, b) => a - b);
  await Promise.race([load.stop(), sleep(5_000)]);
  const at = (share: number) =>
    measured[Math.min(measured.length - 1, Math.floor(measured.length * share))] ?? 0;
  const isTimed = measured.length > 0 && (plan.pressure.kind === 'open' || plan.pressure.depth === 1);
  return {
    seconds: (after.ms - before.ms) / 1000,
    said: after.said - before.said,
    heard: after.heard - before.heard,
    cpuSeconds: after.cpu.map((seconds, i) => seconds - (before.cpu[i] ?? 0)),
    loadCpuSeconds: after.ownCpu - before.ownCpu,
    ...(isTimed ? { latencyMs: { p50: at(0.5), p99: at(0.99), worst: at(1) } } : {}),
  };

  function reading() {
    const listeners = groups.flatMap(({ hearers }) => hearers);
    return {
      ms: performance.now(),
      said: load.said,
      heard: listeners.reduce((sum, { listener }) => sum + listener.heard, 0),
      cpu: plan.pids.map(cpuSecondsOf),
      ownCpu: cpuSecondsOf(process.pid),
    };
  }
}

async function during(ms: number, isOver: () => boolean): Promise<void> {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs && !isOver()) await sleep(20);
}

interface Load {
  readonly said: number;
  start(): void;
  stop(): Promise<void>;
}

function closedLoad({ textBytes, pressure }: Plan, people: readonly People[], latencies: number[]): Load {
  const depth = pressure.kind === 'closed' ? pressure.depth : 1;
  const groups = people.map(
    ({ speakers, hearers }) =>
      new Group({ speakers, hearers, depth, textBytes, onRound: (ms) => void latencies.push(ms) }),
  );
  return {
    get said() {
      return groups.reduce((sum, { said }) => sum + said, 0);
    },
    start: () => {
      for (const group of groups) group.start();
    },
    stop: async () => {
      await Promise.all(groups.map((group) => group.stop()));
    },
  };
}

function openLoad({ textBytes, pressure }: Plan, people: readonly People[]): Load {
  const perSecond = pressure.kind === 'open' ? pressure.perSecond : 1;
  const stream = new Stream(
    people.flatMap(({ speakers }) => speakers),
    perSecond,
    textBytes,
  );
  return {
    get said() {
      return stream.said;
    },
    start: () => stream.start(),
    stop: async () => stream.stop(),
  };
}

// ---- Who takes part -------------------------------------------------------------------------------------------

async function gather(plan: Plan, latencies: number[]): Promise<People[]> {
  const groups: People[] = [];
  for (let group = 0; group < plan.groups; group++) {
    const channels = Array.from({ length: plan.channelsEach }, (_, i) => `c${group}x${i}`);
    const all = plan.listenersEach + plan.stuckEach;
    const listening = await openAll(all, (i) =>
      Connection.open(plan.listeners, { name: `l${group}x${i}`, channels, listens: true }),
    );
    for (const stuck of listening.splice(plan.listenersEach)) stuck.getStuck();
    const speaking = await openAll(plan.speakersEach, (i) =>
      Connection.open(plan.speakers, { name: `s${group}x${i}`, channels, listens: false }),
    );
    const speakers = speaking.length > 0 ? speaking : listening;
    const hearers = listening.map((connection, i) => {
      const listener = new Listener(connection, attentionTo(plan, i));
      listener.onTime = (microseconds) => latencies.push(performance.now() - microseconds / 1000);
      return { connection, listener };
    });
    groups.push({ speakers, hearers });
  }
  return groups;
}

function attentionTo({ pressure, speakersEach, channelsEach }: Plan, place: number): Attention {
  if (pressure.kind === 'open') return place < timedListeners ? 'times' : 'counts';
  return speakersEach === 1 && channelsEach === 1 ? 'number of the last' : 'counts';
}

async function openAll(count: number, open: (i: number) => Promise<Connection>): Promise<Connection[]> {
  const opened: Connection[] = [];
  for (let from = 0; from < count; from += connectingAtOnce) {
    const some = Math.min(connectingAtOnce, count - from);
    opened.push(...(await Promise.all(Array.from({ length: some }, (_, i) => open(from + i)))));
  }
  return opened;
}
