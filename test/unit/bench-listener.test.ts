import { expect } from 'chai';
import type { Connection } from '../../bench/load/connection.js';
import { type Attention, Listener } from '../../bench/load/listener.js';
import { numberDigits, templateText, timeDigits, writeDigits } from '../../bench/load/text.js';
import { frameAll, lineFraming, webSocketFraming } from '../../lib/wire/framing.js';
import { forSeeds, type Random } from '../helpers/random.js';

/** What a server sends: texts with numbers from 1 on, in messages of various lengths, and other messages in between. */
function stream(random: Random, texts: number): Buffer {
  const framing = random.pick([lineFraming, webSocketFraming]);
  const fill = (): string => '{'.repeat(random.pick([5, 60, 100, 104, 103, 200]));
  const messages = Array.from({ length: texts }, (_, i) => {
    const text = Buffer.from(templateText(40));
    writeDigits(text, 1, numberDigits, i + 1);
    writeDigits(text, 1 + numberDigits, timeDigits, 5_000 + i);
    return `${random.chance(0.2) ? fill() : ''}${fill()}${text}"}`;
  });
  return frameAll(framing, messages).bytes;
}

/**
 * Hands bytes on in reads that end anywhere. All are in the same buffer, where remains of the read before follow each.
 */
function listenTo(random: Random, bytes: Buffer, attention: Attention) {
  const connection = { onBytes: (_bytes: Buffer, _length: number): void => {} };
  const listener = new Listener(connection as Connection, attention);
  const times: number[] = [];
  listener.onTime = (microseconds) => times.push(microseconds);
  const buffer = Buffer.alloc(4_096, '~1234567890123');
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(1 + random.below(random.pick([3, 300, 4_000])), bytes.length - at);
    bytes.copy(buffer, 0, at, at + length);
    connection.onBytes(buffer, length);
    at += length;
  }
  return { heard: listener.heard, times };
}

describe('a listener of the load generator', () => {
  for (const attention of ['counts', 'number of the last', 'times'] as const) {
    it(`hears all texts, wherever reads end (${attention})`, () => {
      forSeeds(300, (random) => {
        const texts = 1 + random.below(100);
        expect(listenTo(random, stream(random, texts), attention).heard).to.equal(texts);
      });
    });
  }

  it('reads the times right that it reads', () => {
    forSeeds(100, (random) => {
      const { times } = listenTo(random, stream(random, 50), 'times');
      for (const time of times) expect(time).to.be.within(5_000, 5_049);
      expect(new Set(times).size).to.equal(times.length);
    });
  });
});
