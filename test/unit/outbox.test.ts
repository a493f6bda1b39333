import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { SocketOutbox } from '../../lib/listen/outbox.js';
import { HandClock } from '../helpers/hand-clock.js';
import { type SocketPair, socketPair } from '../helpers/socket-pair.js';

const chunk = Buffer.alloc(65_536, 'x');
/** A bound on what a test writes: more than the kernel keeps for a reader that takes nothing. */
const mostChunks = 512;

const parts = ['one', 'two'].map((text) => Buffer.from(text));

describe('A client’s outbox', () => {
  const pairs: SocketPair[] = [];
  let clock: HandClock;

  beforeEach(() => {
    clock = new HandClock();
  });

  afterEach(() => {
    for (const pair of pairs.splice(0)) pair.destroy();
  });

  async function makeOutbox() {
    const pair = await socketPair();
    pairs.push(pair);
    const { near, far } = pair;
    const told: string[] = [];
    const outbox = new SocketOutbox(near, {
      clock,
      isOpen: () => near.writable,
      sayGoodbye: (reason) => near.writable && near.end(`(${reason})`),
      onTooSlow: (why) => told.push(why),
      onSlow: () => told.push('slow'),
    });
    return { outbox, near, far, told };
  }

  /** Writes to a reader that takes nothing, until more than that many bytes wait. */
  function fill(outbox: SocketOutbox, bytes: number): void {
    for (let i = 0; i < mostChunks && outbox.waitingBytes <= bytes; i++) outbox.write(chunk);
    expect(outbox.waitingBytes).to.be.above(bytes);
  }

  it('writes what it is given in order, replies with what else is said in the turn', async () => {
    const { outbox, near, far } = await makeOutbox();
    outbox.reply(Buffer.from('a'));
    outbox.write(Buffer.from('b'));
    outbox.reply(Buffer.from('c'));
    expect(near.writableCorked).to.equal(1);
    expect(near.writableLength).to.equal(3);
    clock.endTurn();
    expect(near.writableCorked).to.equal(0);
    outbox.write(Buffer.from('d'));
    near.end();
    expect(String(await buffer(far))).to.equal('abcd');
  });

  it('writes parts in order, whether the reader is behind or not', async () => {
    const { outbox, near, far } = await makeOutbox();
    outbox.writeAll(parts);
    outbox.reply(Buffer.from(','));
    outbox.writeAll(parts);
    outbox.writeAll([Buffer.alloc(20_000, 'e'), Buffer.from('f')]);
    clock.endTurn();
    near.end();
    expect(String(await buffer(far))).to.equal(`onetwo,onetwo${'e'.repeat(20_000)}f`);
  });

  it('shares the parts for readers who are behind', async () => {
    const outboxes = await Promise.all([makeOutbox(), makeOutbox()]);
    const written: Buffer[][] = outboxes.map(() => []);
    for (const [i, { outbox, near }] of outboxes.entries()) {
      fill(outbox, 0);
      const write = near.write.bind(near);
      near.write = (bytes: Buffer) => {
        written[i]?.push(bytes);
        return write(bytes);
      };
      outbox.writeAll(parts);
    }
    expect(written).to.deep.equal([parts, parts]);
    for (const bytes of written) for (const [i, part] of parts.entries()) expect(bytes[i]).to.equal(part);
  });

  it('is marked slow once past the soft limit, and no longer when all was taken', async () => {
    const { outbox, near, far, told } = await makeOutbox();
    expect(outbox.slow).to.equal(false);
    fill(outbox, limits.outboxSoftBytes);
    outbox.write(chunk);
    expect(outbox.slow).to.equal(true);
    expect(told).to.deep.equal(['slow']);
    outbox.sweep();
    expect(outbox.slow).to.equal(true);
    far.resume();
    await once(near, 'drain');
    outbox.sweep();
    expect(outbox.slow).to.equal(false);
    clock.endTurn();
    expect(told).to.deep.equal(['slow']);
  });

  it('is given up once past the hard limit: once, in a turn of its own, and nothing more is kept for it', async () => {
    const { outbox, told } = await makeOutbox();
    fill(outbox, limits.outboxHardBytes);
    expect(told).to.deep.equal(['slow']);
    const waiting = outbox.waitingBytes;
    for (let i = 0; i < 10; i++) outbox.write(chunk);
    outbox.reply(chunk);
    expect(outbox.waitingBytes).to.equal(waiting);
    expect(waiting).to.be.at.most(limits.outboxHardBytes + chunk.length);
    clock.endTurn();
    expect(told).to.deep.equal(['slow', 'more than 4 MiB were waiting']);
    clock.advance(limits.outboxStallMs * 2);
    outbox.sweep();
    clock.endTurn();
    expect(told).to.have.length(2);
  });

  it('is given up when nothing was taken for too long', async () => {
    const { outbox, told } = await makeOutbox();
    fill(outbox, 0);
    outbox.sweep();
    clock.advance(limits.outboxStallMs - 1);
    outbox.sweep();
    clock.endTurn();
    expect(told).to.deep.equal([]);
    clock.advance(1);
    outbox.sweep();
    outbox.sweep();
    clock.endTurn();
    expect(told).to.deep.equal(['nothing was taken for 60 s']);
  });

  it('is patient with who takes anything at all', async () => {
    const { outbox, near, far, told } = await makeOutbox();
    for (let minute = 0; minute < 3; minute++) {
      far.pause();
      fill(outbox, 0);
      outbox.sweep();
      clock.advance(limits.outboxStallMs - 1);
      outbox.sweep();
      far.resume();
      await once(near, 'drain');
      clock.advance(1);
      outbox.sweep();
    }
    clock.endTurn();
    expect(told.filter((line) => line !== 'slow')).to.deep.equal([]);
  });

  it('is patient with who takes a little now and then, though something waits all the time', async () => {
    const { outbox, near, told } = await makeOutbox();
    let taken = 0;
    const waiting = 1_000;
    Object.defineProperties(near, {
      writableLength: { get: () => waiting },
      bytesWritten: { get: () => taken + waiting },
    });
    for (let minute = 0; minute < 3; minute++) {
      outbox.sweep();
      clock.advance(limits.outboxStallMs - 1);
      taken += 1;
      outbox.sweep();
    }
    clock.advance(limits.outboxStallMs - 1);
    outbox.sweep();
    clock.endTurn();
    expect(told).to.deep.equal([]);
    clock.advance(1);
    outbox.sweep();
    clock.endTurn();
    expect(told).to.have.length(1);
  });

  it('counts from the moment on that something waits', async () => {
    const { outbox, near, told } = await makeOutbox();
    let waiting = 0;
    Object.defineProperties(near, {
      writableLength: { get: () => waiting },
      bytesWritten: { get: () => waiting },
    });
    outbox.sweep();
    clock.advance(limits.outboxStallMs);
    waiting = 1;
    outbox.sweep();
    clock.endTurn();
    expect(told).to.deep.equal([]);
  });

  it('is never too slow while nothing waits, however long that is', async () => {
    const { outbox, told } = await makeOutbox();
    outbox.sweep();
    clock.advance(limits.outboxStallMs * 10);
    outbox.sweep();
    clock.endTurn();
    expect(told).to.deep.equal([]);
  });

  it('writes last words after all else, then says goodbye, and nothing after that', async () => {
    const { outbox, far } = await makeOutbox();
    outbox.reply(Buffer.from('reply,'));
    outbox.write(Buffer.from('news,'));
    outbox.close('too-slow', Buffer.from('last words'));
    outbox.write(Buffer.from('more'));
    outbox.reply(Buffer.from('more'));
    outbox.close('abuse', Buffer.from('more'));
    clock.endTurn();
    expect(String(await buffer(far))).to.equal('reply,news,last words(too-slow)');
  });

  it('writes nothing once the transport has closed, which would be an error that loses what is on its way', async () => {
    const { outbox, near, far } = await makeOutbox();
    const errors: Error[] = [];
    near.on('error', (error) => errors.push(error));
    outbox.write(Buffer.from('on its way'));
    near.end();
    outbox.write(Buffer.from('too late'));
    outbox.reply(Buffer.from('too late'));
    outbox.close('too-slow', Buffer.from('too late'));
    clock.endTurn();
    expect(String(await buffer(far))).to.match(/^on its way/);
    expect(errors).to.deep.equal([]);
  });

  it('cuts off a client that does not close when it was said goodbye to', async () => {
    const { outbox, near } = await makeOutbox();
    fill(outbox, limits.outboxSoftBytes);
    outbox.close('too-slow', Buffer.from('last words'));
    await once(near, 'close');
  });

  for (const [reason, patienceMs] of [
    ['too-slow', limits.clientCloseMs],
    ['shutting-down', limits.drainMs],
  ] as const) {
    it(`waits ${patienceMs / 1000} s for the other end to close when the reason is ${reason}`, async () => {
      const { outbox, near } = await makeOutbox();
      const { setTimeout: start } = globalThis;
      const delays: unknown[] = [];
      globalThis.setTimeout = Object.assign((...args: Parameters<typeof start>) => {
        delays.push(args[1]);
        return start(...args);
      }, start);
      try {
        outbox.close(reason);
        outbox.close(reason);
      } finally {
        globalThis.setTimeout = start;
      }
      expect(delays).to.deep.equal([patienceMs]);
      near.destroy();
    });
  }

  it('leaves no timer behind when a client that was said goodbye to has closed', async () => {
    const { outbox, near, far } = await makeOutbox();
    const timers = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;
    const before = timers();
    outbox.close('abuse');
    expect(timers()).to.equal(before + 1);
    far.resume().end();
    await once(near, 'close');
    expect(timers()).to.equal(before);
  });

  it('keeps references to what many share, not copies', async () => {
    const outboxes = await Promise.all(Array.from({ length: 20 }, makeOutbox));
    const before = process.memoryUsage().arrayBuffers;
    for (const { outbox } of outboxes) fill(outbox, 2_000_000);
    const kept = process.memoryUsage().arrayBuffers - before;
    expect(kept).to.be.below(4_000_000);
  });
});
