import { expect } from 'chai';
import { Interests } from '../../lib/peer/core/map/interest.js';
import { OwnInterest } from '../../lib/peer/core/map/own-interest.js';
import { Routes } from '../../lib/peer/core/map/routes.js';
import type { View } from '../../lib/peer/core/map/view.js';
import { forSeeds, type Random } from '../helpers/random.js';
import { type Claims, distancesFrom, randomClaims, randomNodeId } from '../helpers/random-graph.js';
import { testCrypto, testIdentity } from '../helpers/test-crypto.js';
import { viewOf } from '../helpers/views.js';

/** Servers that all know the same map and interest, each with its own routes. */
class RoutedNetwork {
  readonly interests = new Interests(testCrypto, () => {});
  readonly #own = new Map<string, OwnInterest>();
  readonly #routes = new Map<string, Routes>();
  readonly #views = new Map<string, View>();
  #nowMs = 0;

  constructor(readonly claims: Claims) {
    this.look();
  }

  /** Has all servers look at the map again. */
  look(): void {
    const seen = new Map([...this.claims].map(([node, neighbours]) => [node, { version: 1, neighbours }]));
    for (const node of this.claims.keys()) this.#views.set(node, viewOf(node, seen));
  }

  setInterest(node: string, channel: string, interested: boolean): void {
    this.#nowMs += 100_000;
    const identity = testIdentity(node);
    const own = this.#own.get(node) ?? new OwnInterest(identity, testCrypto);
    this.#own.set(node, own);
    if (interested) own.setMembers(channel, 1, this.#nowMs);
    else own.setMembers(channel, 0, this.#nowMs - 50_000);
    own.takeIdle(this.#nowMs);
    const news = own.takeNews(this.#nowMs);
    if (news.length > 0) this.interests.accept(news, identity.publicKey);
  }

  next(at: string, origin: string, channel: string): readonly string[] {
    const view = this.#views.get(at);
    if (!view) throw new Error('no such server');
    let routes = this.#routes.get(at);
    if (!routes) {
      routes = new Routes(this.interests);
      this.#routes.set(at, routes);
    }
    return routes.next(view, origin, channel);
  }

  /** Forwards a message until nobody sends it on. @returns how often each server got it */
  send(origin: string, channel: string): Map<string, number> {
    const times = new Map([[origin, 0]]);
    const toSend = [origin];
    for (let at = toSend.shift(); at !== undefined && times.size < 100; at = toSend.shift()) {
      for (const node of this.next(at, origin, channel)) {
        times.set(node, (times.get(node) ?? 0) + 1);
        toSend.push(node);
      }
    }
    return times;
  }
}

/**
 * Checks that the message reaches every interested server in reach once, and passes only through servers on the way.
 */
function expectPruned(network: RoutedNetwork, origin: string, channel: string): void {
  const times = network.send(origin, channel);
  const inReach = distancesFrom(network.claims, origin);
  for (const node of network.interests.audienceOf(channel).keys())
    if (node !== origin && inReach.has(node)) expect(times.get(node), node).to.equal(1);
  for (const [node, count] of times) {
    expect(count).to.equal(node === origin ? 0 : 1);
    const isOnAWay =
      network.interests.isInterested(node, channel) || network.next(node, origin, channel).length > 0;
    if (node !== origin) expect(isOnAWay, node).to.equal(true);
  }
}

function randomInterest(random: Random, network: RoutedNetwork): void {
  const density = random.next();
  for (const node of network.claims.keys())
    for (const channel of ['lobby', 'tea'])
      if (random.chance(density)) network.setInterest(node, channel, true);
}

describe('the routes of a message', () => {
  it('reach every interested server exactly once, and nobody who is not on the way to one', () => {
    forSeeds(100, (random) => {
      const network = new RoutedNetwork(randomClaims(random));
      randomInterest(random, network);
      for (const origin of network.claims.keys())
        for (const channel of ['lobby', 'tea', 'nobody’s']) expectPruned(network, origin, channel);
    });
  });

  it('follow at once when interest comes and goes', () => {
    forSeeds(40, (random) => {
      const network = new RoutedNetwork(randomClaims(random));
      const nodes = [...network.claims.keys()];
      for (let step = 0; step < 20; step++) {
        network.setInterest(random.pick(nodes), 'lobby', random.chance(0.6));
        expectPruned(network, random.pick(nodes), 'lobby');
      }
    });
  });

  it('follow the map', () => {
    forSeeds(40, (random) => {
      const network = new RoutedNetwork(randomClaims(random));
      const nodes = [...network.claims.keys()];
      randomInterest(random, network);
      for (let step = 0; step < 10; step++) {
        const [a, b] = [random.pick(nodes), random.pick(nodes)];
        const isLinked = random.chance(0.5);
        for (const [one, other] of [
          [a, b],
          [b, a],
        ] as const) {
          if (isLinked && a !== b) network.claims.get(one)?.add(other);
          else network.claims.get(one)?.delete(other);
        }
        network.look();
        expectPruned(network, random.pick(nodes), 'lobby');
      }
    });
  });

  it('lead nowhere for an origin that is out of reach or unknown', () => {
    forSeeds(20, (random) => {
      const network = new RoutedNetwork(randomClaims(random));
      randomInterest(random, network);
      const lonely = randomNodeId(random);
      for (const node of network.claims.keys()) expect(network.next(node, lonely, 'lobby')).to.deep.equal([]);
    });
  });
});
