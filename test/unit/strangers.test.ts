import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { type Stranger, Strangers } from '../../lib/peer/edge/strangers.js';

describe('the strangers at the peer port', () => {
  let strangers: Strangers;
  let gone: string[];
  beforeEach(() => {
    strangers = new Strangers();
    gone = [];
  });

  function enter(host: string, name = host): Stranger {
    const stranger = { host, makeRoom: () => gone.push(name) };
    strangers.enter(stranger);
    return stranger;
  }

  it('make room for another one from the same place: the oldest does', () => {
    enter('198.51.100.1');
    for (let i = 0; i <= limits.strangersPerPlace; i++) enter('192.0.2.7', `stranger ${i}`);
    expect(gone).to.deep.equal(['stranger 0']);
  });

  it('are from one place where one IPv6 host can have their addresses', () => {
    for (let i = 0; i <= limits.strangersPerPlace; i++) enter(`2001:db8::${i + 1}`);
    expect(gone).to.deep.equal(['2001:db8::1']);
  });

  it('make room when there are too many: the oldest of all does', () => {
    for (let i = 0; i <= limits.strangers; i++) enter(`192.0.2.${i}`);
    expect(gone).to.deep.equal(['192.0.2.0']);
    expect(strangers.size).to.equal(limits.strangers);
  });

  it('may come from this machine all at once', () => {
    for (let i = 0; i < limits.strangers; i++) enter('127.0.0.1');
    expect(gone).to.deep.equal([]);
  });

  it('take no place once they have left', () => {
    for (let i = 0; i < 3 * limits.strangers; i++) strangers.leave(enter('192.0.2.7'));
    expect(gone).to.deep.equal([]);
    expect(strangers.size).to.equal(0);
  });
});
