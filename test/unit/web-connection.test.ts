import { expect } from 'chai';
import type { ServerMessage } from '../../lib/wire/messages.js';
import { Connection, type ConnectionHost, type SocketListener } from '../../web/core/connection.js';
import { pageLimits } from '../../web/core/limits.js';

/** A host for the page in which the test plays the server, the network and the clock. */
class FakeWorld implements ConnectionHost {
  readonly sockets: { listener: SocketListener; sent: unknown[]; closed: boolean }[] = [];
  readonly #timers = new Map<number, { dueMs: number; task: () => void }>();
  #nextTimer = 0;
  #nowMs = 0;

  open(listener: SocketListener) {
    const socket = { listener, sent: [] as unknown[], closed: false };
    this.sockets.push(socket);
    return {
      send: (text: string) => {
        socket.sent.push(JSON.parse(text));
      },
      close: () => {
        socket.closed = true;
      },
    };
  }

  after(ms: number, task: () => void): () => void {
    const timer = this.#nextTimer++;
    this.#timers.set(timer, { dueMs: this.#nowMs + ms, task });
    return () => this.#timers.delete(timer);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  random(): number {
    return 1;
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a.dueMs - b.dueMs);
      if (!next || next[1].dueMs > endMs) break;
      this.#timers.delete(next[0]);
      this.#nowMs = next[1].dueMs;
      next[1].task();
    }
    this.#nowMs = endMs;
  }

  get socket() {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  }
}

describe("the page's connection", () => {
  let world: FakeWorld;
  let connection: Connection;
  let told: string[];
  let heard: ServerMessage[];

  beforeEach(() => {
    world = new FakeWorld();
    told = [];
    heard = [];
    connection = new Connection(world, {
      connecting: () => told.push('connecting'),
      opened: () => told.push('opened'),
      lost: () => told.push('lost'),
      heard: (message) => heard.push(message),
    });
  });

  const open = () => {
    connection.connect();
    world.socket.listener.opened();
  };

  it('opens one socket, however often it is told to', () => {
    connection.connect();
    connection.connect();
    world.socket.listener.opened();
    connection.connect();
    expect(world.sockets.length).to.equal(1);
    expect(told).to.deep.equal(['connecting', 'opened']);
  });

  it('sends only while it is open', () => {
    connection.send({ type: 'channels' });
    connection.connect();
    connection.send({ type: 'channels' });
    expect(world.socket.sent).to.deep.equal([]);
    world.socket.listener.opened();
    connection.send({ type: 'channels', ref: 1 });
    expect(world.socket.sent).to.deep.equal([{ type: 'channels', ref: 1 }]);
  });

  it('hands on what the protocol knows, and passes over the rest', () => {
    open();
    for (const text of ['{"type":"pong"}', 'no json', '{"type":"from-the-future"}', '{"type":"msg"}', '[]']) {
      world.socket.listener.received(text);
    }
    expect(heard).to.deep.equal([{ type: 'pong' }]);
  });

  it('tries again by itself, with growing pauses', () => {
    connection.connect();
    const pausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const [tries, pauseMs] of pausesMs.entries()) {
      world.socket.listener.closed();
      world.pass(pauseMs - 1);
      expect(world.sockets.length).to.equal(tries + 1);
      world.pass(1);
      expect(world.sockets.length).to.equal(tries + 2);
    }
  });

  it('begins with short pauses again only after a connection that held', () => {
    open();
    world.socket.listener.closed();
    world.pass(1_000);
    world.socket.listener.opened();
    world.socket.listener.closed();
    world.pass(1_000);
    expect(world.sockets.length, 'a server that hangs up at once is not pestered').to.equal(2);
    world.pass(1_000);
    expect(world.sockets.length).to.equal(3);
    world.socket.listener.opened();
    world.pass(pageLimits.stableMs);
    world.socket.listener.closed();
    world.pass(1_000);
    expect(world.sockets.length).to.equal(4);
  });

  it('gives up an attempt that does not open', () => {
    connection.connect();
    world.pass(pageLimits.answerMs);
    expect(world.socket.closed).to.equal(true);
    expect(told).to.deep.equal(['connecting', 'lost']);
  });

  it('asks when nothing has come for long, and goes on when that is answered', () => {
    open();
    world.pass(pageLimits.silenceMs);
    expect(world.socket.sent).to.deep.equal([{ type: 'ping', ref: 'ping' }]);
    world.socket.listener.received('{"type":"pong","ref":"ping"}');
    world.pass(pageLimits.answerMs);
    expect(world.socket.closed).to.equal(false);
    expect(heard, 'it is nobody else’s business').to.deep.equal([]);
  });

  it('takes any message as a sign of life', () => {
    open();
    world.pass(pageLimits.silenceMs - 1);
    world.socket.listener.received('{"type":"pong"}');
    world.pass(pageLimits.silenceMs - 1);
    expect(world.socket.sent).to.deep.equal([]);
  });

  it('is lost when the question is not answered, and connects anew', () => {
    open();
    world.pass(pageLimits.silenceMs + pageLimits.answerMs);
    expect(world.socket.closed).to.equal(true);
    world.pass(pageLimits.reconnectMinMs);
    expect(told).to.deep.equal(['connecting', 'opened', 'lost', 'connecting']);
  });

  it('hears nothing more from a socket that it gave up', () => {
    connection.connect();
    world.pass(pageLimits.answerMs + pageLimits.reconnectMinMs);
    const [first] = world.sockets;
    first?.listener.opened();
    first?.listener.received('{"type":"pong"}');
    first?.listener.closed();
    expect(told).to.deep.equal(['connecting', 'lost', 'connecting']);
    expect(heard).to.deep.equal([]);
  });

  it('connects at once when it is woken while it waits', () => {
    open();
    world.socket.listener.closed();
    connection.wake();
    expect(world.sockets.length).to.equal(2);
    world.pass(pageLimits.reconnectMinMs);
    expect(world.sockets.length, 'the attempt it waited for does not come as well').to.equal(2);
  });

  it('asks at once when it is woken while it is open: the network may have changed under it', () => {
    open();
    connection.wake();
    expect(world.socket.sent).to.deep.equal([{ type: 'ping', ref: 'ping' }]);
    world.pass(pageLimits.answerMs);
    expect(told.at(-1)).to.equal('lost');
  });

  it('stays closed once it is told to, whatever wakes it', () => {
    open();
    connection.disconnect();
    world.socket.listener.closed();
    connection.wake();
    world.pass(100_000);
    expect(world.sockets.length).to.equal(1);
    expect(told, 'it was no loss').to.deep.equal(['connecting', 'opened']);
  });
});
