/**
 * What comes after the faults: everything is repaired, and then all servers must come to know the same, and the truth.
 */
import { limits } from '../../lib/limits.js';
import { normalForm } from '../../lib/wire/names.js';
import { type CheckName, Violation } from './checks.js';
import { mapOf, reachableCount } from './core.js';
import type { SimNode } from './sim-node.js';
import type { SimServer } from './sim-server.js';
import type { Crossing, Simulation } from './simulation.js';

/**
 * How long it may take until everything is right again: a lost server's members leave after 10 s, and links are
 * redialled.
 */
const patienceMs = 60_000;
const lookMs = 250;
/** How long it must then stay right. */
const stayMs = 1_500;
/** A server whose links flapped tells of its neighbours every 5 s. */
const calmMs = 6_000;
/** Time for a message to be everywhere when nothing else happens. */
const probeMs = 2_000;
/** At one server. */
const mostProbes = 40;
const mostTries = 10;

export interface HealOptions {
  /** Whether crashed servers come back. */
  readonly restart?: boolean;
}

/** Ends all faults; what runs is told by its operators to be one network again. */
export function heal(sim: Simulation, { restart = true }: HealOptions = {}): void {
  sim.fault('heal');
  sim.internet.unblockAll();
  sim.internet.thaw();
  for (const server of sim.servers) if (restart && !server.node) server.start();
  const running = sim.running.filter(({ protocol }) => protocol === sim.running[0]?.protocol);
  // The operator connects once more, so that nobody has to wait for a long pause between two dials.
  for (const server of running) for (const wanted of server.wanted) if (wanted.node) server.connect(wanted);
  joinIslands(islandsOf(running));
}

/** The servers that are joined by what their operators asked for. */
function islandsOf(servers: readonly SimServer[]): SimServer[][] {
  const left = new Set(servers);
  const islands: SimServer[][] = [];
  for (const first of servers) {
    if (!left.delete(first)) continue;
    const island = [first];
    for (const server of island) {
      for (const other of [...left]) {
        const isJoined =
          (server.wanted.has(other) && !other.nat) || (other.wanted.has(server) && !server.nat);
        if (isJoined && left.delete(other)) island.push(other);
      }
    }
    islands.push(island);
  }
  return islands;
}

/** Joins all islands with one server that can be dialled. */
function joinIslands(islands: readonly SimServer[][]): void {
  const hub = islands.flat().find(({ nat }) => !nat);
  if (!hub) return;
  for (const island of islands) if (!island.includes(hub)) island[0]?.connect(hub);
}

/** @throws Violation if not everything is right in the end */
export function converge(sim: Simulation): void {
  const untilMs = sim.clock.nowMs + patienceMs;
  for (;;) {
    while (sim.clock.nowMs < untilMs && whatIsWrong(sim)) sim.run(lookMs);
    sim.run(stayMs);
    const wrong = whatIsWrong(sim);
    if (!wrong) break;
    if (sim.clock.nowMs >= untilMs) throw new Violation(...wrong);
  }
  quiet(sim);
}

/**
 * When nothing else happens, every message must come to everybody, by the shortest ways and only where it is wanted.
 */
function quiet(sim: Simulation): void {
  // By now everything has been told that is told only from time to time.
  sim.run(calmMs);
  // A link that is just being made is not a fault, but something does happen.
  for (let tries = 0; tries < mostTries; tries++) {
    const edges = sim.reach.edges().join();
    // By now all have been told of links that were just made.
    sim.run(stayMs);
    const { probes, crossings } = probe(sim);
    for (const id of probes) checkArrived(sim, id);
    if (sim.reach.edges().join() !== edges) continue;
    for (const [key, ways] of byEvent(crossings)) checkTree(sim, key, ways);
    sim.expect('no-pull', sim.pulls === 0, () => `${sim.pulls} PULLs in quiet`);
    return;
  }
}

/** Has somebody at each server say something in each of its channels. */
function probe(sim: Simulation): {
  readonly probes: readonly string[];
  readonly crossings: readonly Crossing[];
} {
  const crossings: Crossing[] = [];
  sim.crossings = crossings;
  sim.pulls = 0;
  const probes: string[] = [];
  for (const node of sim.nodes) {
    for (const channel of someOf(sim, node.users.channels)) {
      const [speaker] = node.users.membersOf(channel);
      if (speaker) probes.push(node.users.say(speaker, channel));
    }
  }
  sim.run(probeMs);
  sim.crossings = undefined;
  return { probes, crossings };
}

/** All of them, or as many as links can carry in the time. */
function someOf(sim: Simulation, channels: readonly string[]): readonly string[] {
  if (channels.length <= mostProbes) return channels;
  return [...new Set(Array.from({ length: mostProbes }, () => sim.random.pick(channels)))];
}

function byEvent(crossings: readonly Crossing[]): Map<string, Crossing[]> {
  const ways = new Map<string, Crossing[]>();
  for (const crossing of crossings) {
    const before = ways.get(crossing.eventKey);
    if (before) before.push(crossing);
    else ways.set(crossing.eventKey, [crossing]);
  }
  return ways;
}

function checkArrived(sim: Simulation, id: string): void {
  const said = sim.truth.said.get(id);
  for (const node of sim.nodes) {
    if (!said || node === said.node || node.users.membersOf(said.channel).length === 0) continue;
    sim.expect(
      'probes',
      said.receivers.has(node),
      () => `${id} in ${said.channel} did not come to ${node.name}`,
    );
  }
}

