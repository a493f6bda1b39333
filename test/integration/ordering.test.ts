/** Many speak at once: everybody hears everybody else, once, and in the order in which each spoke. [PROTOCOL 3] */
import { expect } from 'chai';
import { Random } from '../helpers/random.js';
import type { RawClient } from '../helpers/raw-client.js';
import { forEachCombination, useServer } from '../helpers/test-server.js';

const clientCount = 20;
const messageCount = 200;
const names = Array.from({ length: clientCount }, (_, i) => `user${i}`);

/** Sends all messages of one speaker, in pieces cut anywhere, and waits until each was accepted. */
async function speak(client: RawClient, random: Random): Promise<void> {
  const texts = Array.from({ length: messageCount }, (_, i) =>
    JSON.stringify({ type: 'msg', text: String(i) }),
  );
  const bytes = Buffer.concat(texts.map((text) => client.bytesOf(text)));
  for (const piece of random.cut(bytes)) {
    await new Promise<void>((resolve) => client.socket.write(piece, () => resolve()));
  }
}

/** What a client heard of each speaker, in order, when it has heard everything. */
async function listen(client: RawClient, ids: Set<unknown>): Promise<Map<unknown, number[]>> {
  const bySpeaker = new Map<unknown, number[]>();
  for (let count = 0; count < (clientCount - 1) * messageCount; count++) {
    const { from, text, id } = await client.next('msg');
    ids.add(id);
    const texts = bySpeaker.get(from) ?? [];
    texts.push(Number(text));
    bySpeaker.set(from, texts);
  }
  return bySpeaker;
}

async function everybodySpeaks(members: readonly RawClient[]): Promise<void> {
  const ids = new Set<unknown>();
  const [heard] = await Promise.all([
    Promise.all(members.map((member) => listen(member, ids))),
    Promise.all(members.map((member, i) => speak(member, new Random(i)))),
  ]);
  const inOrder = Array.from({ length: messageCount }, (_, i) => i);
  heard.forEach((bySpeaker, i) => {
    expect([...bySpeaker.keys()]).to.have.members(names.toSpliced(i, 1));
    for (const texts of bySpeaker.values()) expect(texts).to.deep.equal(inOrder);
  });
  expect(ids.size).to.equal(clientCount * messageCount);
  for (const member of members) expect(await member.settle()).to.deep.equal([]);
}

describe('Everybody hears everybody, once and in order,', () => {
  forEachCombination(
    (server) => {
      it(`when ${clientCount} clients say ${messageCount} things each at once`, async () => {
        await everybodySpeaks(await server().connectMembers('lobby', ...names));
      });
    },
    { commandsPerSecond: undefined },
  );

  describe('over both transports', () => {
    const server = useServer('full-server', 'tcp', { commandsPerSecond: undefined });

    it('when half of the clients are on either', async () => {
      const members = [];
      for (const [i, name] of names.entries()) {
        const member = await server().connect(i % 2 === 0 ? 'tcp' : 'websocket');
        await member.enter('lobby', name);
        members.push(member);
      }
      for (const member of members) await member.settle();
      await everybodySpeaks(members);
    });

    it('and in the very same JSON', async () => {
      const speaker = await server().connect('tcp');
      await speaker.enter('lobby', 'ann');
      const overTcp = await server().connect('tcp');
      const overWebSocket = await server().connect('websocket');
      const mates = [overTcp, overWebSocket];
      for (const [i, mate] of mates.entries()) await mate.enter('lobby', `mate${i}`);
      for (const mate of mates) await mate.settle();
      const starts = mates.map((mate) => mate.texts.length);
      speaker.send({ type: 'msg', text: 'é€😀 "quoted" \u2028' });
      speaker.send({ type: 'nick', name: 'Ελένη' });
      speaker.send({ type: 'leave', channel: 'lobby' });
      await speaker.settle();
      for (const mate of mates) {
        mate.send({ type: 'names', channel: 'lobby', ref: 1 });
        mate.send({ type: 'channels' });
        mate.send({ type: 'msg', ref: 'x' });
        await mate.settle();
      }
      const [tcp, webSocket] = mates.map((mate, i) => mate.texts.slice(starts[i]));
      expect(tcp).to.have.length(7);
      expect(webSocket).to.deep.equal(tcp);
    });
  });
});
