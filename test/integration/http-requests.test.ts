/** Requests that no library sends: what a server has to refuse or to understand by RFC 9110 and 9112. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { createWebSocketDoor } from '../../lib/listen/websocket.js';
import { silentLog } from '../../lib/log.js';
import { relayByHand } from '../helpers/memory-client.js';
import { useServer } from '../helpers/test-server.js';

const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n\r\n`;
const page = lines('GET / HTTP/1.1', 'Host: localhost');

describe('A request at the WebSocket port', () => {
  const server = useServer('websock-server', 'websocket');

  /** All that comes back until the server closes the connection. */
  async function answersTo(request: string): Promise<string> {
    const socket = connect(server().port(), '127.0.0.1');
    socket.write(request);
    return await text(socket);
  }

  /** What comes back until there is enough of it. The connection may stay open. */
  async function beginningOf(request: string, isEnough: (answer: string) => boolean): Promise<string> {
    const socket = connect(server().port(), '127.0.0.1').setEncoding('latin1');
    socket.write(request);
    let answer = '';
    for await (const piece of socket) {
      answer += piece;
      if (isEnough(answer)) break;
    }
    socket.destroy();
    return answer;
  }

  const hasHead = (answer: string): boolean => answer.includes('\r\n\r\n');
  const statuses = (answer: string): string[] =>
    [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status ?? '');

  const close = 'Connection: close';
  const refused: readonly [string, number, string][] = [
    ['two hosts', 400, lines('GET / HTTP/1.1', 'Host: localhost', 'Host: evil.example')],
    ['the same host twice', 400, lines('GET / HTTP/1.1', 'Host: localhost', 'Host: localhost')],
    ['no host', 400, lines('GET / HTTP/1.1', close)],
    ['a host with a user', 400, lines('GET / HTTP/1.1', 'Host: user@localhost')],
    ['a host with a space', 400, lines('GET / HTTP/1.1', 'Host: localhost evil.example')],
    ['a host with a path', 400, lines('GET / HTTP/1.1', 'Host: localhost/x')],
    [
      'two origins',
      400,
      lines('GET / HTTP/1.1', 'Host: localhost', 'Origin: http://localhost', 'Origin: http://x'),
    ],
    ['a fragment', 400, lines('GET /#x HTTP/1.1', 'Host: localhost')],
    ['a URL with a user', 400, lines('GET http://user@localhost/ HTTP/1.1', 'Host: localhost')],
    ['a URL without a host', 400, lines('GET http:///x HTTP/1.1', 'Host: localhost')],
    ['a URL of another scheme', 400, lines('GET ftp://localhost/ HTTP/1.1', 'Host: localhost')],
    ['no target but a star', 400, lines('GET * HTTP/1.1', 'Host: localhost')],
    ['HTTP/2 in the form of HTTP/1', 505, lines('GET / HTTP/2.0', 'Host: localhost')],
    ['HTTP/0.9', 505, 'GET /\r\n\r\n'],
    [
      'a length and a coding',
      400,
      lines('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 4', 'Transfer-Encoding: chunked'),
    ],
    [
      'two lengths',
      400,
      lines('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 4', 'Content-Length: 5'),
    ],
    [
      'a coding that is not chunked',
      400,
      lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: gzip'),
    ],
    [
      'a coding that only ends like chunked',
      400,
      lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: xchunked'),
    ],
    [
      'a coding ahead of chunked',
      501,
      lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: gzip, chunked'),
    ],
    ['a coding in HTTP/1.0', 400, lines('POST / HTTP/1.0', 'Host: localhost', 'Transfer-Encoding: chunked')],
    ['a header in two lines', 400, lines('GET / HTTP/1.1', 'Host: localhost', 'X: a', ' b')],
    ['a space ahead of a colon', 400, lines('GET / HTTP/1.1', 'Host : localhost')],
    ['lines that end with no carriage return', 400, 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['a WebSocket without a host', 400, lines('GET / HTTP/1.1', ...webSocket)],
    ['a WebSocket with two hosts', 400, lines('GET / HTTP/1.1', 'Host: localhost', 'Host: x', ...webSocket)],
    [
      'a WebSocket with two origins',
      400,
      lines(
        'GET / HTTP/1.1',
        'Host: localhost',
        'Origin: http://localhost',
        'Origin: http://localhost',
        ...webSocket,
      ),
    ],
    [
      'a WebSocket with a body',
      400,
      lines('GET / HTTP/1.1', 'Host: localhost', 'Content-Length: 4', ...webSocket),
    ],
    ['a WebSocket without a key', 400, lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket.slice(0, 3))],
    [
      'a WebSocket of a draft',
      426,
      lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket).replace('13', '8'),
    ],
  ];
  for (const [what, status, request] of refused) {
    it(`is refused and closes the connection, with ${what}`, async () => {
      // What comes after it is not read any more.
      const answer = await answersTo(request + page);
      expect(statuses(answer)).to.deep.equal([String(status)]);
    });
  }

  it('is refused in words, with the headers that all answers have', async () => {
    const answer = await answersTo(
      lines('GET / HTTP/1.1', 'Host: localhost', 'Origin: http://x', ...webSocket),
    );
    expect(answer)
      .to.match(/^HTTP\/1\.1 403 /)
      .and.to.include('--allow-origin');
    expect(answer).to.include('X-Content-Type-Options: nosniff');
    const old = await answersTo(lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket).replace('13', '7'));
    expect(old)
      .to.match(/^HTTP\/1\.1 426 /)
      .and.to.include('Sec-WebSocket-Version: 13\r\n');
  });

  it('is refused when its origin comes behind two thousand other headers', async () => {
    const many = Array.from({ length: 2_500 }, () => 'a:');
    const answer = await answersTo(
      lines('GET / HTTP/1.1', 'Host: localhost', ...many, 'Origin: http://evil.example', ...webSocket),
    );
    expect(answer).to.match(/^HTTP\/1\.1 403 /);
  });

  const withUpgrade: readonly [string, readonly string[]][] = [
    [
      'another protocol',
      ['GET / HTTP/1.1', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    ],
    ['several others', ['GET / HTTP/1.1', 'Connection: upgrade', 'Upgrade: TLS/1.0, h2c']],
    ['nothing', ['GET / HTTP/1.1', 'Connection: upgrade, close', 'Upgrade: ']],
    ['WebSocket by HTTP/1.0', ['GET / HTTP/1.0', ...webSocket]],
    [
      'WebSocket, without naming it as a header of the connection',
      ['GET / HTTP/1.1', 'Connection: close', ...webSocket.slice(1)],
    ],
    ['another protocol, in a HEAD', ['HEAD / HTTP/1.1', 'Connection: upgrade', 'Upgrade: h2c']],
  ];
  for (const [what, [first = '', ...rest]] of withUpgrade) {
    it(`is served the page if it would upgrade to ${what}`, async () => {
      const answer = await answersTo(lines(first, 'Host: localhost', ...rest));
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).to.match(/^HTTP\/1\.1 200 OK\r\n/);
      if (first.startsWith('HEAD')) expect(body).to.equal('');
      else expect(body).to.match(/<\/html>\s*$/);
    });
  }

  it('is refused as without it, if it would upgrade: what is not there, and what may not be changed', async () => {
    const h2c = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c'];
    expect(await answersTo(lines('GET /nothing HTTP/1.1', ...h2c))).to.match(/^HTTP\/1\.1 404 /);
    const post = lines('POST / HTTP/1.1', ...h2c, 'Content-Length: 100000') + 'x'.repeat(100_000);
    expect(await answersTo(post))
      .to.match(/^HTTP\/1\.1 405 /)
      .and.to.include('Allow: GET, HEAD');
    const asPost = lines('POST / HTTP/1.1', 'Host: localhost', ...webSocket);
    expect(await answersTo(asPost)).to.match(/^HTTP\/1\.1 405 /);
  });

  const ahead: readonly [string, string, readonly string[]][] = [
    ['is answered already', lines('GET /health HTTP/1.1', 'Host: localhost'), ['200', '404']],
    ['is refused for what it lacks', lines('GET /health HTTP/1.1'), ['400']],
    [
      'Node answers by itself',
      lines('GET /health HTTP/1.1', 'Host: localhost', 'Expect: wonders'),
      ['417', '404'],
    ],
  ];
  for (const [what, first, expected] of ahead) {
    it(`harms nobody if it would upgrade, and comes in one piece with one that ${what}`, async () => {
      const upgrade = lines(
        'GET /nothing HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: h2c',
      );
      const opening = lines('GET /nothing HTTP/1.1', 'Host: localhost', ...webSocket);
      for (const behind of [upgrade, opening]) {
        expect(statuses(await answersTo(first + behind))).to.deep.equal(expected);
      }
    });
  }

  it('is answered behind those that came ahead of it, whatever it asks for', async () => {
    const two = page + lines('HEAD /main.js HTTP/1.1', 'Host: localhost');
    const h2c = lines('GET /nothing HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c');
    expect(statuses(await answersTo(two + h2c))).to.deep.equal(['200', '200', '404']);
    const opening = lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket);
    const opened = await beginningOf(two + opening, (answer) => answer.includes('"welcome"'));
    expect(statuses(opened)).to.deep.equal(['200', '200', '101']);
    expect(opened.lastIndexOf('HTTP/1.1 101')).to.be.above(opened.lastIndexOf('HTTP/1.1 200'));
  });

  it('gets a WebSocket that is one of several protocols, in whatever case', async () => {
    for (const offer of ['h2c, WebSocket', 'websocket,h2c', 'WEBSOCKET']) {
      const request = lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket).replace(
        ': websocket',
        `: ${offer}`,
      );
      expect(statuses(await beginningOf(request, hasHead)), offer).to.deep.equal(['101']);
    }
  });

  it('gets a WebSocket without any of the subprotocols that it offers, for none is spoken', async () => {
    const request = lines(
      'GET / HTTP/1.1',
      'Host: localhost',
      ...webSocket,
      'Sec-WebSocket-Protocol: chat, irc',
    );
    const answer = await beginningOf(request, hasHead);
    expect(answer)
      .to.match(/^HTTP\/1\.1 101 /)
      .and.not.to.match(/Sec-WebSocket-Protocol/i);
  });

  it('may have a whole URL for its target, and asks for the host in that', async () => {
    for (const url of [
      'http://localhost/',
      'http://localhost',
      'HTTP://LOCALHOST:80?x=/y',
      'https://127.0.0.1/chat/',
    ]) {
      const answer = await answersTo(lines(`GET ${url} HTTP/1.1`, 'Host: evil.example', close));
      expect(statuses(answer), url).to.deep.equal(['200']);
    }
    const health = await answersTo(lines('GET http://localhost/health HTTP/1.1', 'Host: localhost', close));
    expect(health).to.include('"status":"ok"');
    const foreign = lines('GET http://evil.example/ HTTP/1.1', 'Host: localhost', close);
    expect(statuses(await answersTo(foreign))).to.deep.equal(['421']);
    const opening = lines(
      'GET http://localhost/ HTTP/1.1',
      'Host: x',
      'Origin: http://localhost',
      ...webSocket,
    );
    expect(statuses(await beginningOf(opening, hasHead))).to.deep.equal(['101']);
  });

  it('is answered in HTTP/1.0 without a host', async () => {
    expect(await answersTo(lines('GET /health HTTP/1.0'))).to.match(/^HTTP\/1\.1 200 /);
    expect(await answersTo(lines('OPTIONS * HTTP/1.1', 'Host: localhost', close))).to.match(
      /^HTTP\/1\.1 405 /,
    );
  });
});

