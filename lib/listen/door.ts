/** A door: one listening socket through which clients of one transport come in. */
import type { AddressInfo, Server, Socket } from 'node:net';
import { limits } from '../limits.js';
import { LastingWarning, LogBrake } from '../log-brake.js';
import type { LaneFormat } from '../relay/connection.js';
import type { Session } from '../relay/session.js';
import { formatAddress, plainHost } from '../wire/address.js';
import { explainZone, withSystemZone } from '../zone.js';
import { Admission, type Shared } from './admission.js';
import { Capacity } from './capacity.js';
import type { DoorOptions, Transport } from './transport.js';

export interface Door {
  /** The name of the door in errors. */
  readonly what: string;
  /**
   * Starts to listen. If that fails, the door is shut for good.
   *
   * @param host an address of this machine, or a name of one
   * @param port the port, or 0 for any free one
   * @returns the port that was opened
   * @throws ListenError
   */
  listen(host: string, port: number): Promise<number>;
  /** Begins to serve the connections that it is given by `take`, without listening itself. */
  open(): void;
  /** Serves a connection that was accepted elsewhere, and from which nothing has been read. */
  take(socket: Socket): void;
  /** Stops listening. The promise resolves when the connections that are open have ended. */
  stopListening(): Promise<void>;
  /** Stops listening, and cuts off all clients that are still connected. */
  destroy(): void;
}

/** The sockets that came in through one door, from when they are accepted until they close. */
export class Admissions {
  readonly #admitted = new Map<Socket, Admission>();
  /** The sockets that have not been admitted, each with the time at which it is cut off if it is not by then. */
  readonly #unadmitted = new Map<Socket, number>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #shared: Shared;

  constructor(readonly options: Pick<DoorOptions, 'relay' | 'clock' | 'log' | 'capacity'>) {
    const { capacity, clock, log } = options;
    this.#shared = {
      capacity: capacity ?? new Capacity(limits.connections, clock, log),
      slowClients: new LogBrake(log, clock, 'client is slow', 'more clients are slow'),
    };
    this.#sweeper = setInterval(() => this.sweep(), limits.outboxSweepMs);
    this.#sweeper.unref();
  }

  /**
   * Looks after a socket from now on, if there is room for it or another one makes room.
   *
   * @param patienceMs how long it may take to be admitted. One sweep looks at all sockets, so that none needs a timer
   */
  track(socket: Socket, patienceMs = Number.POSITIVE_INFINITY): void {
    this.#unadmitted.set(socket, this.options.clock.nowMs() + patienceMs);
    socket.on('close', () => this.#forget(socket));
    this.#shared.capacity.enter(socket);
  }

  /** Gives a socket that has not been admitted a new time limit, from now on. */
  giveTime(socket: Socket, patienceMs: number): void {
    if (this.#unadmitted.has(socket)) this.#unadmitted.set(socket, this.options.clock.nowMs() + patienceMs);
  }

  /** Opens a session for a socket, unless the relay turns it away, and closes it with the socket. */
  admit(socket: Socket, format: LaneFormat, transport: Transport): Session | undefined {
    const admission = new Admission(socket, format, addressOf(socket), transport, this.options, this.#shared);
    this.#unadmitted.delete(socket);
    this.#admitted.set(socket, admission);
    admission.session = this.options.relay.open(admission);
    return admission.session;
  }

  /** Cuts off clients that have been slow or silent for too long. It is called every now and then. */
  sweep(): void {
    for (const admission of this.#admitted.values()) admission.sweep();
    const nowMs = this.options.clock.nowMs();
    for (const [socket, deadlineMs] of this.#unadmitted) if (nowMs >= deadlineMs) socket.destroy();
    this.#shared.capacity.sweep();
    this.options.relay.tick();
    this.#shared.slowClients.tick();
  }

  /**
   * Resolves when no socket is left. Sockets that have not been admitted are ended at once, because there is nothing to
   * wait for.
   */
  async drained(): Promise<void> {
    const closed = this.#sockets().map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#unadmitted.keys()) socket.destroySoon();
    await Promise.all(closed);
  }

  destroy(): void {
    clearInterval(this.#sweeper);
    for (const socket of this.#sockets()) socket.destroy();
  }

  #sockets(): Socket[] {
    return [...this.#unadmitted.keys(), ...this.#admitted.keys()];
  }

  #forget(socket: Socket): void {
    this.#shared.capacity.leave(socket);
    this.#unadmitted.delete(socket);
    const session = this.#admitted.get(socket)?.session;
    this.#admitted.delete(socket);
    if (session) this.options.relay.close(session, 'connection closed');
  }
}

/**
 * The settings of a socket that was accepted elsewhere. For those that it accepts, a `Server` of node:net makes them.
 */
export interface SocketSettings {
  /** How long a socket may be idle before the kernel checks that the other end is still there; undefined for never. */
  readonly keepAliveMs?: number;
}

/**
 * Makes a door of a server of node:net or node:http.
 *
 * @param server a server that keeps its sockets half open when their other end has ended
 * @param what the name of the door in errors
 * @param shut called when the door is destroyed
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
        return await listen(server, host, port, what, admissions.options);
      } catch (error) {
        destroy();
        throw error;
      }
    },
    // At this event a server of node:http begins to look for requests that take too long.
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
 * Starts to listen. From then on, a connection that cannot be accepted, because descriptors or memory are short, leads
 * to a warning in the log, and the others go on.
 *
 * @param what the name of the port in errors
 * @returns the port that was opened
 * @throws ListenError in words for an operator
 */
export function listen(
  server: Server,
  host: string,
  port: number,
  what: string,
  { log, clock }: Pick<DoorOptions, 'log' | 'clock'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const onStartError = (error: NodeJS.ErrnoException): void =>
      reject(new ListenError(what, host, port, error));
    server.once('error', onStartError);
    server.listen({ host: withSystemZone(host), port, backlog: limits.backlog }, () => {
      const warning = new LastingWarning(log, clock, 'a connection could not be accepted');
      server.on('error', (error) => warning.note({ port: what, error: error.message }));
      server.off('error', onStartError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The error when a server cannot listen. Its message says why, and what to do. */
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
    case 'EINVAL':
      return explainZone(host) ?? message;
    default:
      return message;
  }
}

/** The address and port that a connection comes from. An IPv4 address mapped into IPv6 is shown as plain IPv4. */
export function addressOf(socket: Socket): string {
  const host = plainHost(socket.remoteAddress ?? 'unknown');
  return formatAddress(host, socket.remotePort ?? 0);
}
