import { once } from 'node:events';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { Capacity } from '../../lib/listen/capacity.js';
import { createLog } from '../../lib/log.js';
import { HandClock } from '../helpers/hand-clock.js';
import { type SocketPair, socketPair } from '../helpers/socket-pair.js';

describe('The connections of a process', () => {
  const pairs: SocketPair[] = [];
  let clock: HandClock;
  let lines: string[];
  let capacity: Capacity;

  beforeEach(() => {
    clock = new HandClock();
    lines = [];
    capacity = new Capacity(
      3,
      clock,
      createLog('warn', (line) => lines.push(line), clock),
    );
  });

  afterEach(() => {
    for (const pair of pairs.splice(0)) pair.destroy();
  });

  /** A connection on which something was said. */
  async function talker(): Promise<Socket> {
    const pair = await socketPair();
    pairs.push(pair);
    pair.far.write('{');
    await once(pair.near, 'data');
    return pair.near;
  }

  it('are all taken while there is room', () => {
    const sockets = [1, 2, 3].map(() => new Socket());
    for (const socket of [...sockets, ...sockets]) capacity.enter(socket);
    expect(sockets.map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false]);
    expect([capacity.size, lines]).to.deep.equal([3, []]);
  });

  it('make room, the oldest first, where nothing was ever said on them', async () => {
    const [first, second] = [await talker(), await talker()];
    const silent = new Socket();
    const late = new Socket();
    for (const socket of [first, silent, second, late]) capacity.enter(socket);
    expect([first, silent, second, late].map(({ destroyed }) => destroyed)).to.deep.equal([
      false,
      true,
      false,
      false,
    ]);
    expect(capacity.size).to.equal(3);
  });

  it('make room, before all others, where the client was told goodbye already', async () => {
    const [told, silent] = [await talker(), new Socket()];
    const [kept, late] = [await talker(), new Socket()];
    for (const socket of [silent, told, kept]) capacity.enter(socket);
    capacity.dismiss(told);
    capacity.enter(late);
    expect([silent, told, kept, late].map(({ destroyed }) => destroyed)).to.deep.equal([
      false,
      true,
      false,
      false,
    ]);
  });

  it('are closed when all others are in use, until one of these has gone', async () => {
    const talkers = [await talker(), await talker(), await talker()];
    for (const socket of talkers) capacity.enter(socket);
    const refused = new Socket();
    capacity.enter(refused);
    expect(refused.destroyed).to.equal(true);
    const [first] = talkers;
    if (first) capacity.leave(first);
    const welcome = new Socket();
    capacity.enter(welcome);
    expect([welcome.destroyed, talkers.some(({ destroyed }) => destroyed)]).to.deep.equal([false, false]);
  });

  it('are reported in the log when they are too many: at once, and once a minute while it lasts', () => {
    for (let i = 0; i < 10; i++) capacity.enter(new Socket());
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/no room for more connections.* connections=3 times=1$/);
    clock.advance(limits.shortageWarnMs);
    capacity.sweep();
    capacity.sweep();
    expect(lines).to.have.length(2);
    expect(lines[1]).to.match(/times=6$/);
  });
});
