import { createServer } from 'node:net';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import { listen } from '../../lib/listen/door.js';
import { createLog } from '../../lib/log.js';
import { HandClock } from '../helpers/hand-clock.js';

describe('A listening socket', () => {
  it('goes on when a connection cannot be accepted, and warns of it once a minute', async () => {
    const clock = new HandClock();
    const lines: string[] = [];
    const log = createLog('warn', (line) => lines.push(line), clock);
    const server = createServer();
    try {
      await listen(server, '127.0.0.1', 0, 'client', { log, clock });
      const fail = () => server.emit('error', new Error('accept EMFILE'));
      for (let i = 0; i < 5; i++) fail();
      clock.advance(limits.shortageWarnMs);
      fail();
      expect(server.listening).to.equal(true);
      expect(lines.map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([
        'warn  a connection could not be accepted port=client error="accept EMFILE" times=1',
        'warn  a connection could not be accepted port=client error="accept EMFILE" times=5',
      ]);
    } finally {
      server.close();
    }
  });
});
