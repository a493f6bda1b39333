/**
 * A relay on uWebSockets, by way of Bun's own `publish`: a client says in its address which topics it is in, and what it
 * sends goes to all others in its first one. `bun publish.mjs <port>`
 */
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  fetch(request, server) {
    const topics = new URL(request.url).search.slice(1).split('&');
    return server.upgrade(request, { data: { topics } }) ? undefined : new Response('', { status: 400 });
  },
  websocket: {
    idleTimeout: 0,
    maxPayloadLength: 65_536,
    backpressureLimit: 64 * 1_048_576,
    open(socket) {
      for (const topic of socket.data.topics) socket.subscribe(topic);
    },
    message(socket, text) {
      if (text === 'here') socket.send('joined');
      else socket.publish(socket.data.topics[0], text);
    },
  },
});
console.log(`listening ${server.port}`);
