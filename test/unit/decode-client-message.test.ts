import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { decodeClientMessage } from '../../lib/wire/decode-client-message.js';
import type { ErrorCode } from '../../lib/wire/errors.js';

/** The result of decoding a text: the message without absent fields, or the error's code. */
function decode(text: string): unknown {
  const decoded = decodeClientMessage(text);
  return decoded.ok ? JSON.parse(JSON.stringify(decoded.message)) : decoded.error.code;
}

function errorOf(text: string) {
  const decoded = decodeClientMessage(text);
  if (decoded.ok) throw new Error(`${text} was taken`);
  return { code: decoded.error.code, message: decoded.error.message, ref: decoded.ref };
}

describe('decodeClientMessage', () => {
  describe('takes', () => {
    const messages: readonly object[] = [
      { type: 'join', channel: 'lobby', name: 'Ann', ref: 1 },
      { type: 'join', channel: 'lobby' },
      { type: 'leave', channel: 'lobby', ref: 'x' },
      { type: 'leave', channel: 'lobby' },
      { type: 'msg', text: 'hello', channel: 'lobby', ref: 'x' },
      { type: 'msg', text: 'hello' },
      { type: 'msg', text: 'hello', to: 'Bob', ref: 2 },
      { type: 'nick', name: 'Anna', ref: 0 },
      { type: 'nick', name: 'Anna' },
      { type: 'names', channel: 'lobby', ref: 1.5 },
      { type: 'names', channel: 'lobby' },
      { type: 'channels', ref: '' },
      { type: 'channels' },
      { type: 'ping', ref: -1 },
      { type: 'ping' },
    ];
    for (const message of messages) {
      const text = JSON.stringify(message);
      it(text, () => expect(decode(text)).to.deep.equal(message));
      it(`${text} with fields it does not know`, () => {
        expect(decode(JSON.stringify({ later: [1], ...message, at: null }))).to.deep.equal(message);
      });
    }

    it('a channel in its normal form, a name as typed, a text cleaned', () => {
      expect(decode('{"type":"join","channel":"#LOBBY","name":"Ann"}')).to.deep.equal({
        type: 'join',
        channel: 'lobby',
        name: 'Ann',
      });
      expect(decode('{"type":"msg","channel":"#LOBBY","text":"a\\u0007b"}')).to.deep.equal({
        type: 'msg',
        channel: 'lobby',
        text: 'ab',
      });
    });

    it('white space around the object, as JSON allows it', () => {
      expect(decode(' \t{ "type" : "ping" }\r ')).to.deep.equal({ type: 'ping' });
    });

    it('the last of two fields of one name, as JSON.parse does', () => {
      expect(decode('{"type":"leave","type":"ping"}')).to.deep.equal({ type: 'ping' });
    });
  });

  describe('refuses as malformed', () => {
    const texts: readonly string[] = [
      '',
      ' ',
      'hello',
      '{',
      '{"type":"ping"',
      '{"type":"ping"} trailing',
      '{"type":"ping"}{"type":"ping"}',
      "{'type':'ping'}",
      '{"type":"ping",}',
      '\ufeff{"type":"ping"}',
      'null',
      'true',
      '7',
      '"ping"',
      '[]',
      '[{"type":"ping"}]',
      '{}',
      '{"type":null}',
      '{"type":7}',
      '{"type":["ping"]}',
      '{"type":""}',
      '{"type":"Ping"}',
      '{"type":"welcome"}',
      '{"type":"toString"}',
      '{"type":"__proto__"}',
      '{"type":"constructor"}',
      '{"__proto__":{"type":"ping"}}',
      '{"type":"join"}',
      '{"type":"join","name":"ann"}',
      '{"type":"join","channel":null}',
      '{"type":"join","channel":7}',
      '{"type":"join","channel":["lobby"]}',
      '{"type":"join","channel":{}}',
      '{"type":"join","channel":"lobby","name":null}',
      '{"type":"join","channel":"lobby","name":7}',
      '{"type":"join","__proto__":{"channel":"lobby"}}',
      '{"type":"leave"}',
      '{"type":"leave","channel":false}',
      '{"type":"msg"}',
      '{"type":"msg","text":null}',
      '{"type":"msg","text":["a"]}',
      '{"type":"msg","text":""}',
      '{"type":"msg","text":" "}',
      '{"type":"msg","text":"a","channel":null}',
      '{"type":"msg","text":"a","channel":"lobby","to":"bob"}',
      '{"type":"msg","text":"a","to":null}',
      '{"type":"msg","text":"a","to":["bob"]}',
      '{"type":"msg","to":"bob"}',
      '{"type":"msg","text":"a","channel":"lobby","to":null}',
      '{"type":"nick"}',
      '{"type":"nick","name":7}',
      '{"type":"names"}',
      '{"type":"ping","ref":null}',
      '{"type":"ping","ref":true}',
      '{"type":"ping","ref":[1]}',
      '{"type":"ping","ref":{}}',
      '{"type":"ping","ref":1e999}',
      '{"type":"ping","ref":-1e999}',
      `{"type":"ping","ref":"${'x'.repeat(limits.refCharacters + 1)}"}`,
      '['.repeat(30_000),
      `${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}`,
      `{"type":"ping","ref":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    ];
    for (const text of texts) {
      it(
        text.length > 90 ? `${text.slice(0, 60)} … (${text.length} characters)` : JSON.stringify(text),
        () => {
          const { code, message } = errorOf(text);
          expect(code).to.equal('malformed');
          expect(message).to.match(/^Malformed: .+\.$/);
        },
      );
    }
  });

  describe('names another error', () => {
    const refused: readonly [string, object, ErrorCode][] = [
      ['for a channel with a space', { type: 'join', channel: 'a b', name: 'ann' }, 'bad-channel'],
      ['for no channel name', { type: 'names', channel: '' }, 'bad-channel'],
      ['for a channel with a comma', { type: 'leave', channel: 'a,b' }, 'bad-channel'],
      ['for a channel name too long', { type: 'msg', text: 'a', channel: 'x'.repeat(65) }, 'bad-channel'],
      ['for a name with a space', { type: 'join', channel: 'lobby', name: 'a b' }, 'bad-name'],
      ['for no name', { type: 'join', channel: 'lobby', name: '' }, 'bad-name'],
      ['for a name too long', { type: 'nick', name: 'x'.repeat(33) }, 'bad-name'],
      ['for somebody with no possible name', { type: 'msg', text: 'a', to: '#lobby' }, 'bad-name'],
      ['for a text too long', { type: 'msg', text: 'x'.repeat(4097) }, 'too-long'],
    ];
    for (const [what, message, code] of refused) {
      it(what, () => expect(decode(JSON.stringify(message))).to.equal(code));
    }
  });

  it('makes the same of the form that most clients write as of any other', () => {
    const texts = [
      'hi',
      '',
      ' ',
      'é😀',
      '\u2028',
      '\x7f',
      '\x07',
      'a\tb',
      'say "hi"',
      '\\',
      '#Lobby',
      'a b',
      '}{',
      'x'.repeat(5000),
    ];
    const refs = [
      '',
      ',"ref":0',
      ',"ref":12',
      ',"ref":007',
      ',"ref":-1',
      ',"ref":1e3',
      `,"ref":${'9'.repeat(20)}`,
      ',"ref":"a"',
    ];
    for (const raw of [true, false]) {
      for (const channel of [undefined, ...texts]) {
        for (const words of texts) {
          for (const ref of refs) {
            const json = (text: string) => (raw ? `"${text}"` : JSON.stringify(text));
            const where = channel === undefined ? '' : `"channel":${json(channel)},`;
            const text = `{"type":"msg",${where}"text":${json(words)}${ref}}`;
            // A space means nothing in JSON, but the text no longer has the plain form.
            expect(decodeClientMessage(text), text).to.deep.equal(decodeClientMessage(` ${text}`));
          }
        }
      }
    }
  });

  it('takes a ref of as many characters as allowed, however many UTF-16 units they have', () => {
    for (const character of ['x', '€', '😀']) {
      const ref = character.repeat(limits.refCharacters);
      expect(decode(JSON.stringify({ type: 'ping', ref }))).to.deep.equal({ type: 'ping', ref });
    }
  });

  it('gives the ref back with an error, so that the client knows what was refused', () => {
    expect(errorOf('{"type":"nonsense","ref":"r1"}').ref).to.equal('r1');
    expect(errorOf('{"type":"join","ref":7}').ref).to.equal(7);
    expect(errorOf('{"type":"join","channel":"a b","ref":0}').ref).to.equal(0);
  });

  it('gives no ref back that it would not take', () => {
    for (const ref of [null, true, {}, [1], 'x'.repeat(65)]) {
      expect(errorOf(JSON.stringify({ type: 'nonsense', ref })).ref).to.equal(undefined);
    }
    expect(errorOf('{"type":"nonsense","ref":1e999}').ref).to.equal(undefined);
    expect(errorOf('not JSON').ref).to.equal(undefined);
  });

  it('says which field is missing, and which is not a string', () => {
    expect(errorOf('{"type":"join"}').message).to.include('"channel" is missing from this join');
    expect(errorOf('{"type":"msg","text":7}').message).to.include('"text" must be a string');
  });

  it('lists the types there are when it does not know one', () => {
    const { message } = errorOf('{"type":"nonsense"}');
    for (const type of ['join', 'leave', 'msg', 'nick', 'names', 'channels', 'ping']) {
      expect(message).to.include(type);
    }
  });
});
