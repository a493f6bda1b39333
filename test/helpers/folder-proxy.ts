/** An HTTP proxy on loopback that gives a server a folder of its own, as nginx does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

export interface FolderProxyOptions {
  /** The folder, with a slash at both ends. */
  readonly folder: string;
  /** The port on loopback to which it leads. */
  readonly to: number;
  /** Whether it takes the folder off the paths that it passes on. */
  readonly strips: boolean;
}

export class FolderProxy {
  readonly #sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async open(options: FolderProxyOptions): Promise<FolderProxy> {
    const server = createServer((incoming, answer) => {
      const passedOn = passOn(incoming, options);
      if (!passedOn) {
        answer.writeHead(404).end();
        return;
      }
      passedOn.on('response', (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
    });
    server.on('upgrade', (incoming, near) => {
      const passedOn = passOn(incoming, options);
      if (!passedOn) {
        near.destroy();
        return;
      }
      passedOn.on('upgrade', ({ rawHeaders }, far, head) => {
        const headers = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
        near.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
        near.write(head);
        for (const end of [near, far]) end.on('error', () => {});
        near.on('close', () => far.destroy());
        far.pipe(near).pipe(far);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a proxy without a port');
    return new FolderProxy(server, address.port);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.server, 'close');
  }
}

function passOn({ url = '', method, headers }: IncomingMessage, { folder, to, strips }: FolderProxyOptions) {
  if (!url.startsWith(folder)) return undefined;
  const path = strips ? url.slice(folder.length - 1) : url;
  return request({ host: '127.0.0.1', port: to, path, method, headers }).end();
}
