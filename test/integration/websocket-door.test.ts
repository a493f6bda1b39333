/** Who may open a WebSocket, and what the port answers to other requests. [PROTOCOL 1.2] */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { createWebSocketDoor } from '../../lib/listen/websocket.js';
import { silentLog } from '../../lib/log.js';
import type { ServerOptions } from '../../lib/options.js';
import { relayByHand } from '../helpers/memory-client.js';
import { TestServer, useServer } from '../helpers/test-server.js';
import { clientFrame, opcodes, readFrames } from '../helpers/web-socket-frames.js';

/** The lines that ask for a WebSocket. */
function handshake(
  port: number,
  path: string,
  headers: readonly string[] = [],
  host = `127.0.0.1:${port}`,
): string[] {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ];
}

/** The status line that answers a request for a WebSocket. */
async function upgrade(
  port: number,
  path: string,
  headers: readonly string[],
  host?: string,
): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`${handshake(port, path, headers, host).join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const piece of socket) {
    answer += piece;
    if (answer.includes('\r\n\r\n')) break;
  }
  socket.destroy();
  return answer.split('\r\n', 1)[0] ?? '';
}

const opened = 'HTTP/1.1 101 Switching Protocols';
const forbidden = 'HTTP/1.1 403 Forbidden';

describe('A WebSocket', () => {
  const own = '<own>';
  const cases: readonly [string, Partial<ServerOptions>, string | undefined, string, string?][] = [
    ['is opened to a program, which has no origin', {}, undefined, opened],
    ['is opened to the server’s own page', {}, `http://${own}`, opened],
    ['is opened to the server’s own page behind TLS', {}, `https://${own}`, opened],
    ['is refused to a page from elsewhere', {}, 'https://evil.example', forbidden],
    ['is refused to a page from another port', {}, 'http://127.0.0.1:1', forbidden],
    ['is refused to a page that hides its origin', {}, 'null', forbidden],
    ['is refused to an origin that is none', {}, 'nonsense', forbidden],
    [
      'is opened to an origin that was allowed',
      { allowedOrigins: ['https://a.example'] },
      'https://a.example',
      opened,
    ],
    [
      'is refused to one that only begins so',
      { allowedOrigins: ['https://a.example'] },
      'https://a.example.org',
      forbidden,
    ],
    [
      'is refused to one with another scheme',
      { allowedOrigins: ['https://a.example'] },
      'http://a.example',
      forbidden,
    ],
    [
      'is opened to the server’s own page, whoever else is allowed',
      { allowedOrigins: ['https://a.example'] },
      `http://${own}`,
      opened,
    ],
    [
      'is opened to the server’s own page, however it spells its host',
      {},
      'HTTP://LOCALHOST:80',
      opened,
      'localhost',
    ],
    [
      'is opened to the server’s own page at the port that https has anyway',
      {},
      'https://localhost',
      opened,
      'localhost:443',
    ],
    [
      'is refused to a page at the port that the other scheme has',
      {},
      'http://localhost',
      forbidden,
      'localhost:443',
    ],
    [
      'is opened to an origin that was allowed, however it is spelled',
      { allowedOrigins: ['https://xn--bcher-kva.example'] },
      'HTTPS://XN--Bcher-kva.Example:443',
      opened,
    ],
    ['is opened to all when all are allowed', { allowedOrigins: ['*'] }, 'https://evil.example', opened],
  ];
  for (const [what, options, origin, status, host] of cases) {
    it(what, async () => {
      const server = new TestServer('websock-server', 'websocket', options);
      await server.start();
      try {
        const headers =
          origin === undefined ? [] : [`Origin: ${origin.replace(own, `127.0.0.1:${server.port()}`)}`];
        expect(await upgrade(server.port(), '/', headers, host)).to.equal(status);
      } finally {
        await server.stop();
      }
    });
  }

  const hosts: readonly [string, Partial<ServerOptions>, string, string][] = [
    ['is refused to a page whose own name was made to point here', {}, 'evil.example:1', forbidden],
    ['is refused to a page whose name only ends like one of ours', {}, 'notlocalhost:1', forbidden],
    ['is refused to a page whose name only begins like an address', {}, '127.0.0.1.evil.example', forbidden],
    ['is opened to a page that was asked for as localhost', {}, 'localhost:1', opened],
    ['is opened to a page that was asked for by a name under localhost', {}, 'chat.localhost', opened],
    ['is opened to a page that was asked for by another loopback address', {}, '127.8.9.10:1', opened],
    ['is opened to a page that was asked for by IPv6', {}, '[::1]:1', opened],
    [
      'is opened to a page behind a proxy whose origin was allowed',
      { allowedOrigins: ['https://chat.example'] },
      'chat.example',
      opened,
    ],
    [
      'is opened to a page by any name when all are allowed',
      { allowedOrigins: ['*'] },
      'evil.example',
      opened,
    ],
  ];
  for (const [what, options, host, status] of hosts) {
    it(what, async () => {
      const server = new TestServer('websock-server', 'websocket', options);
      await server.start();
      try {
        expect(await upgrade(server.port(), '/', [`Origin: http://${host}`], host)).to.equal(status);
        expect(await upgrade(server.port(), '/', [], host), 'to a program').to.equal(opened);
      } finally {
        await server.stop();
      }
    });
  }

  describe('at the port', () => {
    const server = useServer('websock-server', 'websocket', { commandsPerSecond: undefined });

    it('is where the page is, in whatever folder a proxy has put that, and nowhere else, whatever the query', async () => {
      for (const path of ['/', '/?room=1', '/chat/', '/a/b/?room=1']) {
        expect(await upgrade(server().port(), path, []), path).to.equal(opened);
      }
      for (const path of ['/chat', '//', '/health']) {
        expect(await upgrade(server().port(), path, [])).to.equal('HTTP/1.1 404 Not Found');
      }
    });

    it('that was refused does not stay half open', async () => {
      const socket = await server().connectSocket();
      socket.write(
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://y\r\n\r\n',
      );
      const [answer] = await once(socket, 'data');
      expect(String(answer)).to.match(/^HTTP\/1\.1 403/);
      await once(socket, 'end');
      // If the server has dropped the connection, bytes are answered with a reset; a half-open connection takes them.
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => {});
      const writing = setInterval(() => socket.write('x'), 5);
      await closed.finally(() => clearInterval(writing));
    });

    it('that its client closes is told all that waited for it, then the close frame, and nothing after that', async () => {
      const [ann, bob] = await server().connectMembers('lobby', 'ann', 'bob');
      const pieces: Buffer[] = [];
      bob.socket.on('data', (piece) => pieces.push(piece)).pause();
      const [session] = [...server().running.relay.sessions].filter(({ name }) => name === 'bob');
      while (session && session.outbox.waitingBytes < limits.outboxSoftBytes) {
        for (let i = 0; i < 64; i++) ann.send({ type: 'msg', text: 'x'.repeat(4000) });
        await ann.settle();
      }
      bob.write(clientFrame(Buffer.from([0x03, 0xe8]), opcodes.close));
      for (let ref = 0; ref < 50; ref++) await ann.ask({ type: 'msg', text: 'busy', ref });
      bob.socket.resume();
      expect(await bob.ended).to.equal(1000);
      const { frames, rest } = readFrames(Buffer.concat(pieces));
      expect(rest).to.have.length(0);
      expect(frames.findIndex(({ opcode }) => opcode === opcodes.close)).to.equal(frames.length - 1);
      expect(frames.length).to.be.above(100);
    });

    it('answers a ping', async () => {
      const client = await server().connect();
      await client.next('welcome');
      const [frame] = await Promise.all([
        once(client.socket, 'data').then(([piece]) => readFrames(piece).frames[0]),
        client.write(Buffer.from([0x89, 0x82, 0, 0, 0, 0, 0x68, 0x69])),
      ]);
      expect(frame).to.deep.include({ opcode: opcodes.pong, payload: Buffer.from('hi') });
    });
  });
});

