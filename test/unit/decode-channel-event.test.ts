import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { decodeChannelEvents } from '../../lib/wire/decode-channel-event.js';
import { jsonOf } from '../../lib/wire/json-text.js';
import type { Published } from '../../lib/wire/published.js';

const texts = [
  'hi',
  'a "quoted" word',
  'é',
  '',
  ' ',
  '\u0007',
  'a\tb',
  'x'.repeat(limits.textBytes),
  'x'.repeat(limits.textBytes + 1),
];
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

function decodeOne(json: string, channel = 'tea'): Published | undefined {
  const { events, unusable } = decodeChannelEvents(json, channel, 1);
  expect(events.length + unusable.length, json).to.equal(1);
  return events[0];
}

describe('an event from another server', () => {
  const event = { type: 'msg', id: 'a-1', channel: 'tea', from: 'ann', text: 'hi', at: 5 } as const;

  it('is what it was said to be, with its own fields and no others', () => {
    expect(decodeOne(JSON.stringify(event))?.message).to.deep.equal(event);
    const more = decodeOne(JSON.stringify({ ...event, more: 1 }));
    expect([more?.message, more?.json]).to.deep.equal([event, JSON.stringify(event)]);
    expect(decodeOne(JSON.stringify(event), 'coffee')).to.equal(undefined);
    expect(decodeOne(`${JSON.stringify(event)} `)?.json).to.equal(JSON.stringify(event));
    expect(decodeOne(`${JSON.stringify(event)}x`)).to.equal(undefined);
  });

  it('is the same in the form in which most come as in any other', () => {
    let taken = 0;
    for (const id of ids) {
      for (const from of names) {
        for (const text of texts) {
          for (const at of times) {
            const json = JSON.stringify({ type: 'msg', id, channel: 'tea', from, text, at });
            const decoded = decodeOne(json);
            // A space means nothing in JSON, but the text no longer has the plain form.
            expect(decoded?.message, json).to.deep.equal(decodeOne(` ${json}`)?.message);
            if (decoded) expect(decoded.json).to.equal(jsonOf(decoded.message));
            expect(decoded?.type).to.equal(decoded?.message.type);
            if (decoded) taken++;
          }
        }
      }
    }
    expect(taken).to.be.greaterThan(100);
  });

  for (const json of ['null', '[]', '7', '{"type":"msg"}', '{"type":"toString"}', '{']) {
    it(`is not ${json}`, () => expect(decodeOne(json)).to.equal(undefined));
  }

  it('comes in a run with others, of which what is none harms only itself', () => {
    const said = (i: number) => ({ ...event, id: `a-${i}`, text: i % 2 === 0 ? 'plain' : 'größer' });
    const join = { type: 'join', channel: 'tea', name: 'bob' } as const;
    const lines = [said(1), said(2), { type: 'none' }, join, { ...said(3), channel: 'coffee' }, said(4)];
    const all = lines.map((line) => JSON.stringify(line));
    const { events, unusable, isWhole } = decodeChannelEvents(all.join('\n'), 'tea', 6);
    expect(isWhole).to.equal(true);
    expect(events.map(({ message }) => message)).to.deep.equal([said(1), said(2), join, said(4)]);
    expect(unusable).to.deep.equal([all[2], all[4]]);
    const rest = decodeChannelEvents(all.join('\n'), 'tea', 6, 3);
    expect(rest.events.map(({ message }) => message)).to.deep.equal([join, said(4)]);
    const none = decodeChannelEvents(all.join('\n'), 'tea', 6, 6);
    expect(none).to.deep.equal({ events: [], unusable: [], isWhole: true });
  });

  it('takes users whose names servers of before admitted, with piles of accents', () => {
    const name = 'a\u0335\u0335\u0335nn';
    const lines = [
      { type: 'join', channel: 'tea', name },
      { ...event, from: name },
    ].map((e) => JSON.stringify(e));
    const { events, unusable } = decodeChannelEvents(lines.join('\n'), 'tea', 2);
    expect([events.length, unusable]).to.deep.equal([2, []]);
  });

  it('comes in a run that has just as many as it says, or of which no more are looked at', () => {
    const line = JSON.stringify(event);
    const three = [line, line, line].join('\n');
    for (const [lines, count, found] of [
      [three, 3, 3],
      [three, 2, 2],
      [three, 4, 3],
      [`${three}\n`, 3, 3],
    ] as const) {
      const decoded = decodeChannelEvents(lines, 'tea', count);
      expect(decoded.events).to.have.length(found);
      expect(decoded.isWhole).to.equal(lines === three && count === 3);
    }
    const { unusable, isWhole } = decodeChannelEvents('\n'.repeat(60_000), 'tea', 2);
    expect([unusable, isWhole]).to.deep.equal([['', ''], false]);
  });
});
