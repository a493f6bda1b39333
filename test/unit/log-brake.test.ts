import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { createLog, type Log } from '../../lib/log.js';
import { LastingWarning, LogBrake } from '../../lib/log-brake.js';
import { HandClock } from '../helpers/hand-clock.js';

describe('The log of what strangers cause', () => {
  let clock: HandClock;
  let lines: string[];
  let log: Log;
  let turnedAway: LogBrake;

  beforeEach(() => {
    clock = new HandClock();
    lines = [];
    log = createLog('info', (line) => lines.push(line.slice('2023-11-14T22:13:20.000Z '.length)), clock);
    turnedAway = new LogBrake(log, clock, 'peer turned away', 'more peers turned away');
  });

  function come(count: number): void {
    for (let i = 0; i < count; i++) turnedAway.note({ address: `192.0.2.7:${i}`, reason: 'this is why' });
  }

  it('has a line for each, with a reason', () => {
    come(1);
    expect(lines).to.deep.equal(['info  peer turned away address=192.0.2.7:0 reason="this is why"']);
  });

  it('has few lines for many, and then how many more there were', () => {
    come(limits.brakedLines + 1000);
    expect(lines).to.have.length(limits.brakedLines);
    clock.advance(limits.brakedLinesMs - 1);
    turnedAway.tick();
    expect(lines).to.have.length(limits.brakedLines);
    clock.advance(1);
    turnedAway.tick();
    turnedAway.tick();
    expect(lines.slice(limits.brakedLines)).to.deep.equal(['info  more peers turned away count=1000']);
  });

  it('begins anew after a while, and says first what was left out', () => {
    come(limits.brakedLines + 2);
    clock.advance(limits.brakedLinesMs);
    come(1);
    expect(lines.slice(limits.brakedLines)).to.deep.equal([
      'info  more peers turned away count=2',
      'info  peer turned away address=192.0.2.7:0 reason="this is why"',
    ]);
  });

  it('says at the end how many more there were', () => {
    come(limits.brakedLines + 3);
    turnedAway.sumUp();
    expect(lines.at(-1)).to.equal('info  more peers turned away count=3');
  });

  it('warns of a shortage at once, and then once in a while for as long as it lasts', () => {
    const warning = new LastingWarning(log, clock, 'it is full');
    for (let i = 0; i < 5; i++) warning.note({ most: 7 });
    clock.advance(limits.shortageWarnMs - 1);
    warning.note({ most: 7 }, 0);
    expect(lines).to.deep.equal(['warn  it is full most=7 times=1']);
    clock.advance(1);
    warning.note({ most: 7 }, 0);
    warning.note({ most: 7 }, 0);
    expect(lines.slice(1)).to.deep.equal(['warn  it is full most=7 times=4']);
  });
});