describe('The WebSocket port answers plain HTTP', () => {
  const server = useServer('websock-server', 'websocket');
  const url = (path: string) => `http://127.0.0.1:${server().port()}${path}`;

  it('with the page at /, which may load nothing from elsewhere', async () => {
    const response = await fetch(url('/'));
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'/);
    expect(response.headers.get('x-content-type-options')).to.equal('nosniff');
    expect(await response.text()).to.match(/<!doctype html>/i);
  });

  it('with what the page needs', async () => {
    for (const [path, type] of [
      ['/main.js', 'text/javascript'],
      ['/style.css', 'text/css'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      const response = await fetch(url(path));
      expect(response.status, path).to.equal(200);
      expect(response.headers.get('content-type'), path).to.include(type);
      await response.arrayBuffer();
    }
  });

  it('with 304 to whoever has the page already', async () => {
    const first = await fetch(url('/'));
    await first.text();
    const tag = first.headers.get('etag') ?? '';
    const second = await fetch(url('/'), { headers: { 'If-None-Match': tag } });
    expect(second.status).to.equal(304);
  });

  it('with its health', async () => {
    const client = await server().connect();
    await client.greet();
    const response = await fetch(url('/health'));
    expect(response.headers.get('cache-control')).to.equal('no-store');
    expect(await response.json()).to.deep.include({ status: 'ok', server: 'alpha', clients: 1 });
  });

  it('with headers alone to HEAD', async () => {
    const response = await fetch(url('/'), { method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(Number(response.headers.get('content-length'))).to.be.above(0);
    expect(await response.text()).to.equal('');
  });

  it('with 404 to what is not there, and never with a file of the disk', async () => {
    for (const path of ['/nothing', '/index.html', '/%2e%2e/package.json', '/constructor', '/__proto__']) {
      const response = await fetch(url(path));
      expect(response.status, path).to.equal(404);
      await response.text();
    }
    const socket = connect(server().port(), '127.0.0.1');
    socket.write('GET /../../package.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).to.match(/^HTTP\/1\.1 404/);
  });

  it('with 408 to whoever never comes to the end of its headers, not long after its time is up', async () => {
    const { relay, intake, clock, log } = { ...relayByHand(), log: silentLog };
    const options = { relay, intake, clock, log, allowedOrigins: [], health: () => ({}), headersMs: 50 };
    const door = createWebSocketDoor(options);
    const port = await door.listen('127.0.0.1', 0);
    try {
      const socket = connect(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
      expect(await text(socket)).to.match(/^HTTP\/1\.1 408/);
    } finally {
      door.destroy();
    }
  });

  it('with 405 to what would change something', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(url('/'), { method });
      expect(response.status).to.equal(405);
      expect(response.headers.get('allow')).to.equal('GET, HEAD');
      await response.text();
    }
  });
});
