import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { createLog } from '../../lib/log.js';
import { TurnedAway } from '../../lib/peer/edge/turned-away.js';
import { HandClock } from '../helpers/hand-clock.js';

describe('The log of those who are turned away', () => {
  let clock: HandClock;
  let lines: string[];
  let turnedAway: TurnedAway;

  beforeEach(() => {
    clock = new HandClock();
    lines = [];
    turnedAway = new TurnedAway(
      createLog('info', (line) => lines.push(line.slice('2023-11-14T22:13:20.000Z '.length)), clock),
      clock,
    );
  });

  function come(count: number): void {
    for (let i = 0; i < count; i++) turnedAway.note(`192.0.2.7:${i}`, 'this is why');
  }

  it('has a line for each, with a reason', () => {
    come(1);
    expect(lines).to.deep.equal(['info  peer turned away address=192.0.2.7:0 reason="this is why"']);
  });

  it('has few lines for many, and then how many more there were', () => {
    come(limits.turnedAwayLines + 1000);
    expect(lines).to.have.length(limits.turnedAwayLines);
    clock.advance(limits.turnedAwayMs - 1);
    turnedAway.tick();
    expect(lines).to.have.length(limits.turnedAwayLines);
    clock.advance(1);
    turnedAway.tick();
    turnedAway.tick();
    expect(lines.slice(limits.turnedAwayLines)).to.deep.equal(['info  more peers turned away count=1000']);
  });

  it('begins anew after a while, and says first what was left out', () => {
    come(limits.turnedAwayLines + 2);
    clock.advance(limits.turnedAwayMs);
    come(1);
    expect(lines.slice(limits.turnedAwayLines)).to.deep.equal([
      'info  more peers turned away count=2',
      'info  peer turned away address=192.0.2.7:0 reason="this is why"',
    ]);
  });

  it('says at the end how many more there were', () => {
    come(limits.turnedAwayLines + 3);
    turnedAway.sumUp();
    expect(lines.at(-1)).to.equal('info  more peers turned away count=3');
  });
});
