/** Empty lines over TCP: they say nothing, and have a price. [PROTOCOL 1.1, 6] */
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { useServer } from '../helpers/test-server.js';

describe('Empty lines', () => {
  const server = useServer('cli-server', 'tcp');

  for (const [what, line] of [
    ['a line feed', '\n'],
    ['a carriage return and a line feed', '\r\n'],
  ] as const) {
    it(`of ${what} may come many at once, and not for ever`, async () => {
      const [ann, flooder] = await server().connectMembers('lobby', 'ann', 'flooder');
      flooder.write(Buffer.from(line.repeat(limits.wordlessBurst)));
      expect(await flooder.settle()).to.deep.equal([]);
      // Whatever has been forgiven by now, ten times as many are too many; what follows them is heard by nobody.
      flooder.write(Buffer.from(`${line.repeat(10 * limits.wordlessBurst)}{"type":"ping"}\n`));
      expect(await flooder.rest()).to.have.length(1);
      expect(flooder.texts.at(-1)).to.include('"rate-limited"').and.to.include('empty lines');
      await flooder.ended;
      await ann.nextWith({ type: 'leave', name: 'flooder', reason: 'disconnected: abuse' });
    });
  }

  it('cost no command', async () => {
    const [ann] = await server().connectMembers('lobby', 'ann');
    for (let i = 0; i < limits.wordlessBurst / 2; i++) ann.write(Buffer.from('\n'));
    for (let i = 0; i < limits.commandBurst / 2; i++) ann.send({ type: 'ping' });
    const heard = await ann.settle();
    expect(heard.map(({ type }) => type)).to.deep.equal(Array(limits.commandBurst / 2).fill('pong'));
  });

  it('are no first line, and end the connection without a word if nothing else is said', async () => {
    const client = await server().connect();
    client.write(Buffer.from('\n'.repeat(10 * limits.wordlessBurst)));
    await client.ended;
    expect(client.texts).to.deep.equal([]);
  });
});
