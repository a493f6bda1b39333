/**
 * The door for terminal clients: TCP, one message a line. [PROTOCOL 1.1]
 *
 * The dialect is told by the first line, so nothing is said before it came.
 */
import { createServer, type Socket } from 'node:net';
import { jsonDialect } from '../dialect/json.js';
import { limits } from '../limits.js';
import type { LaneFormat, Session } from '../relay/session.js';
import { ProtocolError } from '../wire/errors.js';
import { lineFraming } from '../wire/framing.js';
import { LineDecoder } from '../wire/line-decoder.js';
import { Admissions, createDoor, type Door, type DoorOptions, type Transport } from './door.js';

const jsonOverTcp: LaneFormat = { framing: lineFraming, ...jsonDialect };

export function createTcpDoor(options: DoorOptions): Door {
  const admissions = new Admissions(options);
  const keepAliveMs = limits.clientIdleMs;
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    allowHalfOpen: true,
  });
  server.on('connection', (socket) => serve(socket, admissions, options));
  return createDoor(server, admissions, 'client', { keepAliveMs });
}

function serve(socket: Socket, admissions: Admissions, { relay, log }: DoorOptions): void {
  const decoder = new LineDecoder();
  let session: Session | undefined;
  let admitted = false;
  const transport: Transport = {
    isOpen: () => socket.writable,
    sayGoodbye: () => socket.end(),
    setReading: (reading) => void (reading ? socket.resume() : socket.pause()),
  };
  admissions.track(socket);
  socket.setTimeout(limits.firstLineMs, () => socket.destroy());

  const onLine = (line: string | undefined): void => {
    if (!admitted) {
      admitted = true;
      socket.setTimeout(0);
      session = admissions.admit(socket, jsonOverTcp, transport);
    }
    if (session) relay.receive(session, line);
  };

  socket.on('data', (chunk) => {
    try {
      decoder.push(chunk, onLine);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      endlessLine(error);
    }
  });
  socket.on('end', () => {
    // Whoever ends its side after its last line, as a pipe does, has it carried out, and is told what came of it.
    socket.setTimeout(limits.afterEndMs, () => socket.destroy());
    if (session && !session.closed) session.queue.whenIdle(() => socket.end());
    else socket.end();
  });
  socket.on('error', (error) => log.debug('client connection failed', { error: error.message }));

  function endlessLine(error: ProtocolError): void {
    socket.removeAllListeners('data').resume();
    if (!admitted) session = admissions.admit(socket, jsonOverTcp, transport);
    if (session) relay.disconnect(session, 'too-long', error);
  }
}
