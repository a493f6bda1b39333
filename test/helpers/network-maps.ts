/** Networks of many shapes, as data for the map. */
import type { MappedServer, NetworkMap } from '../../lib/peer/network-map.js';
import { Random } from './random.js';

/** A node id for the server of a number. */
export function nodeNumbered(index: number): string {
  return ((index + 1) * 0x9e3779b1).toString(16).padStart(10, '0').slice(-8).padEnd(32, '0');
}

/**
 * Makes a map whose first server is this one.
 *
 * @param names one for each server
 * @param links pairs of indices
 */
export function mapOf(names: readonly string[], links: readonly (readonly [number, number])[]): NetworkMap {
  const servers = names.map((name, index): MappedServer => {
    const others = links.flatMap(([a, b]) => (a === index ? [b] : b === index ? [a] : []));
    return { node: nodeNumbered(index), name, neighbours: others.map(nodeNumbered), outOfReachMs: undefined };
  });
  return { own: nodeNumbered(0), servers };
}

/** `s1`, `s2`, … */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index + 1}`);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const links = {
  chain: (count: number) => range(count - 1).map((i) => [i, i + 1] as const),
  ring: (count: number) => range(count).map((i) => [i, (i + 1) % count] as const),
  /** A star; its middle is the server with that index. */
  star: (count: number, middle: number) =>
    range(count)
      .filter((i) => i !== middle)
      .map((i) => [middle, i] as const),
  all: (count: number) => range(count).flatMap((a) => range(a).map((b) => [b, a] as const)),
  /** A network in which each server is linked with a number of those that came before it. */
  random: (count: number, each: number, seed: number) => {
    const random = new Random(seed);
    const pairs = new Set<string>();
    for (let i = 1; i < count; i++) {
      for (let link = 0; link < Math.min(i, each); link++) pairs.add(`${random.below(i)} ${i}`);
    }
    return [...pairs].map((pair) => {
      const [a = 0, b = 0] = pair.split(' ').map(Number);
      return [a, b] as const;
    });
  },
};
