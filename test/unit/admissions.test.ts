import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { jsonDialect } from '../../lib/dialect/json.js';
import { Capacity } from '../../lib/listen/capacity.js';
import { Admissions } from '../../lib/listen/door.js';
import { silentLog } from '../../lib/log.js';
import { lineFraming } from '../../lib/wire/framing.js';
import { relayByHand } from '../helpers/memory-client.js';
import { type SocketPair, socketPair } from '../helpers/socket-pair.js';

const patienceMs = 60_000;

describe('The sockets of a door', () => {
  const { relay, clock } = relayByHand();
  let admissions: Admissions;
  let pair: SocketPair;
  beforeEach(async () => {
    admissions = new Admissions({ relay, clock, log: silentLog });
    pair = await socketPair();
  });
  afterEach(() => {
    admissions.destroy();
    pair.destroy();
  });

  function admit(socket: Socket) {
    return admissions.admit(
      socket,
      { framing: lineFraming, ...jsonDialect },
      {
        isOpen: () => socket.writable,
        sayGoodbye: () => socket.end(),
        setReading: () => {},
        unfinished: () => undefined,
      },
    );
  }

  it('are cut off when they have no session in time, whatever comes from them', async () => {
    const { near, far } = pair;
    admissions.track(near, patienceMs);
    for (let part = 1; part < 6; part++) {
      far.write('{');
      await once(near, 'data');
      clock.advance(patienceMs / 6);
      admissions.sweep();
      expect(near.destroyed).to.equal(false);
    }
    clock.advance(patienceMs / 6);
    admissions.sweep();
    expect(near.destroyed).to.equal(true);
  });

  it('stay as long as they like with a session, or without one if nothing else was said', async () => {
    const { near } = pair;
    const other = await socketPair();
    admissions.track(near, patienceMs);
    admissions.track(other.near);
    expect(admit(near)).not.to.equal(undefined);
    clock.advance(1_000 * patienceMs);
    admissions.sweep();
    expect([near.destroyed, other.near.destroyed]).to.deep.equal([false, false]);
    other.destroy();
  });

  it('take their session with them', async () => {
    const { near } = pair;
    admissions.track(near, patienceMs);
    const session = admit(near);
    expect(relay.sessions.size).to.equal(1);
    near.destroy();
    await once(near, 'close');
    expect(session?.closed).to.equal(true);
    expect(relay.sessions.size).to.equal(0);
  });

  it('are forgotten when they close, so that nobody waits for them at the end', async () => {
    const other = await socketPair();
    admissions.track(pair.near);
    admissions.track(other.near);
    admit(pair.near);
    for (const { near } of [pair, other]) {
      near.destroy();
      await once(near, 'close');
    }
    await admissions.drained();
    other.destroy();
  });

  it('leave their place to others when they close', async () => {
    const capacity = new Capacity(10, clock, silentLog);
    const bounded = new Admissions({ ...relayByHand(), log: silentLog, capacity });
    bounded.track(pair.near);
    expect(capacity.size).to.equal(1);
    pair.near.destroy();
    await once(pair.near, 'close');
    expect(capacity.size).to.equal(0);
    bounded.destroy();
  });

  it('have ended when all is drained: at once without a session, with one when it has ended', async () => {
    const other = await socketPair();
    admissions.track(pair.near);
    admissions.track(other.near);
    admit(pair.near);
    const drained = admissions.drained();
    await once(other.near, 'close');
    expect(pair.near.destroyed).to.equal(false);
    pair.near.destroy();
    await drained;
    other.destroy();
  });
});
