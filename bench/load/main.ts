/** The load generator: a process of its own that carries out one plan and prints one outcome, both as JSON. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, residentBytesOf } from '../processor.js';
import { Churn } from './churn.js';
import { Group } from './group.js';
import { gather, type People } from './people.js';
import type { Outcome, Plan } from './plan.js';
import { Stream } from './stream.js';
import { compareGuests } from './visits.js';

const plan: Plan = JSON.parse(process.argv[2] ?? '');
const outcome = await (plan.guestVisits ? compareGuests(plan, plan.guestVisits) : carryOut(plan));
// Ends only once it is written: it may be more than a pipe holds.
process.stdout.write(JSON.stringify(outcome), () => process.exit());

async function carryOut(plan: Plan): Promise<Outcome> {
  const latencies: number[] = [];
  const empty = residentBytes();
  const groups = await gather(plan, (ms) => void latencies.push(ms));
  await sleep(plan.settleMs);
  const full = residentBytes();
  const load = loadOf(plan, groups, latencies);
  load.start();
  await during(plan.warmUpMs, () => load.said >= plan.mostMessages / 4);
  latencies.length = 0;
  const before = reading();
  await during(plan.measureMs, () => load.said >= plan.mostMessages);
  const after = reading();
  const end = residentBytes();
  const measured = [...latencies].sort((a, b) => a - b);
  await Promise.race([load.stop(), sleep(5_000)]);
  const at = (share: number) =>
    measured[Math.min(measured.length - 1, Math.floor(measured.length * share))] ?? 0;
  const { pressure } = plan;
  const isTimed =
    measured.length > 0 && (pressure.kind === 'open' || (pressure.kind === 'closed' && pressure.depth === 1));
  return {
    seconds: (after.ms - before.ms) / 1000,
    said: after.said - before.said,
    heard: after.heard - before.heard,
    cpuSeconds: after.cpu.map((seconds, i) => seconds - (before.cpu[i] ?? 0)),
    loadCpuSeconds: after.ownCpu - before.ownCpu,
    residentBytes: { empty, full, end },
    ...(isTimed ? { latencyMs: { p50: at(0.5), p99: at(0.99), worst: at(1) } } : {}),
  };

  function residentBytes(): number {
    return plan.pids.reduce((sum, pid) => sum + residentBytesOf(pid), 0);
  }

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
  stop(): Promise<void> | void;
}

function loadOf({ textBytes, pressure }: Plan, people: readonly People[], rounds: number[]): Load {
  const speakers = people.flatMap((group) => group.speakers);
  switch (pressure.kind) {
    case 'closed':
      return closedLoad(pressure.depth, textBytes, people, rounds);
    case 'open':
      return new Stream(speakers, pressure.perSecond, textBytes);
    case 'churn':
      return new Churn(speakers);
    case 'idle':
      return { said: 0, start: () => {}, stop: () => {} };
  }
}

function closedLoad(depth: number, textBytes: number, people: readonly People[], rounds: number[]): Load {
  const groups = people.map(
    ({ speakers, hearers }) =>
      new Group({
        speakers,
        hearers,
        depth,
        textBytes,

        onRound: (ms) => void rounds.push(ms),
      }),
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