/**
 * An event must reach each server at most once, by a shortest way, and only servers that want it or send it on:
 * that is what makes it a pruned tree of shortest paths, whichever of several equal ones.
 */
function checkTree(sim: Simulation, key: string, crossings: readonly Crossing[]): void {
  const [origin = '', , ...rest] = key.split(' ');
  const channel = rest.join(' ');
  const distances = distancesFrom(sim, origin);
  const senders = new Set(crossings.map(({ from }) => from));
  const reached = new Set<SimNode>();
  for (const { from, to } of crossings) {
    const way = `${key} from ${from.slice(0, 4)} to ${to.name}`;
    sim.expect('pruned-tree', !reached.has(to) && to.id !== origin, () => `${way}, which had it`);
    reached.add(to);
    const isShortest = distances.get(to.id) === (distances.get(from) ?? Number.NaN) + 1;
    sim.expect('pruned-tree', isShortest, () => `${way} is not on a shortest path`);
    const lingersMs = sim.clock.nowMs - to.users.usedAtMs(channel);
    const isWanted = to.users.channels.includes(channel) || lingersMs < 2 * limits.lostAfterMs + 20_000;
    sim.expect('pruned-tree', isWanted || senders.has(to.id), () => `${way}, where nobody wants it`);
  }
}

function distancesFrom(sim: Simulation, origin: string): Map<string, number> {
  const distances = new Map([[origin, 0]]);
  const byId = new Map(sim.nodes.map((node) => [node.id, node]));
  for (const [id, distance] of distances) {
    const node = byId.get(id);
    if (!node) continue;
    for (const { id: next } of sim.reach.neighboursOf(node))
      if (!distances.has(next)) distances.set(next, distance + 1);
  }
  return distances;
}

// ---- What is wrong ----------------------------------------------------------------------------------------------

type Wrong = [check: CheckName, words: string];

/** The first thing that a server has wrong. */
export function whatIsWrong(sim: Simulation): Wrong | undefined {
  const nodes = sim.nodes;
  const heldUp = nodes.find(({ isPaused }) => isPaused);
  if (heldUp) return ['same-map', `${heldUp.name} is held up`];
  return wrongMap(sim, nodes) ?? wrongLinks(sim) ?? wrongMembers(sim, nodes) ?? wrongNames(sim, nodes);
}

function wrongMap(sim: Simulation, nodes: readonly SimNode[]): Wrong | undefined {
  if (!sim.isOn('same-map')) return undefined;
  const truth = sim.reach.edges().join(' ');
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const inWords = (edges: string) =>
    edges.replace(/[0-9a-f]{32}/g, (id) => names.get(id) ?? `${id.slice(0, 4)}?`);
  for (const node of nodes) {
    const seen = mapOf(node.mesh, node.id).join(' ');
    if (seen !== truth) return ['same-map', `${node.name} sees ${inWords(seen)}, not ${inWords(truth)}`];
    const inReach = reachableCount(node.mesh);
    if (inReach !== nodes.length - 1)
      return ['same-map', `${node.name} reaches ${inReach} of ${nodes.length}`];
  }
  return undefined;
}

function wrongLinks(sim: Simulation): Wrong | undefined {
  const double = sim.isOn('one-link') ? sim.reach.doubleLinks()[0] : undefined;
  return double === undefined ? undefined : ['one-link', `${double} have more than one`];
}

function wrongMembers(sim: Simulation, nodes: readonly SimNode[]): Wrong | undefined {
  const members = new Map<string, Map<SimNode, readonly string[]>>();
  for (const node of nodes) {
    for (const channel of node.users.channels) {
      const here = members.get(channel) ?? new Map<SimNode, readonly string[]>();
      members.set(channel, here.set(node, node.users.namesIn(channel)));
    }
  }
  for (const node of nodes) {
    for (const [channel, places] of members) {
      if (!places.has(node)) continue;
      const where = `in ${channel} at ${node.name}`;
      const all = [...places.values()].flat().sort();
      const elsewhere = [...places].flatMap(([place, names]) => (place === node ? [] : names)).sort();
      const known = [...node.mesh.membersElsewhere(channel)].sort();
      if (sim.isOn('members') && known.join() !== elsewhere.join())
        return ['members', `known ${where}: ${short(known)}; true: ${short(elsewhere)}`];
      const told = node.users.told(channel);
      if (sim.isOn('told-members') && told.join() !== all.join())
        return ['told-members', `told ${where}: ${short(told)}; true: ${short(all)}`];
    }
    if (sim.isOn('channels')) {
      const known = node.mesh.channelsElsewhere();
      for (const [channel, places] of members) {
        const isElsewhere = places.size > (places.has(node) ? 1 : 0);
        if (isElsewhere && !known.has(channel))
          return ['channels', `${node.name} does not know of ${channel}`];
      }
    }
  }
  return undefined;
}

function wrongNames(sim: Simulation, nodes: readonly SimNode[]): Wrong | undefined {
  if (!sim.isOn('unique-names')) return undefined;
  const seen = new Map<string, string>();
  for (const node of nodes) {
    for (const { name, isGranted } of node.users.all) {
      const key = normalForm(name);
      const before = seen.get(key);
      if (isGranted && before !== undefined)
        return ['unique-names', `${name} at ${before} and at ${node.name}`];
      if (isGranted) seen.set(key, node.name);
    }
  }
  return undefined;
}

function short(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(' ')} … (${names.length})` : names.join(' ');
}
