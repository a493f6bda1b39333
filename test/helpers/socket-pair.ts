import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocketPair {
  /** The server's end. */
  readonly near: Socket;
  /** The client's end. It takes nothing until it is read. */
  readonly far: Socket;
  destroy(): void;
}

/** Two ends of a TCP connection over loopback. */
export async function socketPair(): Promise<SocketPair> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const accepted: Promise<Socket> = new Promise((resolve) => server.once('connection', resolve));
  const [near] = await Promise.all([accepted, once(far, 'connect')]);
  server.close();
  return {
    near,
    far,
    destroy: () => {
      near.destroy();
      far.destroy();
    },
  };
}
