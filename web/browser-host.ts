/** What `core/connection` needs of the world, as a browser has it. */
import type { ConnectionHost } from './core/connection.js';

/**
 * Where the page came from, and so its WebSocket: a proxy may have given it a folder of its own.
 *
 * The page's Content-Security-Policy lets nothing go anywhere else.
 */
function socketAddress(): string {
  const address = new URL('.', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

export const browserHost: ConnectionHost = {
  open(listener) {
    const socket = new WebSocket(socketAddress());
    socket.addEventListener('open', () => listener.opened());
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') listener.received(data);
    });
    socket.addEventListener('close', () => listener.closed());
    return {
      send: (text) => socket.send(text),
      close: () => socket.close(),
    };
  },
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  nowMs: () => performance.now(),
  random: () => Math.random(),
};
