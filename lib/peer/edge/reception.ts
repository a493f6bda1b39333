/**
 * The peer port: takes connections, sees from the first byte whether TLS is spoken, and turns away whom the network
 * key does not let in, with a reason at both ends. [PEERING 3.1, 3.2]
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import type { Clock } from '../../clock.js';
import { limits } from '../../limits.js';
import type { Log } from '../../log.js';
import { LogBrake } from '../../log-brake.js';
import type { NetworkKey } from '../../network-key.js';
import { formatAddress, plainHost } from '../../wire/address.js';
import { type ByeReason, encodePeerFrame } from '../../wire/peer-frame.js';
import { type Goodbye, goodbye } from '../core/links/goodbyes.js';
import {
  type Connection,
  isWithinMachine,
  keyTroubles,
  plain,
  securityOf,
  tlsFirstByte,
  tlsSettings,
} from './connection.js';
import { explain } from './dial.js';
import { type Stranger, WaitingRoom } from './waiting-room.js';

export interface ReceptionOptions {
  /** Those that are let in; with none, whoever has none either. */
  readonly keys: readonly NetworkKey[];
  /** The most that have yet to prove who they are. */
  readonly strangers: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Somebody may say who it is on this connection from now on. */
  readonly greet: (connection: Connection, guest: Guest) => void;
}

/** Somebody of whom it is not known yet who it is. */
export interface Guest {
  /** What to do when it has to make room, instead of closing the connection. */
  onCrowded(end: () => void): void;
  /** It has proven who it is. */
  proven(): void;
  /** No link came of it. `why` is for people. */
  turnedAway(why: string, reason: ByeReason | undefined): void;
}

interface Visit extends Stranger, Guest {
  readonly socket: Socket;
  /** Where it comes from: address and port. */
  readonly endpoint: string;
  readonly provenByMs: number;
  readonly timer: NodeJS.Timeout;
}

export class Reception {
  readonly server: Server;
  readonly #tls: TlsServer | undefined;
  readonly #room: WaitingRoom;
  readonly #turnedAway: LogBrake;
  /** Those with whom a TLS handshake is under way, by where they come from. */
  readonly #handshaking = new Map<string, Visit>();
  readonly #visits = new Set<Visit>();
  /** Which key a TLS connection was made with. */
  readonly #keys = new WeakMap<TLSSocket, NetworkKey>();
  /** Said a key that is not known here. */
  readonly #strangeKeys = new WeakSet<TLSSocket>();

  constructor(private readonly options: ReceptionOptions) {
    const { log, clock, strangers } = options;
    this.#turnedAway = new LogBrake(log, clock, 'peer turned away', 'more peers turned away');
    this.#room = new WaitingRoom(strangers);
    this.server = createServer((socket) => this.#receive(socket));
    if (options.keys.length > 0) this.#tls = this.#createTls();
  }

  /** Takes nobody any more, and ends what has not become a link by now. */
  close(): void {
    this.server.close();
    for (const { socket } of this.#visits) socket.destroy();
    this.#turnedAway.sumUp();
  }

  /** Time has passed: the log may be told who was turned away. */
  tick(): void {
    this.#turnedAway.tick();
  }

  #receive(socket: Socket): void {
    const visit = this.#visit(socket);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      socket.unshift(first);
      const isTls = first[0] === tlsFirstByte;
      if (isTls && this.#tls) {
        this.#handshaking.set(visit.endpoint, visit);
        this.#tls.emit('connection', socket);
      } else if (isTls) this.#turnAway(visit, keyTroubles.weHaveNone);
      else if (this.#tls) this.#turnAway(visit, keyTroubles.itHasNone);
      else this.#greet(visit, { socket, security: plain, provenByMs: visit.provenByMs });
    });
  }

