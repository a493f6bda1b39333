/** The way to a server over TCP: one text a line. [PROTOCOL 1.1] */
import { connect } from 'node:net';
import { limits } from '../limits.js';
import { ProtocolError } from '../wire/errors.js';
import { LineDecoder } from '../wire/line-decoder.js';
import { withSystemZone } from '../zone.js';
import { closedByServer, type Dial, explainFailure } from './transport.js';

/** @param host an IP address or a host name */
export function tcpDial(host: string, port: number): Dial {
  return ({ onOpen, onText, onEnd }) => {
    const socket = connect({ host: withSystemZone(host), port, noDelay: true, keepAlive: true });
    const decoder = new LineDecoder(limits.serverLineBytes);
    let why = closedByServer;

    socket.on('connect', onOpen);
    socket.on('data', (chunk) => {
      try {
        // A line that is not UTF-8 is nothing that a server says.
        decoder.push(chunk, (line) => onText(line ?? ''));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        why = 'the server sent a line without an end';
        socket.destroy();
      }
    });
    socket.on('error', (error) => {
      why = explainFailure(host, port, error);
    });
    socket.on('close', () => onEnd(why));
    return {
      send: (text) => void (socket.writable && socket.write(`${text}\n`)),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
    };
  };
}
