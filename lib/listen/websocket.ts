/**
 * The door for browsers and other WebSocket clients: RFC 6455, with one message in each text frame. [PROTOCOL 1.2]
 *
 * `ws` does the handshake, receives, sends pings and pongs, and closes. The outbox writes messages to clients straight
 * to the socket, as ready-made frames that all members of a lane share.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { jsonDialect } from '../dialect/json.js';
import { limits } from '../limits.js';
import type { CloseReason, LaneFormat } from '../relay/connection.js';
import type { Relay } from '../relay/relay.js';
import type { Session } from '../relay/session.js';
import { ProtocolError } from '../wire/errors.js';
import { webSocketFraming } from '../wire/framing.js';
import { isOriginOf, parseOrigin } from '../wire/origin.js';
import { Admissions, createDoor, type Door } from './door.js';
import { createHttpHandler, fileAskedFor, type Health, type HttpHandler } from './http.js';
import { type Refusal, readRequest } from './http-request.js';
import { LivenessCheck, type Watched } from './liveness.js';
import { isOwnHost } from './own-host.js';
import type { DoorOptions, Transport } from './transport.js';
import {
  answerAndEnd,
  asksForWebSocket,
  NotedAnswer,
  whatToUpgradeTo,
  whenAnswered,
  whyNoHandshake,
} from './upgrade.js';
import { refuseWordless, WordlessToll } from './wordless.js';

const jsonOverWebSocket: LaneFormat = {
  framing: webSocketFraming,
  ...jsonDialect,
};

/** The WebSocket close codes. [RFC 6455, 7.4.1, and the registry that it begins] */
const closeCodes: Readonly<Record<CloseReason, number>> = {
  'too-slow': 1008,
  'too-long': 1009,
  abuse: 1008,
  'server-full': 1013,
  'shutting-down': 1012,
};

/** The bytes of a ping or pong besides its payload: two bytes and the mask. [RFC 6455, 5.5] */
const controlHeadBytes = 6;

/** The errors of `ws` for a message that exceeds `maxPayload`, and for one in more parts than it may have. */
const tooLongForWs: ReadonlySet<unknown> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_TOO_MANY_BUFFERED_PARTS',
]);

const foreignPage =
  'Pages of this origin may connect here only if this server is started with --allow-origin and that origin.';

export interface WebSocketDoorOptions extends DoorOptions {
  /** Origins of pages, other than this server's own, that may connect; `*` stands for all. */
  readonly allowedOrigins: readonly string[];
  readonly health: () => Health;
  /** How long a request may take to arrive; `limits.httpHeadersMs` if not given. */
  readonly headersMs?: number;
}

export function createWebSocketDoor(options: WebSocketDoorOptions): Door {
  const admissions = new Admissions(options);
  const { headersMs = limits.httpHeadersMs } = options;
  const handler = createHttpHandler(options.health, options.allowedOrigins);
  const http = createServer({
    ServerResponse: NotedAnswer,
    // A request without one is refused in words, with all others that are unclear.
    requireHostHeader: false,
    headersTimeout: headersMs,
    requestTimeout: headersMs,
    keepAliveTimeout: limits.httpIdleMs,
    // By default, Node looks for late requests only every 30 s.
    connectionsCheckingInterval: headersMs / 10,
    insecureHTTPParser: false,
  });
  // Node would silently leave out headers beyond a count, and the origin could be among those. With 0 their count has no
  // bound; Node bounds their bytes.
  http.maxHeadersCount = 0;
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // No subprotocol is spoken here, so none is agreed to.
    handleProtocols: () => false,
    maxPayload: limits.webSocketMessageBytes,
    maxFragments: limits.webSocketFragments,
    maxBufferedChunks: limits.webSocketChunks,
    // Pings are answered below, once they are paid for.
    autoPong: false,
  });
  const liveness = new LivenessCheck();
  const looking = setInterval(() => liveness.look(), limits.clientIdleMs).unref();

  http.on('connection', (socket) => admissions.track(socket, limits.httpExchangeMs));
  http.on('request', (request, response) => {
    admissions.giveTime(request.socket, limits.httpExchangeMs);
    handler.serve(request, response);
  });

  const answer = (request: IncomingMessage, socket: Duplex, serve: HttpHandler['serve']): void => {
    const sent = () => admissions.giveTime(request.socket, limits.clientCloseMs);
    answerAndEnd(request, socket, serve, sent);
  };
  const refuse = (
    request: IncomingMessage,
    socket: Duplex,
    refusal: Refusal,
    headers: Readonly<Record<string, string>> = {},
  ): void => {
    answer(request, socket, (_, response) => handler.refuse(response, refusal, headers));
  };
  // Answers what `ws` finds wrong with a handshake.
  webSockets.on('wsClientError', ({ message }, socket, request) => {
    refuse(request, socket, { status: 400, why: message });
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (!asksForWebSocket(request)) {
      answer(request, socket, handler.serve);
      return;
    }
    const refusal = whyNotServed(request, options.allowedOrigins) ?? whyNoHandshake(request);
    if (refusal) {
      refuse(request, socket, refusal, refusal.status === 426 ? whatToUpgradeTo : {});
      return;
    }
    // WebSocket may be one of several offered protocols, which `ws` does not expect.
    request.headers.upgrade = 'websocket';
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      serve(webSocket, socket, head, admissions, liveness, options);
    });
  };
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    admissions.giveTime(request.socket, limits.httpExchangeMs);
    whenAnswered(request.socket, () => upgrade(request, socket, head));
  });
  return createDoor(http, admissions, 'WebSocket', {}, () => clearInterval(looking));
}

