/**
 * Handles requests with an `Upgrade` header. If it asks for a WebSocket, the client gets one. Otherwise the header is
 * ignored, and the request is answered as if it were not there. [RFC 9110, 7.8]
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './http-request.js';

const protocol = 'websocket';
/** The version of RFC 6455. `ws` also takes 8, a draft that has the origin in another header. */
const webSocketVersion = '13';

/** Whether WebSocket is among the protocols that a request offers. [RFC 6455, 4.2.1; RFC 9110, 7.8] */
export function asksForWebSocket({ method, headers, httpVersion }: IncomingMessage): boolean {
  const offered = (headers.upgrade ?? '').toLowerCase().split(',');
  return method === 'GET' && httpVersion !== '1.0' && offered.some((one) => one.trim() === protocol);
}

/** Why a handshake cannot lead to a WebSocket; undefined if nothing is wrong here. `ws` checks the rest of it. */
export function whyNoHandshake({ headers }: IncomingMessage): Refusal | undefined {
  if (headers['sec-websocket-version'] !== webSocketVersion) {
    return { status: 426, why: `This server speaks version ${webSocketVersion} of WebSocket only.` };
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    return { status: 400, why: 'A request for a WebSocket must not have a body.' };
  }
  return undefined;
}

/** The headers of an answer with status 426. [RFC 9110, 15.5.22; RFC 6455, 4.4] */
export const whatToUpgradeTo = {
  Upgrade: protocol,
  'Sec-WebSocket-Version': webSocketVersion,
} as const;

/** The last answer that was begun on each connection. */
const lastAnswers = new WeakMap<Duplex, ServerResponse>();

/**
 * An answer of the HTTP server, which notes itself. Several requests may come before the first is answered, and one
 * with an `Upgrade` header has to wait for the answers to those ahead of it. The class notes also the answers that Node
 * makes by itself.
 */
export class NotedAnswer extends ServerResponse {
  constructor(...given: ConstructorParameters<typeof ServerResponse>) {
    super(...given);
    lastAnswers.set(given[0].socket, this);
  }
}

/**
 * Runs a task when all answers of a connection have gone out, at once if they have already. Node has taken its parser
 * off the connection by then, so that no further one can come.
 */
export function whenAnswered(socket: Duplex, task: () => void): void {
  const last = lastAnswers.get(socket);
  // An answer that is finished has the connection still, until it is closed a little later.
  if (!last || last.closed) task();
  else last.once('close', task);
}

/**
 * Answers a request, and ends its connection.
 *
 * @param stream what Node's HTTP server gives because of an `Upgrade` header: the connection, or since Node 26 a stream
 *   that reads from it what comes after the body of the request
 * @param sent called when the answer has gone out, and the client is to close its side
 */
export function answerAndEnd(
  request: IncomingMessage,
  stream: Duplex,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  sent: () => void,
): void {
  const { socket } = request;
  if (socket.destroyed) return;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
    sent();
  });
  // What else comes is read and dropped, because a connection that is closed with something unread loses the answer.
  stream.once('end', () => socket.destroySoon());
  stream.resume();
  answer(request, response);
}
