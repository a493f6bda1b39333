import { Socket } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { limits } from '../../lib/limits.js';
import { goodbye } from '../../lib/peer/core/links/goodbyes.js';
import { plain } from '../../lib/peer/edge/connection.js';
import { Handshake } from '../../lib/peer/edge/handshake.js';
import { Link } from '../../lib/peer/edge/link.js';
import { createIdentity, nodeCrypto } from '../../lib/peer/identity.js';
import { encodeEventFrame } from '../../lib/wire/peer-event.js';
import { encodePeerFrame, type Hello, type PeerFrame } from '../../lib/wire/peer-frame.js';
import { type SocketPair, socketPair } from '../helpers/socket-pair.js';

const text = 'x'.repeat(8000);

function event(seq: number): Buffer {
  const head = {
    origin: 'ab'.repeat(16),
    channel: 'lobby',
    number: seq,
    seq,
    count: 1,
    view: 1,
    presence: false,
  };
  return encodeEventFrame(head, text);
}

/** A socket that takes nothing at first and then everything at once, as happens with a reader on the same machine. */
class Sluice extends Socket {
  taken = 0;
  #held: (() => void) | undefined;
  #isOpen = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#take([chunk], done);
  }

  override _writev(parts: { chunk: Buffer }[], done: () => void): void {
    this.#take(
      parts.map(({ chunk }) => chunk),
      done,
    );
  }

  #take(chunks: readonly Buffer[], done: () => void): void {
    for (const { length } of chunks) this.taken += length;
    if (this.#isOpen) done();
    else this.#held = done;
  }

  open(): void {
    this.#isOpen = true;
    this.#held?.();
  }
}

/** One end of a link, and what it was told. */
class End {
  readonly frames: PeerFrame[] = [];
  drops = 0;
  readonly link: Link;
  readonly up: Promise<void>;
  readonly closed: Promise<string>;

  constructor(
    socket: SocketPair['near'],
    role: 'dialler' | 'listener',
    provenInMs: number = limits.handshakeMs,
  ) {
    const identity = createIdentity();
    const { node, publicKey: key } = identity;
    const ownHello: Hello = {
      ...{ type: 'hello', protocol: 2, oldest: 2, node, name: role, version: '0', port: 1 },
      ...{ probe: false, key, nonce: '00'.repeat(16) },
    };
    let onUp = (): void => {};
    let onClosed = (_why: string): void => {};
    this.up = new Promise((resolve) => {
      onUp = resolve;
    });
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.link = new Link({
      id: 1,
      socket,
      handshake: new Handshake({ role, ownHello, identity, crypto: nodeCrypto, security: plain }),
      provenByMs: systemClock.nowMs() + provenInMs,
      clock: systemClock,
      events: {
        met: () => undefined,
        up: () => onUp(),
        frame: (_link, frame) => this.frames.push(frame),
        drained: () => {},
        dropping: () => {
          this.drops++;
        },
        closed: (_link, why) => onClosed(why),
      },
    });
  }
}

describe('a link', () => {
  const pairs: SocketPair[] = [];
  afterEach(() => {
    for (const pair of pairs.splice(0)) pair.destroy();
  });

  /** Two ends of a link. The far end reads nothing more of the near one until its socket is read again. */
  async function linked() {
    const pair = await socketPair();
    pairs.push(pair);
    const [near, far] = [new End(pair.near, 'listener'), new End(pair.far, 'dialler')];
    pair.far.resume();
    await near.up;
    near.link.send(encodePeerFrame({ type: 'pong', view: 0, interest: 0 }), 'control');
    await far.up;
    pair.far.pause();
    far.frames.splice(0);
    return { near, far, socket: pair.far };
  }

  /** Says events, from 0 on, until one is dropped. @returns how many were taken */
  function fill(end: End): number {
    let seq = 0;
    for (; end.link.traffic.dropped === 0; seq++) end.link.send(event(seq), 'data');
    return seq - 1;
  }

  const seqsOf = (frames: readonly PeerFrame[]): number[] =>
    frames.flatMap((frame) => (frame.type === 'event' ? [frame.seq] : []));

  it('that is full drops data, says so once, and goes on; control overtakes what waits', async () => {
    const { near, far, socket } = await linked();
    const taken = fill(near);
    near.link.send(event(1e6), 'data');
    near.link.send(encodePeerFrame({ type: 'pong', view: 0, interest: 0 }), 'control');
    expect([near.drops, near.link.traffic.dropped]).to.deep.equal([1, 2]);
    expect(near.link.waitingBytes).to.be.within(limits.linkDataBytes, limits.linkDataBytes + 1_048_576);
    near.link.end(goodbye('shutting-down'));
    socket.resume();
    expect(await far.closed).to.equal('that server is shutting down');
    const pongAt = far.frames.findIndex(({ type }) => type === 'pong');
    expect(pongAt).to.be.within(1, taken / 2);
    expect(seqsOf(far.frames)).to.deep.equal(Array.from({ length: taken }, (_, i) => i));
    expect(far.frames.at(-1)).to.include({ type: 'bye', reason: 'shutting-down' });
  });

  it('takes data again, and says again when it drops some, once it has caught up', async () => {
    const { near, far, socket } = await linked();
    const taken = fill(near);
    socket.resume();
    while (near.link.waitingBytes > 0) await new Promise((resolve) => setImmediate(resolve));
    near.link.send(event(taken), 'data');
    near.link.end(goodbye('duplicate'));
    await far.closed;
    expect(seqsOf(far.frames)).to.have.length(taken + 1);
    expect(near.link.traffic.dropped).to.equal(1);
  });

  it('sends what waits in many turns, so that others have theirs', async () => {
    const sluice = new Sluice();
    const { link } = new End(sluice, 'listener');
    for (let seq = 0; link.traffic.dropped === 0; seq++) link.send(event(seq), 'data');
    await new Promise((resolve) => setImmediate(resolve));
    sluice.open();
    let most = 0;
    while (link.waitingBytes > 0) {
      const before = sluice.taken;
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, sluice.taken - before);
    }
    expect(sluice.taken).to.be.greaterThan(limits.linkDataBytes - 16_384);
    expect(most).to.be.at.most(3 * limits.linkSocketBytes);
    link.end(goodbye('disconnected'));
    sluice.destroy();
  });

  it('that ends for another reason does not first send what waits', async () => {
    const { near, far, socket } = await linked();
    const taken = fill(near);
    near.link.end(goodbye('disconnected'));
    socket.resume();
    expect(await far.closed).to.match(/operator disconnected/);
    expect(seqsOf(far.frames).length).to.be.below(taken);
    expect(far.frames.at(-1)).to.include({ type: 'bye', reason: 'disconnected' });
  });

  it('ends when more control waits than can, with the reason at both ends', async () => {
    const { near, far, socket } = await linked();
    const frame = Buffer.concat([Buffer.from([0, 0x10, 0, 1, 200]), Buffer.alloc(1_048_576)]);
    const most = limits.linkControlBytes / frame.length + 12;
    for (let i = 0; i < most; i++) near.link.send(frame, 'control');
    expect(near.link.reason).to.equal('too-slow');
    socket.resume();
    expect(await far.closed).to.match(/this one took too slowly what it was sent: more than 64 MiB/);
    expect(await near.closed).to.match(/it took too slowly/);
  });

  it('must be proven in time', async () => {
    const pair = await socketPair();
    pairs.push(pair);
    const near = new End(pair.near, 'listener', 50);
    pair.far.resume();
    expect(await near.closed).to.match(/no HELLO within/);
  });
});
