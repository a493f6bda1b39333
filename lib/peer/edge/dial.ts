/** Makes a TCP connection to another server, or says in plain words why not. */
import { connect, type Socket } from 'node:net';
import { limits } from '../../limits.js';
import type { Address } from '../../wire/address.js';

/**
 * @returns the connected socket
 * @throws Error whose message is a reason for people
 */
export function dial({ host, port }: Address): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${limits.handshakeMs / 1000} s`)),
      limits.handshakeMs,
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error), { cause: error })),
    );
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function explain(error: NodeJS.ErrnoException): string {
  // Several addresses were tried for one name: the first one's reason stands for all.
  const code = error.code ?? (error instanceof AggregateError ? error.errors[0]?.code : undefined);
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no way there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known';
    default:
      return error.message;
  }
}
