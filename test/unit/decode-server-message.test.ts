import { expect } from 'chai';
import { decodeServerMessage } from '../../lib/wire/decode-server-message.js';

/** One message of each type with every field it may have; the fields it may lack are named. */
const messages: readonly { message: Record<string, unknown>; optional: readonly string[] }[] = [
  { message: { type: 'welcome', server: 'alpha', version: '1.0.0', protocol: 1, limits: {} }, optional: [] },
  {
    message: { type: 'joined', channel: 'lobby', name: 'ann', members: ['ann'], more: 1, ref: 1 },
    optional: ['more', 'ref'],
  },
  { message: { type: 'left', channel: 'lobby', ref: 'a' }, optional: ['ref'] },
  { message: { type: 'msg', id: 'a-1', channel: 'lobby', from: 'ann', text: 'hi', at: 1 }, optional: [] },
  { message: { type: 'msg', id: 'a-1', to: 'bob', from: 'ann', text: 'hi', at: 1 }, optional: [] },
  { message: { type: 'join', channel: 'lobby', name: 'ann' }, optional: [] },
  { message: { type: 'leave', channel: 'lobby', name: 'ann', reason: 'gone' }, optional: ['reason'] },
  {
    message: { type: 'nick', channel: 'lobby', name: 'anna', from: 'ann', ref: 1 },
    optional: ['channel', 'ref'],
  },
  {
    message: { type: 'names', channel: 'lobby', members: [], more: 1, ref: 1 },
    optional: ['more', 'ref'],
  },
  {
    message: { type: 'channels', channels: [{ channel: 'lobby', members: 2 }], more: 1, ref: 1 },
    optional: ['more', 'ref'],
  },
  { message: { type: 'ok', id: 'a-1', ref: 1 }, optional: [] },
  { message: { type: 'pong', ref: 1 }, optional: ['ref'] },
  { message: { type: 'notice', text: 'hi', channel: 'lobby', left: ['ann'] }, optional: ['channel', 'left'] },
  {
    message: { type: 'error', code: 'rate-limited', message: 'Wait.', retryMs: 50, ref: 1 },
    optional: ['retryMs', 'ref'],
  },
];

const decode = (value: unknown) => decodeServerMessage(JSON.stringify(value));

describe('decodeServerMessage', () => {
  for (const { message, optional } of messages) {
    const { type } = message;
    const fields = Object.keys(message).filter((field) => field !== 'type');
    const without = (gone: string) =>
      Object.fromEntries(Object.entries(message).filter(([field]) => field !== gone));

    it(`takes ${type} as it is`, () => expect(decode(message)).to.deep.equal(message));

    it(`takes ${type} with fields of a later version`, () => {
      expect(decode({ ...message, later: 1 })).to.deep.equal({ ...message, later: 1 });
    });

    for (const field of fields) {
      const taken = optional.includes(field);
      it(`${taken ? 'takes' : 'refuses'} ${type} without ${field}`, () => {
        expect(decode(without(field))).to.deep.equal(taken ? without(field) : undefined);
      });

      for (const wrong of [null, true, [7], { a: 1 }]) {
        if (field === 'limits' && !Array.isArray(wrong) && typeof wrong === 'object' && wrong) continue;
        it(`refuses ${type} with ${field}: ${JSON.stringify(wrong)}`, () => {
          expect(decode({ ...message, [field]: wrong })).to.equal(undefined);
        });
      }
    }
  }

  it('refuses a message to nobody, and one to a user with a channel that is none', () => {
    const said = { type: 'msg', id: 'a-1', from: 'ann', text: 'hi', at: 1 };
    expect(decode(said)).to.equal(undefined);
    expect(decode({ ...said, to: 'bob', channel: 7 })).to.equal(undefined);
  });

  for (const channels of [
    [{}],
    [{ channel: 'lobby' }],
    [{ channel: 7, members: 1 }],
    [{ channel: 'a', members: '1' }],
    ['lobby'],
  ]) {
    it(`refuses a list of channels such as ${JSON.stringify(channels)}`, () => {
      expect(decode({ type: 'channels', channels })).to.equal(undefined);
    });
  }

  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '7',
    '"msg"',
    '{}',
    '{"type":7}',
    '{"type":"later"}',
    '{"type":"toString"}',
    '{"type":"__proto__"}',
    '{"__proto__":{"type":"pong"}}',
    '{"type":"pong"} trailing',
  ]) {
    it(`passes over ${text || 'nothing'}`, () => expect(decodeServerMessage(text)).to.equal(undefined));
  }
});
