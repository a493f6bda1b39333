/** Measures what a network of a certain size costs and can bear, in virtual time. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkNames } from './checks.js';
import { mapOf } from './core.js';
import type { SimNode } from './sim-node.js';
import type { Crash, SimServer } from './sim-server.js';
import { Simulation } from './simulation.js';

export interface Figures {
  readonly servers: number;
  readonly links: number;
  readonly crashResetMs: number;
  readonly crashSilentMs: number;
  readonly interested: number;
  /** The links that a message crosses; how many of them lead to a server that has it; and the fewest possible. */
  readonly crossings: number;
  readonly duplicates: number;
  readonly treeSize: number;
  /** Messages that were lost, as shares of what should have been heard. */
  readonly loss: number;
  readonly lossWithoutPulls: number;
  /** Bytes for each server and second. */
  readonly restBytes: number;
  readonly churnBytes: number;
  readonly memoryBytes: number;
}

/** How many earlier servers each server connects to, and the most links that one of those may have. */
const ownLinks = 3;
const mostLinks = 24;
const channel = 'lobby';
const messages = 20;
const patienceMs = 60_000;
const lookMs = 10;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

export function measure(count: number, seed: number): Figures {
  const before = memoryBytes();
  const sim = new Simulation({
    seed,
    traced: false,
    last: 1,
    checks: Object.fromEntries(checkNames.map((name) => [name, name === 'no-crash'])),
  });
  sim.discovers = false;
  sim.distances = { delayMs: [1, 30], jitterMs: [0, 2], bytesPerMs: 100_000 };
  buildWeb(sim, count);
  untilAllSeeTheSame(sim);
  const interested = Math.max(2, Math.round(count / 10));
  for (const [i, server] of pickSome(sim, interested).entries()) server.running.users.enter(`u${i}`, channel);
  sim.run(5_000);
  const links = sim.reach.edges().length;
  const memory = (memoryBytes() - before) / count;
  const restBytes = bytesPerServerAndSecond(sim, 10, () => {});
  const { crossings, duplicates, treeSize } = crossingsOfMessages(sim);
  const crashResetMs = convergenceAfter(sim, 'reset');
  const crashSilentMs = convergenceAfter(sim, 'silent');
  const loss = lossAround(sim);
  sim.losesPulls = true;
  const lossWithoutPulls = lossAround(sim);
  sim.losesPulls = false;
  const churnBytes = bytesPerServerAndSecond(sim, count > 500 ? 1 : 10, () => churn(sim));
  return {
    servers: count,
    links,
    crashResetMs,
    crashSilentMs,
    interested,
    crossings,
    duplicates,
    treeSize,
    loss,
    lossWithoutPulls,
    restBytes,
    churnBytes,
    memoryBytes: memory,
  };
}

function buildWeb(sim: Simulation, count: number): void {
  const links = new Map<SimServer, number>();
  for (let i = 0; i < count; i++) {
    const server = sim.add();
    const others = sim.servers.filter((other) => other !== server && (links.get(other) ?? 0) < mostLinks);
    for (let j = 0; j < ownLinks && others.length > 0; j++) {
      const [other] = others.splice(sim.random.below(others.length), 1);
      if (!other) break;
      for (const end of [server, other]) links.set(end, (links.get(end) ?? 0) + 1);
      server.connect(other);
    }
  }
}

function pickSome(sim: Simulation, count: number): SimServer[] {
  const left = [...sim.servers];
  return Array.from({ length: count }, () => left.splice(sim.random.below(left.length), 1)).flat();
}

/** @returns virtual milliseconds until every server has the true map */
function untilAllSeeTheSame(sim: Simulation): number {
  const fromMs = sim.clock.nowMs;
  while (!allSeeTheSame(sim)) {
    if (sim.clock.nowMs - fromMs > patienceMs) throw new Error('the network did not come to see the same');
    sim.run(lookMs);
  }
  return sim.clock.nowMs - fromMs;
}

function allSeeTheSame(sim: Simulation): boolean {
  const { nodes } = sim;
  // First what can be checked quickly.
  const views = nodes.map(({ mesh }) => mesh.topology.freshView(sim.clock.nowMs));
  if (views.some(({ size, digest }) => size !== nodes.length || digest !== views[0]?.digest)) return false;
  const truth = sim.reach.edges().join();
  return nodes.slice(0, 10).every((node) => mapOf(node.mesh, node.id).join() === truth);
}

/** The mean over a few crashes. */
function convergenceAfter(sim: Simulation, how: Crash): number {
  const rounds = roundsFor(sim);
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const server = sim.random.pick(bystanders(sim));
    server.crash(how);
    sum += untilAllSeeTheSame(sim);
    server.start();
    sim.run(2_000);
    untilAllSeeTheSame(sim);
  }
  return sum / rounds;
}

