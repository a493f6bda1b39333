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

/** The sockets that came in through one door, looked after until they close. */
export class Admissions {
  readonly #admitted = new Map<Socket, Admission>();
  /** Those without a session, and when they are cut off if they have none by then. */
  readonly #strangers = new Map<Socket, number>();
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
   * Counts a socket among those to be cut off at the end, if there is room for it or another one makes room.
   *
   * @param patienceMs for it to be admitted; one sweep for all instead of a timer for each
   */
  track(socket: Socket, patienceMs = Number.POSITIVE_INFINITY): void {
    this.#strangers.set(socket, this.options.clock.nowMs() + patienceMs);
    socket.on('close', () => this.#forget(socket));
    this.#shared.capacity.enter(socket);
  }

  /** Gives a socket that has no session so long from now on, whatever it had before. */
  giveTime(socket: Socket, patienceMs: number): void {
    if (this.#strangers.has(socket)) this.#strangers.set(socket, this.options.clock.nowMs() + patienceMs);
  }

  /** Opens a session for a socket, unless the relay turns it away, and closes it with the socket. */
  admit(socket: Socket, format: LaneFormat, transport: Transport): Session | undefined {
    const admission = new Admission(socket, format, addressOf(socket), transport, this.options, this.#shared);
    this.#strangers.delete(socket);
    this.#admitted.set(socket, admission);
    admission.session = this.options.relay.open(admission);
    return admission.session;
  }

  /** Cuts off whoever has been slow or silent for too long; called every now and then. */
  sweep(): void {
    for (const admission of this.#admitted.values()) admission.sweep();
    const nowMs = this.options.clock.nowMs();
    for (const [socket, deadlineMs] of this.#strangers) if (nowMs >= deadlineMs) socket.destroy();
    this.#shared.capacity.sweep();
    this.options.relay.tick();
    this.#shared.slowClients.tick();
  }

  /** Resolves when no socket is left, however it ends. One without a session has nothing to wait for, and ends now. */
  async drained(): Promise<void> {
    const closed = this.#sockets().map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#strangers.keys()) socket.destroySoon();
    await Promise.all(closed);
  }

  destroy(): void {
    clearInterval(this.#sweeper);
    for (const socket of this.#sockets()) socket.destroy();
  }

  #sockets(): Socket[] {
    return [...this.#strangers.keys(), ...this.#admitted.keys()];
  }

  #forget(socket: Socket): void {
    this.#shared.capacity.leave(socket);
    this.#strangers.delete(socket);
    const session = this.#admitted.get(socket)?.session;
    this.#admitted.delete(socket);
    if (session) this.options.relay.close(session, 'connection closed');
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
        return await listen(server, host, port, what, admissions.options);
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
 * Starts to listen. From then on a connection that cannot be accepted, for want of descriptors or of memory, is a warning
 * in the log, and the others go on.
 *
 * @returns the port, which is another than asked for when that was 0
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
    case 'EINVAL':
      return explainZone(host) ?? message;
    default:
      return message;
  }
}

/** Where a connection comes from; an IPv4 address mapped into IPv6 is shown as what it is. */
export function addressOf(socket: Socket): string {
  const host = plainHost(socket.remoteAddress ?? 'unknown');
  return formatAddress(host, socket.remotePort ?? 0);
}
