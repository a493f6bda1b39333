/**
 * Requests with an `Upgrade` header. One that asks for a WebSocket gets one; any other such header is ignored, and the
 * request answered as if it were not there. [RFC 9110, 7.8]
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './http-request.js';

const protocol = 'websocket';
/** RFC 6455. `ws` takes 8 as well, a draft that has the origin in another header. */
const webSocketVersion = '13';

/** Whether WebSocket is among the protocols that a request offers. [RFC 6455, 4.2.1; RFC 9110, 7.8] */
export function asksForWebSocket({ method, headers, httpVersion }: IncomingMessage): boolean {
  const offered = (headers.upgrade ?? '').toLowerCase().split(',');
  return method === 'GET' && httpVersion !== '1.0' && offered.some((one) => one.trim() === protocol);
}

/** Why a handshake cannot be answered with a WebSocket, whoever asks for it. `ws` looks at the rest. */
export function whyNoHandshake({ headers }: IncomingMessage): Refusal | undefined {
  if (headers['sec-websocket-version'] !== webSocketVersion) {
    return { status: 426, why: `The WebSocket version that is spoken here is ${webSocketVersion}.` };
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    return { status: 400, why: 'A request for a WebSocket has no body.' };
  }
  return undefined;
}

/** What an answer with status 426 says besides. [RFC 9110, 15.5.22; RFC 6455, 4.4] */
export const whatToUpgradeTo = {
  Upgrade: protocol,
  'Sec-WebSocket-Version': webSocketVersion,
} as const;

/** The last answer that was begun on each connection. */
const lastAnswers = new WeakMap<Duplex, ServerResponse>();

/**
 * The answers of the HTTP server, whoever makes them: Node answers some requests by itself. They are noted, as requests
 * may come one behind the other, and what came with an `Upgrade` header has to wait for those ahead of it.
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
 * @param stream what Node's HTTP server gave for an `Upgrade` header: the connection, or since Node 26 something that
 *   reads from it what comes behind the body of the request
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
  // Whatever else came is read and dropped: a connection that is closed with something unread loses the answer.
  stream.once('end', () => socket.destroySoon());
  stream.resume();
  answer(request, response);
}
