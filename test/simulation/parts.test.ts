import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { forSeeds, Random } from '../helpers/random.js';
import { VirtualClock } from './clock.js';
import { encodePeerFrame } from './core.js';
import { Simulation } from './simulation.js';
import { type Lane, type Parcel, Wire } from './wire.js';

function wireWith(lane: Partial<Lane> = {}) {
  const clock = new VirtualClock();
  const makeLane = (): Lane => ({ delayMs: 5, jitterMs: 0, bytesPerMs: 1_000, blocked: false, ...lane });
  const [back, there] = [makeLane(), makeLane()];
  const wire = new Wire(clock, new Random(1), [back, there]);
  const got: Parcel[] = [];
  const log: string[] = [];
  for (const side of [0, 1] as const) {
    wire.attach(side, {
      take: (parcel) => {
        got.push(parcel);
        log.push(`${side} takes ${typeof parcel === 'string' ? parcel : 'a frame'}`);
      },
      drained: () => log.push(`${side} drained`),
      reset: (why) => log.push(`${side} reset: ${why}`),
    });
  }
  return { clock, wire, there, got, log, run: (ms: number) => clock.runUntil(clock.nowMs + ms) };
}

const frame = (number: number, bytes = 10) => Buffer.alloc(bytes, number);

describe('virtual time', () => {
  it('does things in the order of their times, and of their planning at the same time', () => {
    forSeeds(20, (random) => {
      const clock = new VirtualClock();
      const planned = Array.from({ length: 300 }, (_, order) => ({
        atMs: clock.nowMs + random.below(40),
        order,
      }));
      const done: typeof planned = [];
      for (const item of planned) clock.at(item.atMs, () => done.push(item));
      clock.runUntil(clock.nowMs + 50);
      expect(done).to.deep.equal(planned.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order));
    });
  });

  it('stands where it was told to, and leaves what is due later', () => {
    const clock = new VirtualClock();
    let isDone = false;
    clock.after(10, () => {
      isDone = true;
    });
    clock.runUntil(clock.nowMs + 9.9);
    expect(isDone).to.equal(false);
    clock.runUntil(clock.nowMs + 0.1);
    expect(isDone).to.equal(true);
  });
});

