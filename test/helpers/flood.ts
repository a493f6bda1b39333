/** Strangers who keep a number of connections to a server: silent ones, clients in a channel, and WebSockets. */
import { connect, type Socket } from 'node:net';

/** What one of them says first. */
const openings: readonly ((i: number) => string)[] = [
  () => '',
  (i) => `{"type":"join","channel":"flood","name":"stranger-${i}"}\n`,
];

const upgrade = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==',
  '\r\n',
].join('\r\n');

/** Pause before a connection that was closed is made again. */
const againMs = 500;

export class Flood {
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #ended = false;
  #tries = 0;

  /** @param ports a TCP port and a WebSocket port, on loopback */
  constructor(
    private readonly ports: { readonly client: number; readonly websocket: number },
    count: number,
  ) {
    for (let i = 0; i < count; i++) this.#open(i);
  }

  /** Connections made so far; a connection that is closed is made again. */
  get tries(): number {
    return this.#tries;
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(i: number): void {
    this.#tries++;
    const isWebSocket = i % 3 === 2;
    const socket = connect(isWebSocket ? this.ports.websocket : this.ports.client, '127.0.0.1');
    this.#sockets.add(socket);
    socket.write(isWebSocket ? upgrade : (openings[i % 3]?.(i) ?? ''));
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#ended) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#open(i);
      }, againMs);
      this.#timers.add(timer);
    });
  }
}
