import { expect } from 'chai';
import { createLog, type LogFields, type LogLevel, logLevels } from '../../lib/log.js';
import { HandClock } from '../helpers/hand-clock.js';

/** The lines that a log with a level writes when it is given one message of each level. */
function linesAt(level: LogLevel): string[] {
  const lines: string[] = [];
  const log = createLog(level, (line, own) => lines.push(`${own}: ${line}`), new HandClock());
  for (const own of logLevels) log[own]('something happened');
  return lines;
}

function lineWith(fields: LogFields): string {
  const lines: string[] = [];
  createLog('info', (line) => lines.push(line), new HandClock()).info('x', fields);
  return lines.join('\n').replace(/^.* x ?/, '');
}

describe('A log', () => {
  it('begins each line with the time and the level', () => {
    expect(linesAt('warn')).to.deep.equal([
      'error: 2023-11-14T22:13:20.000Z error something happened',
      'warn: 2023-11-14T22:13:20.000Z warn  something happened',
    ]);
  });

  it('leaves out what is less urgent than its level', () => {
    expect(logLevels.map((level) => linesAt(level).length)).to.deep.equal([1, 2, 3, 4]);
  });

  it('takes the time from its clock at each line', () => {
    const lines: string[] = [];
    const clock = new HandClock();
    const log = createLog('info', (line) => lines.push(line.slice(0, 24)), clock);
    log.info('one');
    clock.advance(1500);
    log.info('two');
    expect(lines).to.deep.equal(['2023-11-14T22:13:20.000Z', '2023-11-14T22:13:21.500Z']);
  });

  it('puts fields behind the event, and none that are undefined', () => {
    expect(lineWith({ name: 'ann', n: 0, yes: false, none: undefined })).to.equal('name=ann n=0 yes=false');
  });

  const quoted: readonly [string, string][] = [
    ['', '""'],
    ['a b', '"a b"'],
    ['a=b', '"a=b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['two\nlines', '"two\\nlines"'],
    ['\u001b[2J', '"\\u001b[2J"'],
    ['\u009b2J', '"\\u009b2J"'],
    ['\u007f', '"\\u007f"'],
    ['a\u202eb', '"a\\u202eb"'],
    ['a\u2028b', '"a\\u2028b"'],
    ['a\u{e0041}b', '"a\\udb40\\udc41b"'],
    ['\ud800', '"\\ud800"'],
  ];
  for (const [value, text] of quoted) {
    it(`quotes ${JSON.stringify(value)}`, () => expect(lineWith({ v: value })).to.equal(`v=${text}`));
  }

  for (const value of ['ann', '127.0.0.1:80', '[::1]:80', 'Ελένη', '李雷', '😀', 'a,b;c']) {
    it(`leaves ${value} as it is`, () => expect(lineWith({ v: value })).to.equal(`v=${value}`));
  }

  it('never makes two lines, or steers a terminal, whatever is in a field', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 7) {
      const line = lineWith({ v: `a${String.fromCodePoint(code)}b` });
      expect(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line), `character ${code.toString(16)}`).to.equal(
        false,
      );
    }
  });
});