function serve(
  webSocket: WebSocket,
  socket: Duplex,
  head: Buffer,
  admissions: Admissions,
  liveness: LivenessCheck,
  { relay, intake, clock, log }: DoorOptions,
): void {
  if (!(socket instanceof Socket)) throw new Error('an upgraded HTTP connection is a net.Socket');
  const client = new WebSocketClient(webSocket, socket, head.length);
  liveness.watch(client);
  const session = admissions.admit(socket, jsonOverWebSocket, client);
  webSocket.on('close', () => liveness.forget(client));
  const toll = new WordlessToll(clock);
  const hearWordless = (frameBytes: number): boolean => {
    client.noteWordless(frameBytes);
    if (toll.take()) return true;
    refuseWordless(relay, session, client);
    return false;
  };
  webSocket.on('ping', (data) => {
    if (hearWordless(controlHeadBytes + data.length) && client.isOpen()) webSocket.pong(data);
  });
  webSocket.on('pong', (data) => hearWordless(controlHeadBytes + data.length));
  webSocket.on('error', (error) => {
    log.debug('client connection failed', { error: error.message });
    // `ws` has closed the connection already, so this client is not told why; the log and other members are.
    if (session && 'code' in error && tooLongForWs.has(error.code)) tooLong(relay, session);
  });
  webSocket.on('message', (data, isBinary) => {
    // A message after the end of the session is not carried out, but it has a price like a ping.
    if (!session || session.closed) {
      hearWordless(0);
      return;
    }
    client.noteMessage();
    const { byteLength } = Array.isArray(data) ? Buffer.concat(data) : data;
    if (byteLength > limits.lineBytes) tooLong(relay, session);
    else intake.receive(session, isBinary ? undefined : data.toString());
  });
}

/** A WebSocket connection, for the outbox, the liveness check and the admission. */
class WebSocketClient implements Transport, Watched {
  signs = 0;
  #messages = 0;
  /** How many bytes had been read from the socket when the last message was whole, with pings and pongs since. */
  #wholeBytes: number;

  /** @param headBytes how many bytes after the handshake have been read already */
  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Socket,
    headBytes: number,
  ) {
    this.#wholeBytes = socket.bytesRead - headBytes;
  }

  noteMessage(): void {
    this.signs++;
    this.#messages++;
    // The same chunk may also have the beginning of the next message. That is noticed when more of it comes.
    this.#wholeBytes = this.socket.bytesRead;
  }

  /** Notes a ping or a pong, which may come between the fragments of a message. */
  noteWordless(frameBytes: number): void {
    this.signs++;
    this.#wholeBytes += frameBytes;
  }

  unfinished(): number | undefined {
    const isWithin = this.socket.bytesRead > this.#wholeBytes && !this.webSocket.isPaused;
    return isWithin ? this.#messages : undefined;
  }

  /** Whether frames may be sent. `ws` answers a close frame, and no frame may follow that answer. [RFC 6455, 5.5.1] */
  isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  sayGoodbye(reason: CloseReason): void {
    this.webSocket.close(closeCodes[reason], reason);
  }

  setReading(reading: boolean): void {
    if (reading) this.webSocket.resume();
    else this.webSocket.pause();
  }

  ping(): void {
    this.webSocket.ping();
  }

  terminate(): void {
    this.webSocket.terminate();
  }
}

function tooLong(relay: Relay, session: Session): void {
  const text = `A message may have at most ${limits.lineBytes} bytes. This connection ends here.`;
  relay.disconnect(session, 'too-long', new ProtocolError('too-long', text));
}

/** Why a request for a WebSocket is refused by its host, path or origin; undefined if it is not. */
function whyNotServed(request: IncomingMessage, allowedOrigins: readonly string[]): Refusal | undefined {
  const asked = readRequest(request);
  if (!asked.ok) return asked;
  if (fileAskedFor(asked.path) !== '') return { status: 404, why: 'There is no WebSocket here. It is at /' };
  const { origin } = request.headers;
  // Without an origin it is a program, because browsers always say where a page is from.
  if (origin === undefined || allowedOrigins.includes('*')) return undefined;
  const canonical = parseOrigin(origin);
  if (canonical !== undefined) {
    if (allowedOrigins.includes(canonical)) return undefined;
    const { authority } = asked;
    const isOwn = authority !== undefined && isOriginOf(canonical, authority);
    if (isOwn && isOwnHost(authority, request.socket.localAddress, allowedOrigins)) return undefined;
  }
  return { status: 403, why: foreignPage };
}
