/**
 * The relay that everybody writes first: `ws`, and a `send` for each member. A client says in its address which channels
 * it is in, and what it sends goes to all others in its first one. `node send-each.mjs <port>`
 */
import { WebSocketServer } from 'ws';

const channels = new Map();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  perMessageDeflate: false,
});
server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (socket, { url }) => {
  const names = url.slice(url.indexOf('?') + 1).split('&');
  for (const name of names) {
    const members = channels.get(name) ?? new Set();
    channels.set(name, members.add(socket));
  }
  socket.on('message', (data) => {
    const text = data.toString();
    if (text === 'here') {
      socket.send('joined');
      return;
    }
    for (const member of channels.get(names[0])) if (member !== socket) member.send(text);
  });
  socket.on('close', () => {
    for (const name of names) channels.get(name).delete(socket);
  });
});