describe('An HTTP connection that goes on for ever is cut off', () => {
  const { relay, intake, clock } = relayByHand();
  const options = {
    relay,
    intake,
    clock,
    log: silentLog,
    allowedOrigins: [],
    health: () => ({}),
    headersMs: 500,
  };
  const opening = lines('GET / HTTP/1.1', 'Host: localhost', ...webSocket);
  let port = 0;
  let door: ReturnType<typeof createWebSocketDoor>;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    door = createWebSocketDoor(options);
    port = await door.listen('127.0.0.1', 0);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    door.destroy();
  });

  /** Connects, and reads nothing of what comes. */
  async function connectDeaf(): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket.pause();
  }

  /** Resolves when the server has dropped the connection: what is written to it is then answered with a reset. */
  async function cutOff(socket: Socket): Promise<void> {
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const writing = setInterval(() => socket.write('x'), 20);
    await closed.finally(() => clearInterval(writing));
  }

  /** More than the kernel keeps for a reader that takes nothing. */
  const flood = lines('GET /main.js.map HTTP/1.1', 'Host: localhost').repeat(100);

  for (const [what, request] of [
    ['because its answers are never taken', flood],
    [
      'because the answer behind them, to an upgrade that is ignored, is never taken',
      flood + lines('GET / HTTP/1.1', 'Host: localhost', 'Connection: upgrade', 'Upgrade: h2c'),
    ],
    ['because the WebSocket behind them can never begin', flood + opening],
  ] as const) {
    it(what, async () => {
      const socket = await connectDeaf();
      socket.write(request);
      const [first] = await Promise.all([once(socket, 'data'), socket.resume()]);
      expect(String(first)).to.match(/^HTTP\/1\.1 200/);
      socket.pause();
      clock.advance(limits.httpExchangeMs);
      await cutOff(socket);
    });
  }

  it('because the body of a request never ends', async () => {
    const socket = await connectDeaf();
    socket.write(lines('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: 1000000'));
    await cutOff(socket.resume());
  });

  it('because nothing is said on it', async () => {
    await cutOff((await connectDeaf()).resume());
  });

  it('because its client does not close what was refused', async () => {
    const socket = await connectDeaf();
    socket.write(opening.replace('GET / ', 'GET /nothing '));
    const [answer] = await Promise.all([once(socket, 'data'), socket.resume()]);
    expect(String(answer)).to.match(/^HTTP\/1\.1 404/);
    await once(socket, 'end');
    clock.advance(limits.clientCloseMs);
    await cutOff(socket);
  });
});