  #visit(socket: Socket): Visit {
    const host = plainHost(socket.remoteAddress ?? '');
    const endpoint = endpointOf(socket);
    let makeRoom = (): void => {
      this.#noteTurnedAway(endpoint, goodbye('busy').here);
      socket.destroy();
    };
    const visit: Visit = {
      host,
      isWithinMachine: isWithinMachine(socket),
      socket,
      endpoint,
      provenByMs: this.options.clock.nowMs() + limits.handshakeMs,
      timer: setTimeout(() => {
        const what = this.#handshaking.has(endpoint) ? 'the TLS handshake was not done' : 'nothing was said';
        this.#noteTurnedAway(endpoint, `${what} within ${limits.handshakeMs / 1000} s`);
        socket.destroy();
      }, limits.handshakeMs),
      makeRoom: () => makeRoom(),
      onCrowded: (end) => {
        makeRoom = end;
      },
      proven: () => this.#room.leave(visit),
      turnedAway: (why, reason) => {
        // Two servers often dial each other at once, and a name may lead to this server, too.
        if (reason === 'duplicate' || reason === 'self')
          this.options.log.debug('peer turned away', { address: endpoint, reason: why });
        else this.#noteTurnedAway(endpoint, why);
      },
    };
    this.#visits.add(visit);
    this.#room.enter(visit);
    // It comes as `close`, with whatever was the matter; most often somebody only looked whether the port is open.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(visit.timer);
      this.#handshaking.delete(endpoint);
      this.#visits.delete(visit);
      this.#room.leave(visit);
    });
    return visit;
  }

  #greet(visit: Visit, connection: Connection): void {
    clearTimeout(visit.timer);
    this.#visits.delete(visit);
    this.options.greet(connection, visit);
  }

  #createTls(): TlsServer {
    const keys = new Map(this.options.keys.map((key) => [key.id, key]));
    const server = createTlsServer({
      ...tlsSettings,
      pskCallback: (socket, id) => {
        const key = keys.get(id);
        if (key) this.#keys.set(socket, key);
        else this.#strangeKeys.add(socket);
        return key?.tlsKey() ?? null;
      },
    });
    server.on('secureConnection', (socket) => {
      const visit = this.#takeHandshaking(socket);
      const key = this.#keys.get(socket);
      if (!visit || !key) socket.destroy();
      else this.#greet(visit, { socket, security: securityOf(socket, key), provenByMs: visit.provenByMs });
    });
    server.on('tlsClientError', (error, socket) => {
      const visit = this.#takeHandshaking(socket);
      if (visit && !visit.socket.destroyed)
        this.#noteTurnedAway(visit.endpoint, this.#whyNoTls(error, socket));
      // By now TLS has told the other end what is wrong.
      socket.destroy();
    });
    return server;
  }

  #whyNoTls(error: NodeJS.ErrnoException, socket: TLSSocket): string {
    if (this.#strangeKeys.has(socket)) return keyTroubles.differ.here;
    // Of a known key there is nothing to say but what TLS says.
    const isCut = error.code === 'ECONNRESET' || this.#keys.has(socket);
    return isCut ? explain(error) : 'it did not offer a network key';
  }

  #takeHandshaking(socket: Socket): Visit | undefined {
    const endpoint = endpointOf(socket);
    const visit = this.#handshaking.get(endpoint);
    this.#handshaking.delete(endpoint);
    return visit;
  }

  /** @param reason for people */
  #noteTurnedAway(address: string, reason: string): void {
    this.#turnedAway.note({ address, reason });
  }

  /** Says why in a frame that is not encrypted, for there is nothing to encrypt it with. */
  #turnAway({ socket, endpoint }: Visit, { reason, here, there }: Goodbye): void {
    this.#noteTurnedAway(endpoint, here);
    const cutOff = setTimeout(() => socket.destroy(), limits.clientCloseMs);
    socket.once('close', () => clearTimeout(cutOff));
    socket.resume().end(encodePeerFrame({ type: 'bye', reason, message: there }));
  }
}

function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return formatAddress(plainHost(remoteAddress ?? ''), remotePort ?? 0);
}
