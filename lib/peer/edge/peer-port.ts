/**
 * The peer port. It takes connections, sees from the first byte whether they speak TLS, and turns away those that do
 * not match the network key, with a reason at both ends. [PEERING 3.1, 3.2]
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
import { type Stranger, Strangers } from './strangers.js';

export interface PeerPortOptions {
  /** The network keys that are taken. With none, only servers that have none are let in. */
  readonly keys: readonly NetworkKey[];
  /** The most strangers at once. */
  readonly strangers: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes over a connection on which the other end may now say who it is. */
  readonly greet: (connection: Connection, stranger: GreetedStranger) => void;
}

/** A stranger whose connection has been handed on. Its new owner tells here what becomes of it. */
export interface GreetedStranger {
  /** Sets what is done when it has to make room; otherwise its connection is closed. */
  onCrowded(end: () => void): void;
  /** It has proven who it is, so it is a stranger no more. */
  proven(): void;
  /** Its connection has ended without becoming a link. @param why the reason, as a text for people */
  turnedAway(why: string, reason: ByeReason | undefined): void;
}

/** A stranger as the peer port keeps it. */
interface NewStranger extends Stranger, GreetedStranger {
  readonly socket: Socket;
  /** The address and port that it comes from. */
  readonly endpoint: string;
  readonly provenByMs: number;
  readonly timer: NodeJS.Timeout;
}

export class PeerPort {
  readonly server: Server;
  readonly #tls: TlsServer | undefined;
  readonly #strangers: Strangers;
  readonly #turnedAway: LogBrake;
  /** The strangers with whom a TLS handshake is under way, by endpoint. */
  readonly #handshaking = new Map<string, NewStranger>();
  /** The strangers who have not been greeted yet: nothing has come from them, or their TLS handshake is not done. */
  readonly #ungreeted = new Set<NewStranger>();
  /** The key that each TLS connection was made with. */
  readonly #keys = new WeakMap<TLSSocket, NetworkKey>();
  /** The TLS connections whose other end offered a key that is not known here. */
  readonly #strangeKeys = new WeakSet<TLSSocket>();

  constructor(private readonly options: PeerPortOptions) {
    const { log, clock, strangers } = options;
    this.#turnedAway = new LogBrake(log, clock, 'peer turned away', 'more peers turned away');
    this.#strangers = new Strangers(strangers);
    this.server = createServer((socket) => this.#receive(socket));
    if (options.keys.length > 0) this.#tls = this.#createTls();
  }

  /** Stops taking connections, and closes those of strangers who have not been greeted. */
  close(): void {
    this.server.close();
    for (const { socket } of this.#ungreeted) socket.destroy();
    this.#turnedAway.sumUp();
  }

  /** To be called now and then: logs the count of those that were turned away, when it is time to. */
  tick(): void {
    this.#turnedAway.tick();
  }

  #receive(socket: Socket): void {
    const stranger = this.#takeIn(socket);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      socket.unshift(first);
      const isTls = first[0] === tlsFirstByte;
      if (isTls && this.#tls) {
        this.#handshaking.set(stranger.endpoint, stranger);
        this.#tls.emit('connection', socket);
      } else if (isTls) this.#turnAway(stranger, keyTroubles.weHaveNone);
      else if (this.#tls) this.#turnAway(stranger, keyTroubles.itHasNone);
      else this.#greet(stranger, { socket, security: plain, provenByMs: stranger.provenByMs });
    });
  }

  #takeIn(socket: Socket): NewStranger {
    const host = plainHost(socket.remoteAddress ?? '');
    const endpoint = endpointOf(socket);
    let makeRoom = (): void => {
      this.#noteTurnedAway(endpoint, goodbye('busy').here);
      socket.destroy();
    };
    const stranger: NewStranger = {
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
      proven: () => this.#strangers.leave(stranger),
      turnedAway: (why, reason) => {
        // Two servers often dial each other at once, and a name may lead to this server, too.
        if (reason === 'duplicate' || reason === 'self')
          this.options.log.debug('peer turned away', { address: endpoint, reason: why });
        else this.#noteTurnedAway(endpoint, why);
      },
    };
    this.#ungreeted.add(stranger);
    this.#strangers.enter(stranger);
    // An error needs no answer, since 'close' follows it. Most often somebody only looked whether the port is open.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(stranger.timer);
      this.#handshaking.delete(endpoint);
      this.#ungreeted.delete(stranger);
      this.#strangers.leave(stranger);
    });
    return stranger;
  }

  #greet(stranger: NewStranger, connection: Connection): void {
    clearTimeout(stranger.timer);
    this.#ungreeted.delete(stranger);
    this.options.greet(connection, stranger);
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
      const stranger = this.#takeHandshaking(socket);
      const key = this.#keys.get(socket);
      if (!stranger || !key) socket.destroy();
      else
        this.#greet(stranger, { socket, security: securityOf(socket, key), provenByMs: stranger.provenByMs });
    });
    server.on('tlsClientError', (error, socket) => {
      const stranger = this.#takeHandshaking(socket);
      if (stranger && !stranger.socket.destroyed)
        this.#noteTurnedAway(stranger.endpoint, this.#whyNoTls(error, socket));
      // TLS has already told the other end what is wrong.
      socket.destroy();
    });
    return server;
  }

  #whyNoTls(error: NodeJS.ErrnoException, socket: TLSSocket): string {
    if (this.#strangeKeys.has(socket)) return keyTroubles.differ.here;
    // If the key is known, all that can be said is what TLS says.
    const isCut = error.code === 'ECONNRESET' || this.#keys.has(socket);
    return isCut ? explain(error) : 'it did not offer a network key';
  }

  #takeHandshaking(socket: Socket): NewStranger | undefined {
    const endpoint = endpointOf(socket);
    const stranger = this.#handshaking.get(endpoint);
    this.#handshaking.delete(endpoint);
    return stranger;
  }

  /** Logs that a connection was turned away. @param reason a text for people */
  #noteTurnedAway(address: string, reason: string): void {
    this.#turnedAway.note({ address, reason });
  }

  /** Turns a stranger away with a BYE that is not encrypted, because the two ends have no key in common. */
  #turnAway({ socket, endpoint }: NewStranger, { reason, here, there }: Goodbye): void {
    this.#noteTurnedAway(endpoint, here);
    const cutOff = setTimeout(() => socket.destroy(), limits.clientCloseMs);
    socket.once('close', () => clearTimeout(cutOff));
    socket.resume().end(encodePeerFrame({ type: 'bye', reason, message: there }));
  }
}

function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return formatAddress(plainHost(remoteAddress ?? ''), remotePort ?? 0);
}
