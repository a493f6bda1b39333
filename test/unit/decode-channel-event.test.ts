import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { decodeChannelEvent } from '../../lib/wire/decode-channel-event.js';
import { jsonOf } from '../../lib/wire/json-text.js';

const texts = ['hi', 'a "quoted" word', 'é', '', ' ', '\u0007', 'a\tb', 'x'.repeat(limits.textBytes + 1)];
const names = ['ann', '_', 'a-b', '1a', 'a b', 'Ünïcode', '', 'x'.repeat(32), 'x'.repeat(33)];
const ids = [
  'abc-1',
  '',
  'a b',
  '\u0007',
  'x'.repeat(limits.refCharacters),
  'x'.repeat(limits.refCharacters + 1),
];
const times = [0, 1_800_000_000_000, -1, 1.5, Number.MAX_SAFE_INTEGER, 2 ** 60];

describe('an event from another server', () => {
  it('is what it was said to be, with its own fields and no others', () => {
    const event = { type: 'msg', id: 'a-1', channel: 'tea', from: 'ann', text: 'hi', at: 5 } as const;
    expect(decodeChannelEvent(JSON.stringify(event), 'tea')?.event).to.deep.equal(event);
    expect(decodeChannelEvent(JSON.stringify({ ...event, more: 1 }), 'tea')?.event).to.deep.equal(event);
    expect(decodeChannelEvent(JSON.stringify(event), 'coffee')).to.equal(undefined);
  });

  it('is the same in the form in which most come as in any other', () => {
    let taken = 0;
    for (const id of ids) {
      for (const from of names) {
        for (const text of texts) {
          for (const at of times) {
            const json = JSON.stringify({ type: 'msg', id, channel: 'tea', from, text, at });
            const decoded = decodeChannelEvent(json, 'tea');
            // A space is nothing to JSON, and makes it another form.
            expect(decoded?.event, json).to.deep.equal(decodeChannelEvent(` ${json}`, 'tea')?.event);
            if (decoded?.json !== undefined) expect(decoded.json).to.equal(jsonOf(decoded.event));
            if (decoded) taken++;
          }
        }
      }
    }
    expect(taken).to.be.greaterThan(100);
  });

  for (const json of ['', 'null', '[]', '7', '{"type":"msg"}', '{"type":"toString"}', '{']) {
    it(`is not ${json || 'nothing'}`, () => expect(decodeChannelEvent(json, 'tea')).to.equal(undefined));
  }
});
