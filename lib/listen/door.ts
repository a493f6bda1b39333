/** A door: one listening socket through which clients of one transport come in. */
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { Log } from '../log.js';
import type { Relay } from '../relay/relay.js';
import type { LaneFormat, Session } from '../relay/session.js';
import { formatAddress, plainHost } from '../wire/address.js';
import { ProtocolError } from '../wire/errors.js';
import { type OutboxOptions, SocketOutbox } from './outbox.js';

export interface DoorOptions {
  readonly relay: Relay;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Door {
  /** What it is called in errors. */
  readonly what: string;
  /**
   * Starts to listen; a door that cannot is shut for good.
   *
   * @param host an address of this machine, or a name of one
   * @param port 0 for any free one
   * @returns the port
   * @throws ListenError
   */
  listen(host: string, port: number): Promise<number>;
  /** Serves, without listening itself, connections that others accept from now on. */
  open(): void;
  /** Takes a connection that was accepted elsewhere, and from which nothing has been read. */
  take(socket: Socket): void;
  /** Takes no further connections, and resolves when those that are open have ended. */
  stopListening(): Promise<void>;
  /** Stops to listen, and cuts off whoever is still connected. */
  destroy(): void;
}

/** What is particular to a transport, besides its framing. */
export interface Transport extends Pick<OutboxOptions, 'isOpen' | 'sayGoodbye'> {
  /** Stops to read from the client, or goes on. */
  readonly setReading: (reading: boolean) => void;
}

/** The sockets that came in through one door, looked after until they close. */
export class Admissions {
  readonly #outboxes = new Map<Socket, SocketOutbox>();
  readonly #sockets = new Set<Socket>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(private readonly options: DoorOptions) {
    this.#sweeper = setInterval(() => {
      for (const outbox of this.#outboxes.values()) outbox.sweep();
    }, limits.outboxSweepMs);
    this.#sweeper.unref();
  }

  /** Opens a session for a socket, unless the relay turns it away, and closes it with the socket. */
  admit(socket: Socket, format: LaneFormat, transport: Transport): Session | undefined {
    const { relay, clock, log } = this.options;
    const address = addressOf(socket);
    let session: Session | undefined;
    const outbox = new SocketOutbox(socket, {
      clock,
      isOpen: transport.isOpen,
      sayGoodbye: transport.sayGoodbye,
      onTooSlow: (why) => {
        if (!session) return;
        const error = new ProtocolError('too-slow', `You read too slowly (${why}); connect again to go on.`);
        relay.disconnect(session, 'too-slow', error);
      },
      onSlow: () =>
        log.info('client is slow', {
          client: address,
          name: session?.name,
          waitingBytes: outbox.waitingBytes,
        }),
    });
    this.track(socket);
    this.#outboxes.set(socket, outbox);
    session = relay.open({ format, outbox, address, setReading: transport.setReading });
    socket.once('close', () => {
      this.#outboxes.delete(socket);
      if (session) relay.close(session, 'connection closed');
    });
    return session;
  }

  /** Counts a socket among those to be cut off at the end. */
  track(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Resolves when no socket is left, however it ends. One without a session has nothing to wait for, and ends now. */
  async drained(): Promise<void> {
    const closed = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) if (!this.#outboxes.has(socket)) socket.destroySoon();
    await Promise.all(closed);
  }

  destroy(): void {
    clearInterval(this.#sweeper);
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What a socket is to be like, whoever accepts it; a `Server` of node:net sees to it by itself. */
export interface SocketSettings {
  /** How long it may be idle until the kernel looks whether the other end is still there; undefined for ever. */
  readonly keepAliveMs?: number;
}

/**
 * The door that a server of node:net, or of node:http, makes.
 *
 * @param server keeps its sockets half open when their other end has ended
 * @param what it is called in errors
 * @param shut called when nobody is served any more
 */
export function createDoor(
  server: Server,
  admissions: Admissions,
  what: string,
  { keepAliveMs }: SocketSettings = {},
  shut: () => void = () => {},
): Door {
  const destroy = (): void => {
    server.close();
    shut();
    admissions.destroy();
  };
  return {
    what,
    destroy,
    async listen(host, port) {
      try {
        return await listen(server, host, port, what);
      } catch (error) {
        destroy();
        throw error;
      }
    },
    // A server of node:http looks for requests that take too long from then on.
    open: () => void server.emit('listening'),
    take(socket) {
      socket.allowHalfOpen = true;
      socket.setNoDelay(true);
      if (keepAliveMs !== undefined) socket.setKeepAlive(true, keepAliveMs);
      server.emit('connection', socket);
      socket.resume();
    },
    stopListening() {
      server.close();
      return admissions.drained();
    },
  };
}

/**
 * Starts to listen.
 *
 * @returns the port, which is another than asked for when that was 0
 * @throws ListenError in words for an operator
 */
export function listen(server: Server, host: string, port: number, what: string): Promise<number> {
  server.maxConnections = limits.connections;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(what, host, port, error)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Why a server could not start to listen, and what to do. */
export class ListenError extends Error {
  constructor(what: string, host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`cannot open the ${what} port: ${explain(host, port, cause)}`, { cause });
    this.name = 'ListenError';
  }
}

function explain(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${formatAddress(host, port)} is in use. Stop what uses it, or give another port (0 takes any free one).`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Use one of its own, 127.0.0.1 for this machine only, or 0.0.0.0 for all.`;
    case 'EACCES':
      return `port ${port} needs more rights than this process has. Take one above 1023.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${host} is not known. Check it, or give an IP address.`;
    default:
      return message;
  }
}

/** Where a connection comes from; an IPv4 address mapped into IPv6 is shown as what it is. */
export function addressOf(socket: Socket): string {
  const host = plainHost(socket.remoteAddress ?? 'unknown');
  return formatAddress(host, socket.remotePort ?? 0);
}
