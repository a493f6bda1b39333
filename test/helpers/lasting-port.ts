/**
 * Ports on loopback that stay free while nobody listens on them, for a server that goes and comes back.
 *
 * A port that the system chose can be given to anybody else as soon as it is closed. These lie below the ranges from
 * which systems choose (from 32,768 on with Linux, from 49,152 on elsewhere), so only a test that asks here gets one.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const lowest = 15_000;
const highest = 32_000;

export function lastingPorts(count: 1): Promise<[number]>;
export function lastingPorts(count: 3): Promise<[number, number, number]>;
export async function lastingPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
