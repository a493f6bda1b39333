import { expect } from 'chai';
import { tellingOf } from '../../lib/relay/telling.js';
import { PublishedMessage } from '../../lib/wire/published.js';
import { formats } from '../helpers/memory-client.js';

const turn = ['one', 'two', 'three'].map(
  (text, i) => new PublishedMessage({ type: 'msg', id: `${i}`, channel: 'lobby', from: 'ann', text, at: 0 }),
);

for (const gathers of [false, true]) {
  describe(`What is told of a turn${gathers ? ', presence gathered' : ''}`, () => {
    it('is encoded once for all who hear the whole of it', () => {
      let encoded = 0;
      const format = {
        ...formats.tcp,
        encode: (message: Parameters<typeof formats.tcp.encode>[0]) => {
          encoded++;
          return formats.tcp.encode(message);
        },
      };
      const telling = tellingOf(turn, format, gathers);
      expect(telling.whole.bytes).to.equal(telling.whole.bytes);
      expect(encoded).to.equal(turn.length);
      if (gathers) return;
      // Parts of it, too, are cut from the bytes that are there.
      telling.part({ from: 1, own: [] });
      telling.part({ from: 0, own: [1] });
      expect(encoded).to.equal(turn.length);
    });
  });
}
