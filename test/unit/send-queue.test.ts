import { expect } from 'chai';
import { SendQueue } from '../../lib/peer/edge/send-queue.js';
import { asResent, encodeRouted } from '../../lib/wire/peer-event.js';
import { eventFrame } from '../helpers/event-frames.js';

const frame = (text: string) => Buffer.from(text);

function all(queue: SendQueue): string[] {
  const texts: string[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) texts.push(next.toString());
  return texts;
}

describe('what waits for a link', () => {
  it('goes out control first, each in its order', () => {
    const queue = new SendQueue({ dataBytes: 100, controlBytes: 100 });
    for (const text of ['d1', 'c1', 'd2', 'c2']) {
      expect(queue.push(frame(text), text.startsWith('d') ? 'data' : 'control')).to.equal('waits');
    }
    expect(queue.bytes).to.equal(8);
    expect(all(queue)).to.deep.equal(['c1', 'c2', 'd1', 'd2']);
    expect(queue.bytes).to.equal(0);
  });

  it('counts the events that it lost, also those that are on their way to one server', () => {
    const queue = new SendQueue({ dataBytes: 5, controlBytes: 100 });
    const { bytes, origin } = eventFrame(1, { count: 7 });
    expect(queue.push(bytes, 'data')).to.equal('dropped');
    expect(queue.dropped).to.equal(7);
    const routed = encodeRouted({ to: origin, from: origin, hopsLeft: 3, inner: asResent(bytes) });
    expect(queue.push(routed, 'data')).to.equal('dropped');
    expect(queue.dropped).to.equal(14);
  });

  it('loses the newest data when there is too much; control is not lost with it', () => {
    const queue = new SendQueue({ dataBytes: 5, controlBytes: 100 });
    expect(['aa', 'bb', 'cc', 'd'].map((text) => queue.push(frame(text), 'data'))).to.deep.equal([
      'waits',
      'waits',
      'dropped',
      'waits',
    ]);
    expect(queue.push(frame('control'), 'control')).to.equal('waits');
    expect(all(queue)).to.deep.equal(['control', 'aa', 'bb', 'd']);
  });

  it('is too much for the link when there is too much control', () => {
    const queue = new SendQueue({ dataBytes: 5, controlBytes: 5 });
    expect(queue.push(frame('12345'), 'control')).to.equal('waits');
    expect(queue.push(frame('6'), 'control')).to.equal('overflow');
  });

  it('keeps its order and its count over many thousands', () => {
    const queue = new SendQueue({ dataBytes: 1e9, controlBytes: 1e9 });
    let next = 0;
    for (let i = 0; i < 20_000; i++) {
      queue.push(frame(`${i}`), 'data');
      if (i % 3 > 0) expect(queue.shift()?.toString()).to.equal(`${next++}`);
    }
    expect(all(queue)).to.deep.equal(Array.from({ length: 20_000 - next }, (_, i) => `${next + i}`));
    expect(queue.bytes).to.equal(0);
  });

  it('can be dropped as a whole', () => {
    const queue = new SendQueue({ dataBytes: 9, controlBytes: 9 });
    queue.push(frame('x'), 'data');
    queue.push(frame('y'), 'control');
    queue.clear();
    expect([queue.bytes, queue.shift()]).to.deep.equal([0, undefined]);
  });
});
