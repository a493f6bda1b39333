/** Clients that ask for gathered presence, and others beside them, over all servers and transports. [PROTOCOL 3.1] */
import { expect } from 'chai';
import type { Message } from '../helpers/messages.js';
import type { RawClient } from '../helpers/raw-client.js';
import { forEachCombination } from '../helpers/test-server.js';

const features = ['presence'];

/** The members that a client knows if it applies what it is told. */
function follow(members: readonly string[], messages: readonly Message[]): string[] {
  const list = new Set(members);
  const strings = (names: unknown): string[] => (Array.isArray(names) ? names.map(String) : []);
  for (const { type, name, joined, left } of messages) {
    for (const gone of type === 'leave' ? [String(name)] : strings(left)) list.delete(gone);
    for (const come of type === 'join' ? [String(name)] : strings(joined)) list.add(come);
  }
  return [...list].sort();
}

async function ask(client: RawClient): Promise<string[]> {
  const { members } = await client.ask({ type: 'names', channel: 'lobby' });
  return Array.isArray(members) ? members.map(String).sort() : [];
}

describe('A client that asks for gathered presence', () => {
  forEachCombination((server) => {
    it('knows the same members as one that does not, whoever comes and goes', async () => {
      const gathering = await server().connect();
      gathering.send({ type: 'join', channel: 'lobby', name: 'ann', features });
      await gathering.nextWith({ type: 'joined' });
      const [plain] = await server().connectMembers('lobby', 'bob');
      // These are more members than are told of one by one.
      const others = await Promise.all(Array.from({ length: 40 }, () => server().connect()));
      for (const [i, other] of others.entries())
        other.send({ type: 'join', channel: 'lobby', name: `m${i}` });
      for (const other of others) await other.nextWith({ type: 'joined' });
      for (const other of others.slice(0, 20)) other.send({ type: 'leave', channel: 'lobby' });
      for (const other of others.slice(0, 20)) await other.nextWith({ type: 'left' });
      others[30]?.send({ type: 'msg', text: 'what was before comes before this' });
      for (const client of [gathering, plain]) {
        const heard: Message[] = [];
        do heard.push(await client.next());
        while (heard.at(-1)?.type !== 'msg');
        const known = follow(['ann', 'bob'], heard);
        expect(known).to.have.length(22);
        expect(known).to.deep.equal(await ask(client));
        if (client === plain) expect(heard.map(({ type }) => type)).not.to.include('presence');
      }
    });

    it('is told of a single one as everybody is', async () => {
      const ann = await server().connect();
      ann.send({ type: 'join', channel: 'lobby', name: 'ann', features });
      await ann.nextWith({ type: 'joined' });
      const bob = await server().connect();
      await bob.enter('lobby', 'bob');
      expect(await ann.nextWith({ type: 'join' })).to.deep.equal({
        type: 'join',
        channel: 'lobby',
        name: 'bob',
      });
      bob.send({ type: 'leave', channel: 'lobby' });
      expect(await ann.nextWith({ type: 'leave' })).to.deep.equal({
        type: 'leave',
        channel: 'lobby',
        name: 'bob',
      });
    });
  });
});
