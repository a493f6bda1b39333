/** What `core/connection` needs of the world, as a browser has it. */
import type { ConnectionHost } from './core/connection.js';

/** WebSockets go to where the page came from; so does nothing else, by the page's Content-Security-Policy. */
export const browserHost: ConnectionHost = {
  open(listener) {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/`);
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
