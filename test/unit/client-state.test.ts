import { expect } from 'chai';
import { complete } from '../../lib/client/complete.js';
import { ChatState } from '../../lib/client/state.js';

function inLobbyAndHall(): ChatState {
  const state = new ChatState();
  for (const channel of ['lobby', 'hall'])
    state.apply({ type: 'joined', channel, name: 'ann', members: ['ann', 'bob'] });
  return state;
}

function membersOf(state: ChatState, channel: string): string[] {
  return [...(state.channel(channel)?.members.values() ?? [])];
}

describe('what a terminal client knows', () => {
  it('of the members of a channel is forgotten when the connection is lost', () => {
    const state = inLobbyAndHall();
    state.lose();
    expect(membersOf(state, 'lobby')).to.deep.equal([]);
    expect(complete('b', state)).to.deep.equal([[], 'b']);
    expect(state.channels.map(({ standing }) => standing)).to.deep.equal(['lost', 'lost']);
  });

  it('of a new name is known in the channel that it is told of, or in all', () => {
    const state = inLobbyAndHall();
    state.apply({ type: 'nick', channel: 'hall', from: 'bob', name: 'Robert' });
    expect([membersOf(state, 'lobby'), membersOf(state, 'hall')]).to.deep.equal([
      ['ann', 'bob'],
      ['ann', 'Robert'],
    ]);
    state.apply({ type: 'nick', from: 'ann', name: 'anna' });
    expect([membersOf(state, 'lobby'), membersOf(state, 'hall')]).to.deep.equal([
      ['bob', 'anna'],
      ['Robert', 'anna'],
    ]);
    expect(state.name).to.equal('anna');
  });

  it('of a name that is not in a channel does not come into it by being changed', () => {
    const state = inLobbyAndHall();
    state.apply({ type: 'nick', channel: 'hall', from: 'zoe', name: 'Zoë' });
    expect(membersOf(state, 'hall')).to.deep.equal(['ann', 'bob']);
  });

  it('of names with something invisible in them is not offered by Tab', () => {
    const state = inLobbyAndHall();
    state.apply({ type: 'join', channel: 'hall', name: 'bo\u202eb' });
    state.apply({ type: 'join', channel: 'hall', name: 'bo\x1b[2J' });
    expect(complete('bo', state)).to.deep.equal([['bob: '], 'bo']);
  });

  it('of where one talks stays when another channel is joined again', () => {
    const state = inLobbyAndHall();
    state.apply({ type: 'joined', channel: 'lobby', name: 'ann', members: ['ann'] });
    expect(state.current?.name).to.equal('hall');
  });

  it('of members who left with their server is forgotten', () => {
    const state = inLobbyAndHall();
    state.apply({ type: 'notice', channel: 'hall', text: '…', left: ['BOB'] });
    expect([membersOf(state, 'lobby'), membersOf(state, 'hall')]).to.deep.equal([['ann', 'bob'], ['ann']]);
  });
});
