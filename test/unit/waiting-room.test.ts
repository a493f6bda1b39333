import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { type Stranger, WaitingRoom } from '../../lib/peer/edge/waiting-room.js';

describe('the waiting room', () => {
  let room: WaitingRoom;
  let gone: string[];
  beforeEach(() => {
    room = new WaitingRoom();
    gone = [];
  });

  function enter(host: string, name = host): Stranger {
    const stranger = { host, makeRoom: () => gone.push(name) };
    room.enter(stranger);
    return stranger;
  }

  it('has the oldest of one place make room for another from there', () => {
    enter('198.51.100.1');
    for (let i = 0; i <= limits.strangersPerPlace; i++) enter('192.0.2.7', `visit ${i}`);
    expect(gone).to.deep.equal(['visit 0']);
  });

  it('takes the addresses that one IPv6 host can have for one place', () => {
    for (let i = 0; i <= limits.strangersPerPlace; i++) enter(`2001:db8::${i + 1}`);
    expect(gone).to.deep.equal(['2001:db8::1']);
  });

  it('has the oldest of all make room when it is full', () => {
    for (let i = 0; i <= limits.strangers; i++) enter(`192.0.2.${i}`);
    expect(gone).to.deep.equal(['192.0.2.0']);
    expect(room.size).to.equal(limits.strangers);
  });

  it('lets the servers of one machine in all at once', () => {
    for (let i = 0; i < limits.strangers; i++) enter('127.0.0.1');
    expect(gone).to.deep.equal([]);
  });

  it('has no place taken by those who have left', () => {
    for (let i = 0; i < 3 * limits.strangers; i++) room.leave(enter('192.0.2.7'));
    expect(gone).to.deep.equal([]);
    expect(room.size).to.equal(0);
  });
});