describe('a simulated wire', () => {
  it('keeps what is sent in order, whatever the jitter', () => {
    const { wire, got, run } = wireWith({ jitterMs: 30 });
    const frames = Array.from({ length: 50 }, (_, i) => frame(i));
    for (const one of frames) {
      wire.send(0, one, 'control');
      run(1);
    }
    run(100);
    expect(got).to.deep.equal(frames);
  });

  it('carries no more than its rate, and tells when what waited is gone', () => {
    const { wire, got, log, run } = wireWith();
    for (let i = 0; i < 100; i++) wire.send(0, frame(i, 10_000), 'data');
    expect(wire.waitingBytes(0)).to.be.above(500_000);
    run(505);
    expect(got.length).to.be.within(49, 51);
    run(1_000);
    expect(got).to.have.length(100);
    expect(log.filter((line) => line === '0 drained')).to.have.length(1);
  });

  it('lets what is urgent overtake what waits, and drops data beyond the queue, never control', () => {
    const { wire, got, run } = wireWith();
    for (let i = 0; i < 100; i++) wire.send(0, frame(1, 100_000), 'data');
    for (let i = 0; i < 100; i++) wire.send(0, frame(2), 'control');
    run(1_000_000);
    const kinds = got.map((parcel) => (Buffer.isBuffer(parcel) ? parcel[0] : undefined));
    expect(kinds.filter((kind) => kind === 1)).to.have.length.within(40, 50);
    expect(kinds.filter((kind) => kind === 2)).to.have.length(100);
    expect(kinds.lastIndexOf(2)).to.be.below(10 + 100);
  });

  it('holds up what is blocked or frozen, and loses nothing of it', () => {
    const { wire, there, got, run } = wireWith();
    there.blocked = true;
    wire.send(0, frame(1), 'control');
    run(10_000);
    expect(got).to.deep.equal([]);
    there.blocked = false;
    wire.pipes[1].goOn();
    wire.freeze(true);
    run(10_000);
    expect(got).to.deep.equal([]);
    wire.freeze(false);
    run(10);
    expect(got).to.deep.equal([frame(1)]);
  });

  it('tells when something last stood in a queue, also where its lane has become fast again', () => {
    const { wire, there, got, run, clock } = wireWith({ bytesPerMs: 10 });
    const isLate = () => wire.pipes[1].lateAtMs === clock.nowMs;
    for (let i = 0; i < 10; i++) wire.send(0, frame(i, 1_000), 'data');
    run(400);
    expect(isLate()).to.equal(false);
    run(200);
    there.bytesPerMs = 100_000;
    wire.send(0, frame(10, 1_000), 'data');
    run(300);
    expect([isLate(), got.length]).to.deep.equal([true, 8]);
    run(1_000);
    expect([isLate(), got.length]).to.deep.equal([false, 11]);
    expect(clock.nowMs - wire.pipes[1].lateAtMs).to.be.closeTo(895, 10);
    wire.send(0, frame(11), 'data');
    run(10);
    expect(got).to.have.length(12);
    expect(isLate()).to.equal(false);
  });

  it('tells the other end of a killed process after all that its kernel had, of a vanished machine never', () => {
    const killed = wireWith();
    killed.wire.send(0, frame(1), 'data');
    killed.wire.orphan(0);
    killed.run(100);
    expect(killed.log).to.deep.equal(['1 takes a frame', '1 takes end']);

    const vanished = wireWith();
    let isBack = false;
    vanished.wire.send(0, frame(1), 'data');
    vanished.wire.vanish(0, () => isBack);
    vanished.wire.send(1, frame(2), 'data');
    vanished.run(60_000);
    expect(vanished.log).to.deep.equal([]);
    isBack = true;
    vanished.wire.send(1, frame(3), 'data');
    vanished.run(100);
    expect(vanished.log).to.deep.equal(['1 reset: connection reset']);
  });

  it('loses what is on its way when it is cut, and tells both ends at once', () => {
    const { wire, log, run } = wireWith();
    wire.send(0, frame(1), 'control');
    wire.cut('cut');
    expect(log).to.deep.equal(['0 reset: cut', '1 reset: cut']);
    run(100);
    expect(log).to.have.length(2);
  });
});

describe('what a simulation knows of its ways', () => {
  it('is that one is in order only once what it was given while it was narrow has come', () => {
    const sim = new Simulation({ seed: 1 });
    sim.discovers = false;
    const [a, b] = [sim.add(), sim.add()];
    a.connect(b);
    sim.run(5_000);
    const steadyForMs = () =>
      sim.clock.nowMs - (sim.reach.steadySince(a.running).get(b.running) ?? Number.NaN);
    expect(steadyForMs()).to.be.above(4_000);
    const lane = sim.internet.lane(a, b);
    lane.bytesPerMs = 1;
    const addresses = Array.from({ length: 25 }, (_, i) => ({ host: `10.77.0.${i}`, port: 30_303 }));
    const [connection] = a.running.connections.values();
    for (let i = 0; i < 5; i++) connection?.send(encodePeerFrame({ type: 'peers', addresses }), 'control');
    sim.run(1_000);
    lane.bytesPerMs = 100_000;
    sim.run(1_000);
    expect(steadyForMs()).to.equal(0);
    expect(sim.reach.calmSinceMs()).to.equal(sim.clock.nowMs);
    sim.run(4_000);
    expect(steadyForMs()).to.be.within(500, 3_000);
  });

  it('is when links went silent, and that one fault silences several at once', () => {
    const sim = new Simulation({ seed: 1 });
    const [a, b, c] = [sim.add(), sim.add(), sim.add()];
    a.connect(b);
    a.connect(c);
    sim.run(3_000);
    const startMs = sim.clock.nowMs;
    sim.internet.cut(a, b);
    sim.run(2_000);
    expect(sim.reach.silencesSince(startMs)).to.equal(0);
    sim.internet.block(a, b, true);
    sim.internet.block(a, c, true);
    sim.run(100);
    c.crash('silent');
    expect(sim.reach.silencesSince(startMs)).to.equal(2);
    expect(sim.reach.silencesSince(sim.clock.nowMs)).to.equal(1);
  });
});
