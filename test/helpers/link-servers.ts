/** Servers in one process that are linked over real sockets and observed by their logs, and proxies between them. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { NetworkKey } from '../../lib/network-key.js';
import type { ServerOptions } from '../../lib/options.js';
import type { DialOutcome } from '../../lib/peer/core/mesh-options.js';
import type { PeerFrame } from '../../lib/wire/peer-frame.js';
import { PeerFrameDecoder } from '../../lib/wire/peer-frame-decoder.js';
import { TestServer } from './test-server.js';

export function newKey(): NetworkKey {
  return new NetworkKey(randomBytes(32));
}

export class LinkServer extends TestServer {
  constructor(
    readonly name: string,
    options: Partial<ServerOptions> = {},
  ) {
    super('cli-server', 'tcp', { name, ...options });
  }

  get peerPort(): number {
    return this.running.ports.peer;
  }

  connectTo(port: number, host = '127.0.0.1'): Promise<DialOutcome> {
    return this.running.network.connect({ host, port });
  }

  /** The names of the server's peers. */
  get peerNames(): string[] {
    return this.running.network
      .peers()
      .map((peer) => peer.name)
      .sort();
  }
}

/** A TCP proxy that keeps a copy of what passes. */
export class RecordingProxy {
  port = 0;
  readonly toServer: Buffer[] = [];
  readonly toClient: Buffer[] = [];
  readonly #sockets: Socket[] = [];
  readonly #server: Server;

  /** @param target the port that it leads to; asked for at each connection */
  constructor(target: () => number) {
    this.#server = createServer((near) => {
      const far = connect(target(), '127.0.0.1');
      this.#sockets.push(near, far);
      for (const [from, to, kept] of [
        [near, far, this.toServer],
        [far, near, this.toClient],
      ] as const) {
        from.on('data', (chunk: Buffer) => {
          kept.push(chunk);
          to.write(chunk);
        });
        from.on('error', () => {});
        from.on('close', () => to.destroy());
      }
    });
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  /** All that passed, in both directions. */
  get seen(): Buffer {
    return Buffer.concat([...this.toServer, ...this.toClient]);
  }

  /** Cuts off all connections without a goodbye. */
  reset(): void {
    for (const socket of this.#sockets.splice(0)) socket.resetAndDestroy();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Sends bytes to a peer port. Resolves with the frames of its answer when the connection has ended. */
export async function talkToPeerPort(port: number, bytes: Buffer): Promise<PeerFrame[]> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const ended = once(socket, 'close');
  const frames = decodeAll(socket);
  socket.write(bytes);
  await ended;
  return frames;
}

/** The frames that come on a socket, as they come. */
export function decodeAll(socket: Socket): PeerFrame[] {
  const frames: PeerFrame[] = [];
  const decoder = new PeerFrameDecoder(65_536);
  socket.on('data', (chunk: Buffer) => decoder.push(chunk, (frame) => frames.push(frame)));
  return frames;
}