/** Large networks take long. */
function roundsFor(sim: Simulation): number {
  return sim.servers.length > 500 ? 1 : 3;
}

/** The servers that run and have no members. */
function bystanders(sim: Simulation): SimServer[] {
  const idle = sim.running.filter(({ running }) => running.users.all.length === 0);
  return idle.length > 0 ? idle : sim.running;
}

/** Those of them that most messages between members pass through, the busiest first. */
function relays(sim: Simulation): SimServer[] {
  const passes = new Map<string, number>();
  for (const origin of members(sim)) {
    const view = origin.mesh.topology.freshView(sim.clock.nowMs);
    const parents = view.parentsFrom(view.own);
    for (const member of members(sim)) {
      for (let at = view.placeOf(member.id) ?? -1; at >= 0; at = parents[at] ?? -1) {
        const node = view.nodeAt(at) ?? '';
        passes.set(node, (passes.get(node) ?? 0) + 1);
      }
    }
  }
  const busy = ({ running }: SimServer): number => passes.get(running.id) ?? 0;
  return bystanders(sim).sort((a, b) => busy(b) - busy(a));
}

function crossingsOfMessages(sim: Simulation) {
  let [crossings, duplicates, treeSize] = [0, 0, 0];
  for (let i = 0; i < messages; i++) {
    const origin = sim.random.pick(members(sim));
    sim.crossings = [];
    say(origin);
    sim.run(1_000);
    const reached = new Set<SimNode>([origin]);
    for (const { to } of sim.crossings) {
      crossings++;
      if (reached.has(to)) duplicates++;
      reached.add(to);
    }
    sim.crossings = undefined;
    treeSize += prunedTreeSize(sim, origin);
  }
  return {
    crossings: crossings / messages,
    duplicates: duplicates / messages,
    treeSize: treeSize / messages,
  };
}

function members(sim: Simulation): SimNode[] {
  return sim.nodes.filter(({ users }) => users.membersOf(channel).length > 0);
}

function say(node: SimNode): string {
  const [user] = node.users.membersOf(channel);
  if (!user) throw new Error('nobody is there to say something');
  return node.users.say(user, channel, 60);
}

/** The links of a tree of shortest paths that lead to members, found breadth first. */
function prunedTreeSize(sim: Simulation, origin: SimNode): number {
  const parents = new Map<SimNode, SimNode | undefined>([[origin, undefined]]);
  for (const node of parents.keys())
    for (const next of sim.reach.neighboursOf(node)) if (!parents.has(next)) parents.set(next, node);
  const kept = new Set<SimNode>();
  for (const member of members(sim)) {
    for (let node: SimNode | undefined = member; node && node !== origin; node = parents.get(node))
      kept.add(node);
  }
  return kept.size;
}

/** Measures how many messages never come when a server without members crashes while members talk. */
function lossAround(sim: Simulation): number {
  let [due, heard] = [0, 0];
  for (let round = 0; round < roundsFor(sim); round++) {
    const [crashing] = relays(sim);
    if (!crashing) throw new Error('nobody is in between');
    const listeners = members(sim);
    const said: string[] = [];
    for (let i = 0; i < 200; i++) {
      if (i === 50) crashing.crash(round === 1 ? 'reset' : 'silent');
      said.push(say(sim.random.pick(listeners)));
      sim.run(20);
    }
    sim.run(12_000);
    for (const id of said) {
      const message = sim.truth.said.get(id);
      due += listeners.length - 1;
      heard += message?.receivers.size ?? 0;
    }
    crashing.start();
    sim.run(3_000);
  }
  return due === 0 ? 0 : 1 - heard / due;
}

function bytesPerServerAndSecond(sim: Simulation, seconds: number, each: () => void): number {
  const before = { ...sim.sent };
  for (let i = 0; i < seconds; i++) {
    each();
    sim.run(1_000);
  }
  const bytes = sim.sent.bytes - before.bytes - (sim.sent.eventBytes - before.eventBytes);
  return bytes / seconds / sim.nodes.length;
}

/** Breaks one link in a hundred each second, and has somebody come or go at one server in ten. */
function churn(sim: Simulation): void {
  const { random } = sim;
  const some = (share: number) => Math.max(1, Math.round(sim.nodes.length * share));
  for (let i = 0; i < some(0.03); i++) {
    const node = random.pick(sim.nodes);
    const neighbours = [...sim.reach.neighboursOf(node)];
    if (neighbours.length > 1) sim.internet.cut(node.server, random.pick(neighbours).server);
  }
  for (let i = 0; i < some(0.1); i++) {
    const node = random.pick(sim.nodes);
    const user = node.users.all.find(({ channels }) => channels.size > 0);
    if (user && random.chance(0.5)) node.users.leave(user, random.pick([...user.channels.keys()]));
    else node.users.enter(`n${sim.random.below(1e9)}`, `room${random.below(20)}`);
  }
}

function memoryBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
