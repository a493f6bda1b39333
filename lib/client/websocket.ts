/** The way to a server over WebSocket: one text a message. [PROTOCOL 1.2] */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { limits } from '../limits.js';
import { plainHost, splitZone } from '../wire/address.js';
import { withSystemZone } from '../zone.js';
import { closedByServer, type Dial, explainFailure, notHearsay } from './transport.js';

/** Why a server closes, by its close code (RFC 6455, 7.4.1, and the registry behind it). */
const reasons: ReadonlyMap<number, string> = new Map([
  [1001, 'the server is going away'],
  [1006, 'the connection broke off'],
  [1012, 'the server is going down or starting anew'],
  [1013, 'the server is full'],
]);

/**
 * @param url `ws://` or `wss://`, with a port where it is not the usual one
 * @param host the URL's, with its zone, for which a URL has no room
 * @throws SyntaxError when dialling what is no such URL
 */
export function webSocketDial(url: URL, host = plainHost(url.hostname)): Dial {
  const port = Number(url.port || (url.protocol === 'wss:' ? 443 : 80));
  return ({ onOpen, onText, onEnd }) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: limits.serverLineBytes,
      handshakeTimeout: limits.connectMs,
      ...(splitZone(host)[1] !== undefined && { createConnection: connectTo }),
    });
    let failure: string | undefined;

    socket.on('open', onOpen);
    socket.on('message', (data, isBinary) => onText(isBinary ? '' : data.toString()));
    socket.on('error', (error) => {
      failure = explain(error);
    });
    socket.on('close', (code, reason) => {
      onEnd(
        failure ?? reasons.get(code) ?? (reason.length > 0 ? `${closedByServer}: ${reason}` : closedByServer),
      );
    });
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      end: () => socket.close(1000),
      destroy: () => socket.terminate(),
    };
  };

  /** Connects to an IP address. It is not looked up, and it is no server name in TLS. */
  function connectTo(): Socket {
    const to = { host: withSystemZone(host), port };
    return url.protocol === 'wss:' ? connectTls({ ...to, servername: '' }) : connect(to);
  }

  function explain(error: NodeJS.ErrnoException): string {
    // Node's HTTP parser met something that is not HTTP, such as the port for TCP clients.
    if (error.code?.startsWith('HPE_')) return notHearsay;
    const refused = /^Unexpected server response: (\d+)$/.exec(error.message);
    if (refused) return `${notHearsay} (it answered with HTTP status ${refused[1]})`;
    return explainFailure(host, port, error);
  }
}
